"""Errors of the noticeboard."""

from http import HTTPStatus

from coalition.errors import CoalitionError


class NoticeEmpty(CoalitionError):
    """A notice without a word in it."""

    code = "notice_empty"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "Notice empty"
    remedy = "Write something."
    detail = "a notice of {spaces:number} spaces says nothing"
    spaces: int
