"""Random months: whatever a bank makes of the files, in whatever order it says so, each payment has one end.

`TEST_EFFORT=42 pytest tests/settlement/rails/bank/test_random.py` makes them a thousand on each database.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from settlement.ledger import Book
from settlement.rails.bank import bank_files, import_file, waiting_lines
from settlement.rails.bank.sepa import batch_ids
from settlement.rails.port import Direction, PaymentAttempt, RailStatus
from tests.support.bank import Bank, attempt, sepa_settings, shop_account, signed
from tests.support.camt import Entry, Paid, camt, pain_002
from tests.support.clock import DAY, Clock
from tests.support.effort import EFFORT

MONTHS = 8
FOREVER = 2**62


@dataclass
class Month:
    """What the bank did, and what must come of it."""

    chance: random.Random
    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    expected: dict[str, RailStatus] = field(default_factory=dict)
    odd: int = 0
    numbers: int = 0

    def movement(self, minor: int, *paid: Paid, batch: str = "", late: int = 0) -> None:
        self.numbers += 1
        day = date(2024, 5, 20) + timedelta(days=self.chance.randrange(3) + late)
        ref = self.chance.choice(["", f"B{self.numbers}", f"B{self.numbers}"])
        # Without a reference of the bank's own, movements are told apart by what is said of them.
        text = "" if ref else f"movement {self.numbers}"
        parts = tuple(Paid(part.minor, part.end_to_end, part.text or text, part.reason) for part in paid)
        self.entries.append(Entry(minor, day, ref or (f"A{self.numbers}" if not paid else ""), parts, batch))


def orders_of(chance: random.Random, month: int) -> list[PaymentAttempt]:
    """A window's payments: a dozen debits and transfers."""
    orders = []
    for number in range(chance.randrange(4, 13)):
        shop = f"shop{number}"
        account = shop_account(shop, name=shop, mandate_id=f"M-{number}")
        direction = chance.choice(list(Direction))
        orders.append(attempt(f"{month}-{number}", direction, chance.randrange(1, 10**6), account=account))
    return orders


def happen(month: Month, bank: Bank, orders: list[PaymentAttempt]) -> None:
    """Let the bank do something with every part of every file."""
    by_reference = {bank.reference(order): order for order in orders}
    for file in bank_files(bank.book, bank.settings):
        for part, references in batch_ids(file.content or b"").items():
            mine = [(reference, by_reference[reference]) for reference in references if reference in by_reference]
            taken = []
            for reference, order in mine:
                if month.chance.random() < 0.2:
                    month.refused.append((reference, "RJCT", "AC04"))
                    month.expected[order.key] = RailStatus.FAILED
                else:
                    taken.append((reference, order))
            book_part(month, part, taken)


def book_part(month: Month, part: str, taken: list[tuple[str, PaymentAttempt]]) -> None:
    """Book what the bank took: as one sum, as one movement of several payments, or singly."""
    chance = month.chance
    total = sum(signed(order) for _, order in taken)
    how = chance.choice(["sum", "details", "single", "single"])
    if how != "single" and taken:
        details = [Paid(signed(order), reference) for reference, order in taken] if how == "details" else []
        month.movement(total, *details, batch=part)
    for reference, order in taken:
        month.expected[order.key] = RailStatus.PAID
        if how == "single":
            wrong = chance.random() < 0.15
            minor = signed(order) + (1 if wrong and order.minor > 1 else 0)
            month.movement(minor, Paid(minor, *(chance.choice([(reference, ""), ("", f"ref {reference}")]))))
            if minor != signed(order):
                month.expected[order.key] = RailStatus.PENDING
                month.odd += 1
                continue
        if chance.random() < 0.25:
            month.movement(-signed(order), Paid(-signed(order), reference, reason="MD06"), late=30)
            month.expected[order.key] = RailStatus.RETURNED
    if chance.random() < 0.3:
        month.movement(-7, Paid(-7, text=f"account fee {month.numbers}"))
        month.odd += 1


def files_of(month: Month) -> list[bytes]:
    """The month's statements and notifications: statements that are cut anywhere and overlap, some told twice, under
    another id too, out of order. A notification tells some of the movements beside, under references of its own.
    """
    chance, entries = month.chance, month.entries
    files = [pain_002("M", month.refused, version=chance.choice([3, 10]))] if month.refused else []
    at = 0
    while at < len(entries):
        first, at = max(0, at - chance.randrange(3)), chance.randrange(at + 1, len(entries) + 1)
        files.append(camt(entries[first:at], chance.choice([2, 4, 8])))
    files += chance.sample(files, chance.randrange(len(files) + 1))
    files.append(chance.choice(files).replace(b"<MsgId>", b"<MsgId>again-"))
    named = [entry for entry in entries if entry.paid and all(paid.end_to_end for paid in entry.paid)]
    notified = chance.sample(named, len(named) // 2)
    files.append(camt([replace(entry, ref=f"N{number}") for number, entry in enumerate(notified)], 8, kind=54))
    chance.shuffle(files)
    return files


@pytest.mark.parametrize("seed", range(3 * EFFORT))
def test_random_months_end_as_the_bank_let_them(book: Callable[..., Book], clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    bank = Bank(book(), sepa_settings(), clock)
    odd, moved = 0, 0
    for number in range(MONTHS):
        orders = orders_of(chance, number)
        bank.rail.instruct(orders)
        bank.export()
        month = Month(chance, numbers=1_000 * number)
        happen(month, bank, orders)
        # A bank reports what has happened.
        clock.forward(40 * DAY)
        for content in files_of(month):
            clock.forward(1)
            import_file(bank.book, bank.settings, "f.xml", content)
        seen = {
            order.key: observation.status for order, observation in zip(orders, bank.rail.observe(orders), strict=True)
        }
        assert seen == month.expected, (seed, number)
        lines = bank.rail.lines(0, FOREVER)
        for order in orders:
            brought = sum(line.minor for line in lines if line.key == order.key)
            assert brought == (signed(order) if seen[order.key] is RailStatus.PAID else 0), (seed, number, order.key)
        odd += month.odd
        moved += sum(entry.minor for entry in month.entries)
        assert len(waiting_lines(bank.book, bank.settings)) == odd, (seed, number)
    reported = sum(line.minor for line in bank.rail.lines(0, FOREVER))
    queued = sum(waiting.line.minor for waiting in waiting_lines(bank.book, bank.settings))
    assert reported + queued == moved
