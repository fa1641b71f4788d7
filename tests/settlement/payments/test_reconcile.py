"""Every movement at a rail has its place, and book and rail agree to the cent, or it is said where they don't."""

import pytest
from sqlalchemy import text

from settlement import LineNotFound, PaymentRefused, RailUnknown
from settlement.audit import audit_book
from settlement.payments import (
    PaymentState,
    book_line,
    cancel_payment,
    compare_rails,
    compare_with_book,
    count_payments,
    count_unmatched,
    line_placement,
    match_line,
    reconcile_rail,
    reconcile_rails,
    set_rail_account,
    split_line,
    unmatched_lines,
)
from settlement.rails import CashLine
from tests.support.clock import DAY
from tests.support.paying import Paying
from tests.support.scripted import Fate


def line(town: Paying, id_: str, minor: int, fee_minor: int = 0, key: str = "") -> None:
    town.rail.gifts.append(CashLine(id_, town.clock(), minor, fee_minor, key, "told by the bank"))


def test_movements_with_a_key_are_matched_by_themselves_and_fees_booked_to_the_cent(town: Paying) -> None:
    town.fates["bakery"] = Fate(fee_minor=7)
    town.owe(("bakery", "cafe", 100))
    town.run()
    reconciliation = reconcile_rail(town.context(), "bank")
    assert reconciliation.ok
    assert reconciliation.book_minor == reconciliation.lines_minor == town.cash() == 0
    assert reconcile_rail(town.context(), "bank") == reconciliation
    town.check()


def test_a_fee_that_only_the_statement_shows_is_booked_from_it(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100))
    town.run()
    (payment,) = town.payments("bakery")
    line(town, "fee of today", 0, 12, payment.key)
    assert reconcile_rail(town.context(), "bank").ok
    assert town.payments("bakery")[0].fee_minor == 12
    assert town.cash() == -12
    town.check()


def test_a_movement_without_a_key_waits_to_be_booked_under_a_name(town: Paying) -> None:
    line(town, "i1", 55, 5)
    line(town, "i2", -20)
    reconciliation = reconcile_rail(town.context(), "bank")
    assert not reconciliation.ok
    assert [movement.id for movement in reconciliation.unmatched] == ["i1", "i2"]
    assert (reconciliation.book_minor, reconciliation.lines_minor, reconciliation.unexplained_minor) == (0, 30, 0)
    with pytest.raises(PaymentRefused, match="a reason"):
        book_line(town.context(), "bank", "i1", "interest", "")
    book_line(town.context(), "bank", "i1", "interest", "of May")
    book_line(town.context(), "bank", "i2", "own transfer", "to the drawer")
    assert reconcile_rail(town.context(), "bank").ok
    assert line_placement(town.context(), "bank", "i2") == ("", "own transfer")
    assert town.cash() == 30
    with pytest.raises(LineNotFound):
        book_line(town.context(), "bank", "i1", "interest", "again")
    town.check()


def test_a_movement_matched_by_hand_pays_what_it_is_for(town: Paying) -> None:
    town.fates["bakery"] = Fate(ends_after=300 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    (payment,) = town.payments()
    line(town, "u1", 99)
    line(town, "u2", 100)
    line(town, "u3", -100)
    reconcile_rail(town.context(), "bank")
    assert line_placement(town.context(), "bank", "u2") is None
    assert match_line(town.context(), "bank", "u2", payment.id).state == "paid"
    assert line_placement(town.context(), "bank", "u2") == (payment.id, "")
    assert town.balances() == {"cafe": 100}
    # What is too much is a credit, and what goes back is owed again.
    assert match_line(town.context(), "bank", "u1", payment.id).moved_minor == 199
    assert town.balances() == {"bakery": 99, "cafe": 100}
    assert match_line(town.context(), "bank", "u3", payment.id).moved_minor == 99
    assert town.balances() == {"bakery": -1, "cafe": 100}
    assert unmatched_lines(town.context(), "bank") == []
    assert compare_with_book(town.context(), "bank").ok
    town.check()
    # Its rail says only now that it was paid.
    town.clock.forward(300 * DAY)
    assert reconcile_rail(town.context(), "bank").ok
    assert next(each for each in town.payments("bakery") if each.id == payment.id).moved_minor == 199


@pytest.mark.parametrize("state", ["planned", "cancelled", "failed", "paid"])
def test_a_movement_of_any_amount_is_matched_however_its_payment_stands(town: Paying, state: str) -> None:
    town.fates["bakery"] = Fate(fails=state == "failed")
    town.owe(("bakery", "cafe", 100))
    if state in ("planned", "cancelled"):
        set_rail_account(town.book, town.session, "bakery", "bank", {"problem": "no mandate"})
    town.run()
    (payment,) = town.payments("bakery")
    if state == "cancelled":
        cancel_payment(town.context(), payment.id, "they settle it otherwise")
    assert town.payments("bakery")[0].state == state
    line(town, "u1", 70, 5)
    reconcile_rail(town.context(), "bank")
    before = payment.moved_minor
    matched = match_line(town.context(), "bank", "u1", payment.id)
    assert (matched.moved_minor, matched.fee_minor) == (before + 70, 5)
    assert town.balances().get("bakery", 0) == before + 70 - 100
    assert reconcile_rail(town.context(), "bank").ok
    town.check()


def test_the_charges_of_a_movement_that_is_split_are_booked_once(town: Paying) -> None:
    for shop in ("bakery", "butcher"):
        town.fates[shop] = Fate(ends_after=300 * DAY)
    town.owe(("bakery", "cafe", 100), ("butcher", "cafe", 30))
    town.run()
    bakerys, butchers = (town.payments(shop)[0] for shop in ("bakery", "butcher"))
    line(town, "s1", 140, 6)
    reconcile_rail(town.context(), "bank")
    split = split_line(town.context(), "bank", "s1", [(bakerys.id, 100), (butchers.id, 30)])
    assert [(payment.moved_minor, payment.fee_minor) for payment in split] == [(100, 6), (30, 0)]
    (left,) = unmatched_lines(town.context(), "bank")
    context = town.context()
    assert count_unmatched(context.book, context.session, ["bank", "elsewhere"]) == 1
    assert count_unmatched(context.book, context.session, ["elsewhere"]) == 0
    assert count_payments(context.book, context.session, PaymentState.PAID, "butcher") == 1
    assert count_payments(context.book, context.session, PaymentState.PAID) == len(split)
    assert count_payments(context.book, context.session, PaymentState.FAILED) == 0
    assert (left.minor, left.fee_minor) == (10, 0)
    book_line(town.context(), "bank", left.id, "gift", "of a neighbour")
    assert compare_with_book(town.context(), "bank").ok
    assert (town.balances(), town.cash()) == ({"cafe": 130}, 134)
    town.check()


def test_what_moved_of_an_attempt_that_had_failed_is_booked(town: Paying) -> None:
    town.set_rules(retry_days=0, attempts_max=9)
    town.fates["bakery"] = Fate(fails=True)
    town.owe(("bakery", "cafe", 100))
    town.run()
    (payment,) = town.payments("bakery")
    town.fates["bakery"] = Fate()
    town.run(days=1)
    line(town, "late", 100, 0, payment.key)
    assert reconcile_rail(town.context(), "bank").ok
    assert (town.payments("bakery")[0].moved_minor, town.balances()) == (200, {"bakery": 100})
    town.check()


def test_what_the_rail_moved_and_the_book_did_not_hear_of_is_looked_at(town: Paying) -> None:
    town.fates["cafe"] = Fate(back_after=60 * DAY)
    town.owe(("bakery", "cafe", 100))
    town.run()
    town.clock.forward(90 * DAY)
    assert reconcile_rail(town.context(), "bank").ok
    assert town.balances() == {"cafe": 100}


def test_what_differs_is_named_to_the_cent(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100))
    town.run()
    (payment,) = town.payments("bakery")
    line(town, "twice", 100, 0, payment.key)
    reconciliation = reconcile_rail(town.context(), "bank")
    assert [(row.payment_id, row.book_minor, row.lines_minor) for row in reconciliation.differences] == [
        (payment.id, 100, 200)
    ]
    assert reconciliation.unexplained_minor == 0


def test_a_strangers_key_is_nobodys(town: Paying) -> None:
    line(town, "s1", 10, 0, "stranger-1")
    assert [movement.id for movement in reconcile_rail(town.context(), "bank").unmatched] == ["s1"]
    with pytest.raises(RailUnknown):
        reconcile_rail(town.context(), "pigeon")


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE payments SET state = 'returned', moved_minor = 0 WHERE route = 'pay'", "payment_histories"),
        ("UPDATE payments SET state = 'returned', moved_minor = 0 WHERE route = 'pay'", "payment_postings"),
        ("UPDATE payments SET moved_minor = moved_minor + 1 WHERE route = 'collect'", "payment_postings"),
        ("UPDATE payments SET moved_minor = moved_minor + 1 WHERE route = 'collect'", "cash_at_rails"),
        ("UPDATE payments SET fee_minor = 1", "payment_postings"),
        ("UPDATE payments SET minor = 200, written_off_minor = 1 WHERE route = 'collect'", "payment_postings"),
        ("UPDATE payments SET attempt = 2", "payment_histories"),
        ("DELETE FROM payments WHERE route = 'pay'", "payment_postings"),
        (
            "INSERT INTO payment_events SELECT alliance_id, payment_id, 9, at, actor, 'sent', attempt, reference, "
            "code, why, seen_at FROM payment_events WHERE number = 3",
            "payment_histories",
        ),
    ],
)
def test_the_audit_finds_what_was_tampered_with(town: Paying, sql: str, check: str) -> None:
    town.owe(("bakery", "cafe", 100))
    town.run()
    with town.book.database.engine.begin() as connection:
        connection.execute(text(sql))
    failed = [result.name for result in audit_book(town.book, town.session).checks if not result.ok]
    assert check in failed


def test_a_rail_of_the_book_that_is_not_plugged_in_never_agrees(town: Paying) -> None:
    town.owe(("bakery", "cafe", 100))
    town.run()
    assert [(each.rail, each.ok) for each in reconcile_rails(town.context())] == [("bank", True)]
    town.rails = {}
    (unknown,) = reconcile_rails(town.context())
    assert (unknown.rail, unknown.plugged_in, unknown.ok, unknown.unexplained_minor) == ("bank", False, False, 0)
    assert compare_rails(town.context()) == [unknown]
