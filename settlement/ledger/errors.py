"""Errors of a change of a book's name, time zone or cut-offs.

SettlementError
├── SettingsNotLater    a change that would take effect in the past
├── SettingsUnchanged   a change that changes nothing
└── NameTaken           a name that another book has, had or will have
"""

from http import HTTPStatus

from settlement.errors import SettlementError
from settlement.sentences import N_


class SettingsNotLater(SettlementError):
    """Name, time zone and cut-offs change in the future and after the change before: closed windows stay."""

    code = "settings_not_later"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Change not in the future")
    remedy = N_("Send a moment after now and after the change before.")
    detail = N_("The change would take effect at {effective_at:moment}; it must be later than {later_than:moment}.")
    effective_at: int
    later_than: int


class SettingsUnchanged(SettlementError):
    """A change of name, time zone and cut-offs to what they are already."""

    code = "settings_unchanged"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Nothing to change")
    remedy = N_("Send a name, a time zone or a cut-off that differs from the last ones agreed on.")
    detail = N_("Name, time zone and cut-off are already what was sent.")


class NameTaken(SettlementError):
    """Another alliance of the database has this name, had it or will have it."""

    code = "name_taken"
    status = HTTPStatus.CONFLICT
    title = N_("Name taken")
    remedy = N_("Send another name.")
    detail = N_("Another alliance in this database has, had or will have the name {name:name}.")
    name: str
