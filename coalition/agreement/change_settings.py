"""Agree on another name, time zone or length of windows, from a window on. Windows before it stay as they are."""

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.locale.formats import moment
from coalition.programme.rules import AllianceRules, Settlement
from settlement.ledger import BookSettings

CHANGE_SETTINGS = "change_settings"


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What is to be another: each as in an alliance file, None for what stays."""

    name: str | None = None
    timezone: str | None = None
    settlement: Settlement | None = None
    cutoff_weekday: int | None = None
    cutoff_day: int | None = None
    cutoff_at: time | None = None

    @classmethod
    def of(cls, rules: AllianceRules) -> "SettingsChange":
        """Everything as an alliance file has it."""
        return cls(
            rules.name,
            rules.timezone,
            rules.settlement,
            rules.cutoff_weekday,
            rules.cutoff_day,
            rules.cutoff_at,
        )

    def apply(self, settings: BookSettings) -> BookSettings:
        """The settings after the change."""
        changed: dict[str, Any] = {"name": self.name, "timezone": self.timezone}
        cutoff: dict[str, Any] = {
            "every": self.settlement,
            "weekday": self.cutoff_weekday,
            "day": self.cutoff_day,
            "at": self.cutoff_at,
        }
        return replace(
            settings,
            cutoff=replace(settings.cutoff, **{name: value for name, value in cutoff.items() if value is not None}),
            **{name: value for name, value in changed.items() if value is not None},
        )


def change_settings(
    alliance: Alliance, approvals: Approvals, caller: Caller, effective_at: int, change: SettingsChange
) -> BookSettings:
    """Let the change take effect with the first window that opens at `effective_at` (microseconds since 1970 UTC) or
    later, which takes two people; returned is what is agreed on, with the instant at which it begins (`since`).

    Raises SettingsNotLater, SettingsUnchanged, NameTaken, UnknownTimeZone, InstantOutOfRange, ApprovalAwaited and
    PersonNeeded.
    """
    before = alliance.book.settings.name
    with closing(alliance.database.session()) as session:
        planned = alliance.book.plan_settings(session, effective_at, change.apply)
    approvals.check_alone(caller, CHANGE_SETTINGS, 1, 0, _payload(planned))
    settings = alliance.book.change_settings(effective_at, change.apply)
    record_separately(alliance.database, caller, "alliance.settings", before, _payload(settings))
    return settings


def _payload(settings: BookSettings) -> Payload:
    cutoff = settings.cutoff
    return {
        "from": moment(settings.since).isoformat(),
        "name": settings.name,
        "timezone": settings.timezone,
        "settlement": cutoff.every,
        "cutoff_weekday": cutoff.weekday,
        "cutoff_day": cutoff.day,
        "cutoff_at": cutoff.at.isoformat(),
    }
