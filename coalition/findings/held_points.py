"""What became of the points that findings are about: read from the book, which alone knows whether they are held."""

from collections.abc import Sequence
from contextlib import closing
from typing import Literal

from coalition.alliance import Alliance
from coalition.findings.finding import SalesFinding
from settlement.ledger import hold_states

PointsStanding = Literal["not_held", "due", "held", "free", "none_left"]
"""Never held; about to be held or freed; held; free again; or there were none left to hold."""


def points_standing(alliance: Alliance, findings: Sequence[SalesFinding]) -> dict[str, PointsStanding]:
    """How the points of these findings stand, by the finding's id."""
    holds = [finding.hold for finding in findings if finding.hold is not None]
    with closing(alliance.database.session()) as session:
        states = hold_states(alliance.book, session, holds)
    locked = {hold for hold, state in states.items() if state.resolved_by is None}
    return {finding.id: _standing(finding, locked) for finding in findings}


def _standing(finding: SalesFinding, locked: set[int]) -> PointsStanding:
    if finding.hold_due:
        return "due"
    if finding.hold is not None:
        return "held" if finding.hold in locked else "free"
    return "not_held" if finding.hold_refused is None else "none_left"
