"""The table of settlement/README.md, "What a refund takes": every row is run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from settlement.audit import audit_book
from settlement.ledger import (
    Book,
    Capture,
    Earn,
    Give,
    Hold,
    Participant,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    Session,
    Spend,
    refund_figures,
)
from tests.support.books import BookClient, check_book, expired_lots
from tests.support.clock import DAY, Clock
from tests.support.clock import HOUR as ONE_HOUR

README = Path(__file__).parents[3] / "settlement" / "README.md"
LAST_DAY, NEXT = 20240520, 20251231
LEGS = (Capture, Earn, Give, Hold, RefundEarn, RefundSpend, Release, Reverse, Spend)


def rows() -> list[list[str]]:
    """The cells of the table's rows."""
    lines = README.read_text(encoding="utf-8").partition("| what became of the 100 points ")[2].splitlines()[2:]
    table = lines[: next(at for at, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


class Scene:
    """Ann's sale, and what the table's postings may name."""

    def __init__(self, book: Book, session: Session, clock: Clock) -> None:
        self.till, self.clock = BookClient(book, session), clock
        self.sale = self.last = self.till.take(Earn("Bakery", "ann", 100, LAST_DAY)).posting_id

    def happen(self, step: str) -> None:
        names = {leg.__name__: leg for leg in LEGS} | {"NEXT": NEXT, "HOUR": self.clock() + ONE_HOUR}
        happenings = {"leave": self.leave, "expire": self.expire, "over": self.over}
        leg = eval(step, names | happenings | {"sale": self.sale, "last": self.last})  # noqa: S307 - the page is ours
        if leg is not None:
            self.last = self.till.take(leg).posting_id

    def leave(self, shop: str) -> None:
        self.till.book.add_participants([Participant(0, shop, may_issue=False, may_redeem=False)])

    def over(self) -> None:
        self.clock.forward(10 * DAY)

    def expire(self) -> None:
        self.over()
        book, session = self.till.book, self.till.session
        assert [answer.refusal for answer in book.post(expired_lots(book, session, self.clock()), session)] == [None]

    def refund(self, how: str) -> tuple[int, int, int]:
        legs = {"RefundEarn": RefundEarn, "sale": self.sale}
        leg = eval(f"RefundEarn(sale, 100, at_most=True, {how})", legs)  # noqa: S307 - the page is ours
        figures = refund_figures(self.till.take(leg).moves)
        return figures.taken_back - figures.owed, figures.waived, figures.owed


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_refund_takes_what_the_table_says(
    book: Callable[..., Book], session: Session, clock: Clock, row: list[str]
) -> None:
    scene = Scene(book(shops=("Bakery", "Books", "Cafe")), session, clock)
    for step in re.findall(r"`([^`]+)`", row[1]):
        scene.happen(step)
    assert scene.refund(row[2].strip("`")) == tuple(map(int, row[3:]))
    assert scene.refund(row[2].strip("`")) == (0, 0, 0)
    check_book(scene.till.book)
    audit = audit_book(scene.till.book, session)
    assert audit.ok, audit


def test_every_way_has_its_row() -> None:
    assert len(rows()) == 19
