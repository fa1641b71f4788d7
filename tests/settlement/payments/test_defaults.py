"""What a shop is in default of, beside what it owes of later windows: which money goes where, and what is asked for."""

import pytest
from sqlalchemy import text

from settlement.audit import audit_book
from settlement.errors import PaymentRefused
from settlement.ledger import AccountKind
from settlement.payments import (
    DirectConfirmation,
    NextAction,
    confirm_direct,
    defaults_of,
    last_window,
    match_line,
    payment_outlooks,
    plan_direct,
    reconcile_rail,
    stored_notices,
    write_off_rest,
)
from settlement.payments.states import PaymentRoute
from settlement.rails.port import CashLine
from tests.support.clock import DAY
from tests.support.paying import Paying
from tests.support.scripted import Fate

REFUSED = Fate(fails=True)


def open_minor(town: Paying) -> list[int]:
    """What is open of each default, the oldest first."""
    return [default.open_minor for default in defaults_of(town.book, town.session)]


def collected(town: Paying, shop: str = "bakery") -> list[tuple[int, str, int, bool]]:
    """A shop's collections, the oldest and least first: asked, state, moved, and whether for its default."""
    payments = [payment for payment in town.payments(shop) if payment.route == PaymentRoute.COLLECT]
    return [
        (payment.minor, payment.state, payment.moved_minor, payment.for_default)
        for payment in sorted(payments, key=lambda payment: (payment.planned_at, payment.minor))
    ]


@pytest.fixture
def defaulted(town: Paying) -> Paying:
    """The bakery's debit of 1347 failed, and the cafe's whole net was cut."""
    town.set_rules(attempts_max=1, retry_days=3, grace_days=10, cut_cap_bps=10_000, tolerance_minor=0)
    town.fates["bakery"] = REFUSED
    town.owe(("bakery", "cafe", 1347))
    town.run()
    assert (open_minor(town), town.balances()) == ([1347], {})
    town.fates["bakery"] = Fate()
    return town


def test_a_debit_settles_what_it_was_asked_for_and_the_default_is_asked_for_by_its_own(defaulted: Paying) -> None:
    town = defaulted
    town.run(days=5)
    assert len(town.payments("bakery")) == 1
    town.owe(("bakery", "diner", 78))
    outlook = {(row.participant, row.for_default): row for row in payment_outlooks(town.context())}
    assert [outlook["bakery", kind].net_minor for kind in (False, True)] == [-78, -1347]
    assert {row.action for (shop, _), row in outlook.items() if shop == "bakery"} == {NextAction.COLLECT}
    town.run()
    assert collected(town)[1:] == [(78, "paid", 78, False), (1347, "paid", 1347, True)]
    assert (open_minor(town), town.balances(), town.cash()) == ([0], {}, 0)
    assert [payment.minor for payment in town.payments("cafe")] == [1347]
    assert [payment.minor for payment in town.payments("diner")] == [78]


def test_who_pays_each_later_net_is_in_no_second_default_while_the_first_stays_unpaid(defaulted: Paying) -> None:
    town = defaulted
    town.fate = lambda attempt: REFUSED if attempt.minor == 1347 else Fate()  # type: ignore[method-assign]
    town.rail.script = town.fate
    for _ in range(3):
        town.owe(("bakery", "diner", 78))
        for days in (0, 6):
            town.run(days=days)
    assert (open_minor(town), town.balances()) == ([1347], {})
    assert [(minor, state) for minor, state, _, _ in collected(town)[1:]] == [(78, "paid"), (1347, "failed")] * 3
    assert sum(payment.minor for payment in town.payments("diner")) == 3 * 78


def test_in_one_window_a_default_is_tried_as_often_as_a_net_and_then_with_the_next(defaulted: Paying) -> None:
    town = defaulted
    town.set_rules(attempts_max=2, retry_days=3, cut_cap_bps=10_000)
    town.fates["bakery"] = REFUSED
    town.owe(("cafe", "diner", 5))
    town.run()
    assert [(payment.minor, payment.attempt) for payment in town.payments("bakery")] == [(1347, 1)] * 2
    (row,) = [row for row in payment_outlooks(town.context()) if row.participant == "bakery"]
    assert (row.action, row.for_default, row.net_minor) == (NextAction.RETRY, True, -1347)
    for days in (2, 1, 3, 3):
        town.run(days=days)
    assert [(payment.minor, payment.attempt) for payment in town.payments("bakery")] == [(1347, 1), (1347, 2)]
    (row,) = [row for row in payment_outlooks(town.context()) if row.participant == "bakery"]
    assert row.why == "attempts that failed: 2; it is asked for again with the next window"
    town.owe(("cafe", "diner", 5))
    town.fates["bakery"] = Fate()
    town.run()
    assert (open_minor(town), town.balances()) == ([0], {})


@pytest.mark.parametrize(
    ("brings_bps", "moved", "still_open", "balances"),
    [
        # Half of what is asked: the rest is owed, of the same window.
        (5_000, 39, 1347, {"bakery": -39}),
        (10_000, 78, 1347, {}),
        # What is too much goes to who bore the default, and only then is a credit.
        (20_000, 156, 1347 - 78, {}),
        (200_000, 1560, 0, {"bakery": 135}),
    ],
)
def test_what_is_too_much_repays_the_default_and_what_is_missing_stays_with_the_net(
    defaulted: Paying, brings_bps: int, moved: int, still_open: int, balances: dict[str, int]
) -> None:
    town = defaulted
    town.set_rules(attempts_max=2, retry_days=3, cut_cap_bps=10_000, tolerance_minor=0)
    town.rail.script = lambda attempt: (
        Fate(brings_bps=brings_bps) if attempt.minor == 78 else Fate(ends_after=5 * DAY, decides_after=9 * DAY)
    )
    town.owe(("bakery", "diner", 78))
    town.run()
    assert collected(town)[1][2] == moved
    assert open_minor(town) == [still_open]
    mine = {shop: minor for shop, minor in town.balances().items() if shop == "bakery"}
    assert mine == balances
    # In the end each has what is theirs, whatever came first.
    town.rail.script = town.fate
    for days in (6, 3, 9):
        town.run(days=days)
    assert open_minor(town) == [0]


def test_a_part_of_a_default_goes_to_who_bore_it_and_the_rest_is_asked_for_again(defaulted: Paying) -> None:
    town = defaulted
    town.set_rules(attempts_max=3, retry_days=3, cut_cap_bps=10_000, tolerance_minor=1000)
    town.rail.script = lambda attempt: Fate(brings_bps=5_000) if attempt.minor == 1347 else Fate()
    town.owe(("bakery", "diner", 78))
    town.run()
    assert (open_minor(town), collected(town)[2]) == ([674], (1347, "paid", 673, True))
    # No tolerance forgives a default, and nobody writes a part of it off.
    with pytest.raises(PaymentRefused):
        write_off_rest(town.context("zoe"), max(town.payments("bakery"), key=lambda row: row.moved_minor).id, "a gift")
    town.run(days=3)
    assert (open_minor(town), town.balances()) == ([0], {})
    assert collected(town)[3] == (674, "paid", 674, True)


def test_what_paid_a_default_and_comes_back_is_a_new_debt_with_days_of_grace_of_its_own(defaulted: Paying) -> None:
    town = defaulted
    town.rail.script = lambda attempt: Fate(back_after=5 * DAY) if attempt.minor == 1347 else Fate()
    town.set_rules(attempts_max=2, retry_days=3, grace_days=10, cut_cap_bps=10_000)
    town.owe(("cafe", "diner", 5))
    town.run()
    assert open_minor(town) == [0]
    town.rail.script = lambda _: REFUSED
    town.run(days=6)
    assert (town.balances()["bakery"], collected(town)[-1]) == (-1347, (1347, "returned", 0, False))
    town.run(days=3)
    town.run(days=6)
    assert open_minor(town) == [0]
    town.run(days=1)
    assert open_minor(town) == [0, 1347]
    assert all(for_default for *_, for_default in collected(town))
    # The first debit's bank pays after all: that is the default's, whichever it was planned for.
    town.rail.gifts.append(CashLine("late", town.clock(), 1347, 0, "", "order no. 1"))
    reconcile_rail(town.context(), "bank")
    match_line(town.context("zoe"), "bank", "late", town.payments("bakery")[0].id)
    assert open_minor(town) == [0, 0]


def test_what_a_shop_is_owed_pays_what_it_is_in_default_of_before_it_is_paid(defaulted: Paying) -> None:
    town = defaulted
    town.fates["bakery"] = REFUSED
    town.owe(("cafe", "bakery", 347))
    row = next(row for row in payment_outlooks(town.context()) if row.participant == "bakery")
    assert (row.for_default, row.net_minor) == (True, -1000)
    town.run()
    assert open_minor(town) == [1000]
    # The cafe owed the bakery 347, which was in default to the cafe of more.
    assert (town.balances(), [payment for payment in town.payments() if payment.minor == 347]) == ({}, [])
    recovered = [notice for notice in stored_notices(town.book, town.session) if notice.kind == "default_recovered"]
    assert [(notice.payment_id, notice.facts["minor"]) for notice in recovered] == [("", 347)]
    town.fates["bakery"] = Fate()
    town.owe(("cafe", "bakery", 1500))
    town.run()
    assert open_minor(town) == [0]
    assert town.summary()[-1] == "pay bakery 500 paid 1"
    assert town.balances() == {}


def test_a_debit_that_is_on_its_way_in_time_is_no_part_of_a_default_and_settles_its_own(town: Paying) -> None:
    town.set_rules(attempts_max=1, retry_days=0, grace_days=10, cut_cap_bps=10_000, tolerance_minor=0)
    town.fates["bakery"] = Fate(back_after=25 * DAY)
    town.owe(("bakery", "cafe", 1000))
    town.run()
    # Its bank takes twenty days over this one, and sends the first back.
    town.fates["bakery"] = Fate(ends_after=20 * DAY, decides_after=30 * DAY)
    town.owe(("bakery", "diner", 300))
    town.run()
    town.fates["bakery"] = REFUSED
    town.run(days=19)
    town.run(days=0.5)
    assert town.balances()["bakery"] <= -1000
    town.run(days=10)
    assert open_minor(town) == [1000]
    assert collected(town)[1:3] == [(300, "paid", 300, False), (1000, "failed", 0, True)]
    assert town.balances().get("bakery", 0) == 0


def test_shops_that_pay_each_other_settle_what_they_were_asked_for(defaulted: Paying) -> None:
    town = defaulted
    town.rail.script = lambda _: REFUSED
    town.owe(("bakery", "diner", 78))
    (payment,) = plan_direct(town.context(), last_window(town.context()))
    for side, confirmation in (("bakery", DirectConfirmation.PAID), ("diner", DirectConfirmation.RECEIVED)):
        confirm_direct(town.context(side), payment.id, side, confirmation, "receipt 7", minor=100)
    # 22 more than was asked came to the diner: it owes them to the cafe, which bore the default.
    assert (open_minor(town), town.balances()) == ([1347 - 22], {"cafe": 22, "diner": -22})


def test_a_deposit_that_a_default_used_up_is_filled_again_last(town: Paying) -> None:
    town.set_rules(attempts_max=1, cut_cap_bps=10_000)
    town.deposit("bakery", 400)
    town.fates["bakery"] = REFUSED
    town.owe(("bakery", "cafe", 1000))
    town.run()
    assert (open_minor(town), town.balances(AccountKind.DEPOSIT)) == ([1000], {})
    town.fates["bakery"] = Fate(brings_bps=7_000)
    town.owe(("diner", "cafe", 5))
    town.run()
    assert (open_minor(town), town.balances(AccountKind.DEPOSIT)) == ([300], {"bakery": 100})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payment_defaults SET open_minor = open_minor + 1",
        """UPDATE payment_defaults SET repaid = '[["creditor_cut", "cafe", 1348]]'""",
        "UPDATE payments SET for_default = NOT for_default WHERE participant = 'diner'",
    ],
)
def test_the_audit_compares_each_default_with_what_was_paid_back_of_it(defaulted: Paying, sql: str) -> None:
    town = defaulted
    town.owe(("bakery", "diner", 78))
    town.run()
    with town.book.database.engine.begin() as connection:
        connection.execute(text(sql))
    failed = [result.name for result in audit_book(town.book, town.session).checks if not result.ok]
    assert "defaults" in failed
