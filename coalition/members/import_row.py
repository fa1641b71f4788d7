"""A row of an import as text: what each of its fields may be. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from coalition.members.errors import ImportInvalid
from coalition.members.import_members import LATEST, PARTS_MAX, POINTS_MAX, MemberRow, Part
from coalition.members.member import BIRTHDAY_EARLIEST, LANGUAGE_TAG, NAME_CHARS_MAX, MemberProfile
from settlement import EARLIEST, Phrase, clean_text, day_number, reason_of, written_date

Fields = Mapping[str, str]
"""What stands in each column; what is empty is left out."""
TEXT_CHARS_MAX, EMAIL_CHARS_MAX = 100, 254
_DIGITS_MAX = 13
_LANGUAGE = re.compile(LANGUAGE_TAG, re.ASCII)


def member_row(ref: str, fields: Fields, parts: Sequence[Fields]) -> MemberRow | list[ImportInvalid]:
    """The row of that ref: its own fields, and `points` and `release_on` of each of its parts; or all that is wrong.

    A part of no points only enrols the member.
    """
    row = _Row(ref)
    if row.text("ref", {"ref": ref}, TEXT_CHARS_MAX) is None and not ref:
        row.refuse("ref", Phrase("it is missing; give each member a name of their own"))
    released = [part for part in (row.part(fields_of_part) for fields_of_part in parts) if part.points]
    if len(released) > PARTS_MAX:
        row.refuse("points", Phrase("a row has at most {most} parts", most=PARTS_MAX))
    profile = MemberProfile(
        row.text("name", fields, NAME_CHARS_MAX), row.language(fields), row.day("birthday", fields, BIRTHDAY_EARLIEST)
    )
    read = MemberRow(
        ref=ref,
        phone=row.text("phone", fields, TEXT_CHARS_MAX),
        email=row.text("email", fields, EMAIL_CHARS_MAX),
        profile=profile,
        consents={},
        shop=row.text("shop", fields, TEXT_CHARS_MAX),
        parts=released,
        expires_on=row.day("expires_on", fields),
    )
    return row.problems or read


class _Row:
    """Reads the fields of one row, and keeps what is wrong with each."""

    def __init__(self, ref: str) -> None:
        self._ref = ref
        self.problems: list[ImportInvalid] = []

    def refuse(self, field: str, why: str) -> None:
        self.problems.append(ImportInvalid(self._ref, field, why))

    def text(self, field: str, fields: Fields, chars_max: int) -> str | None:
        if not (text := fields.get(field)):
            return None
        try:
            cleaned = clean_text(text)
        except ValueError as error:
            self.refuse(field, reason_of(error))
            return None
        if len(cleaned) > chars_max:
            self.refuse(field, Phrase("it has more than {most} characters", most=chars_max))
        return cleaned

    def language(self, fields: Fields) -> str | None:
        language = self.text("language", fields, TEXT_CHARS_MAX)
        if language is not None and not _LANGUAGE.fullmatch(language):
            self.refuse("language", Phrase("{text:name} is no language; write it as de or zh-Hans", text=language))
        return language

    def day(self, field: str, fields: Fields, earliest: date = EARLIEST) -> int | None:
        if not (text := fields.get(field)):
            return None
        try:
            day = written_date(text)
        except ValueError:
            self.refuse(field, Phrase("{text:name} is no date; write it as 2025-12-31", text=text))
            return None
        if not earliest <= day <= LATEST:
            limits = {"earliest": earliest.isoformat(), "latest": LATEST.isoformat()}
            self.refuse(field, Phrase("it has to lie between {earliest} and {latest}", **limits))
        return day_number(day)

    def part(self, fields: Fields) -> Part:
        text = fields.get("points", "0")
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX and int(text) <= POINTS_MAX):
            why = Phrase("{text:name} is no whole number of points up to {most:number}", text=text, most=POINTS_MAX)
            self.refuse("points", why)
            text = "0"
        points, release_on = int(text), self.day("release_on", fields)
        if points and not fields.get("release_on"):
            self.refuse("release_on", Phrase("it is missing; name the day on which the points are released"))
        return Part(points, release_on or 0)
