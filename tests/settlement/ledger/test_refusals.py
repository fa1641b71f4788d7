"""Refusals: one row for each reason, each with what is asked, what is answered, and nothing moved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from settlement import Filler
from settlement.errors import InstantOutOfRange, KeyMalformed, KeyReused
from settlement.ledger import (
    REFUSALS,
    AccountKind,
    AccountName,
    Book,
    Capture,
    Commission,
    Earn,
    EarnOutOf,
    Expire,
    ExposureLimit,
    Give,
    Hold,
    Leg,
    Participant,
    Posting,
    PotRef,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    Session,
    SetAside,
    Spend,
    TakeToken,
    Transfer,
)
from settlement.ledger.moves import LEG_MAX
from tests.support.books import BookClient, account_ids, balances, check_book
from tests.support.clock import HOUR, MINUTE, Clock

TODAY = 20240515
NEXT_YEAR = 20251231
UNKNOWN = 10**6
CASH = AccountName(AccountKind.CASH, "bank")
SHOPS = (
    "bakery",
    "cafe",
    Participant(0, "museum", may_redeem=False),
    Participant(0, "shut", may_issue=False, may_redeem=False),
    Participant(0, "kiosk", limit=ExposureLimit(credit_minor=100)),
)


@dataclass(frozen=True)
class Scene:
    """A morning in town. Numbers are posting ids, but for `lot`, which is an account id.

    Ann earned 100 at the bakery and spent 30 of them at the cafe; 10 more are held there. A second hold was
    released, a third has lapsed, a fourth has lapsed and was released too. An earn of 5 was reversed.
    """

    clock: Clock
    till: BookClient
    lot: int
    deposit: AccountName
    settled: AccountName
    earned: int
    spent: int
    reversed: int
    reversal: int
    held: int
    released: int
    release: int
    lapsed: int
    over: int
    over_by: int


@pytest.fixture
def scene(book: Callable[..., Book], session: Session, clock: Clock) -> Scene:
    town = book(shops=SHOPS)
    till = BookClient(town, session)
    bakery = town.config(session).by_ref["bakery"].id
    deposit, settled = (
        AccountName(AccountKind.DEPOSIT, "bakery", bakery),
        AccountName(AccountKind.SETTLEMENT, "bakery", bakery),
    )
    earned = till.take(Earn("bakery", "ann", 100, NEXT_YEAR)).posting_id
    mistake = till.take(Earn("bakery", "bob", 5, NEXT_YEAR)).posting_id
    spent = till.take(Spend("cafe", "ann", 30)).posting_id
    held, released, lapsed, over = (
        till.take(Hold("cafe", "ann", 10, clock() + minutes * MINUTE)).posting_id for minutes in (60, 60, 1, 1)
    )
    return Scene(
        clock=clock,
        till=till,
        lot=account_ids(town, session)[AccountName(AccountKind.LOT, "ann", bakery, NEXT_YEAR, 1)],
        deposit=deposit,
        settled=settled,
        earned=earned,
        spent=spent,
        reversed=mistake,
        reversal=till.take(Reverse(mistake)).posting_id,
        held=held,
        released=released,
        release=till.take(Release(released), Transfer(CASH, deposit, 500)).posting_id,
        lapsed=lapsed,
        over=over,
        over_by=till.take(Release(over), at=clock.forward(2 * MINUTE)).posting_id,
    )


Values = Mapping[str, str | int]


@dataclass(frozen=True)
class Row:
    """What is asked of the scene (a leg or some), how far ahead of its clock, and the values of the refusal."""

    ask: Callable[[Scene], Leg | tuple[Leg, ...]]
    values: Callable[[Scene], Values]
    ahead: int = 0

    def legs(self, scene: Scene) -> tuple[Leg, ...]:
        asked = self.ask(scene)
        return asked if type(asked) is tuple else (asked,)


TABLE: Mapping[str, Row] = {
    "occurs_in_future": Row(
        lambda _: Earn("bakery", "ann", 1, NEXT_YEAR),
        lambda s: {"occurred_at": s.clock() + 5 * MINUTE + 1, "now": s.clock()},
        ahead=5 * MINUTE + 1,
    ),
    "shop_unknown": Row(lambda _: Spend("nowhere", "ann", 1), lambda _: {"shop": "nowhere"}),
    "shop_not_earning": Row(lambda _: Earn("shut", "ann", 1, NEXT_YEAR), lambda _: {"shop": "shut"}),
    "shop_not_redeeming": Row(lambda _: Spend("museum", "ann", 1), lambda _: {"shop": "museum"}),
    "amount_not_positive": Row(lambda _: Earn("bakery", "ann", -1, NEXT_YEAR), lambda _: {"amount": -1}),
    "amount_too_large": Row(
        lambda _: Earn("bakery", "ann", LEG_MAX + 1, NEXT_YEAR), lambda _: {"amount": LEG_MAX + 1, "most": LEG_MAX}
    ),
    "same_account": Row(lambda _: Give("ann", "ann", 1), lambda _: {"account": "ann"}),
    "units_differ": Row(
        lambda s: Transfer(CASH, AccountName(AccountKind.LOT, "ann"), 1),
        lambda _: {"debit": "cash:bank", "credit": "lot:ann"},
    ),
    "account_unknown": Row(
        lambda s: Transfer(CASH, s.deposit._replace(issuer=UNKNOWN), 1),
        lambda _: {"account": "deposit:bakery", "issuer": UNKNOWN},
    ),
    "claim_taken": Row(lambda _: (TakeToken("once"), TakeToken("once")), lambda _: {"claim": "once"}),
    "lot_unknown": Row(lambda _: Expire(UNKNOWN), lambda _: {"lot": UNKNOWN}),
    "lot_not_over": Row(lambda s: Expire(s.lot), lambda s: {"lot": s.lot, "expires_on": NEXT_YEAR, "today": TODAY}),
    "lot_over": Row(lambda _: Earn("bakery", "ann", 1, TODAY - 1), lambda _: {"expires_on": TODAY - 1, "today": TODAY}),
    "originals_differ": Row(
        lambda s: (RefundSpend(s.spent, 30), RefundEarn(s.earned, 100)),
        lambda s: {"first": s.spent, "second": s.earned},
    ),
    "hold_unknown": Row(lambda s: Capture(s.earned, 1), lambda s: {"hold": s.earned}),
    "hold_resolved": Row(lambda s: Release(s.released), lambda s: {"hold": s.released, "by": s.release}),
    "hold_lapsed": Row(lambda s: Capture(s.lapsed, 10), lambda s: {"hold": s.lapsed, "lapses_at": s.clock() - MINUTE}),
    "capture_exceeds_hold": Row(lambda s: Capture(s.held, 11), lambda s: {"hold": s.held, "held": 10, "asked": 11}),
    "posting_unknown": Row(lambda _: Reverse(UNKNOWN), lambda _: {"posting": UNKNOWN}),
    "posting_reversed": Row(lambda s: Reverse(s.reversed), lambda s: {"posting": s.reversed, "by": s.reversal}),
    "refund_exceeds_original": Row(
        lambda s: RefundSpend(s.spent, 31), lambda s: {"posting": s.spent, "left": 30, "asked": 31}
    ),
    "points_short": Row(lambda _: Spend("cafe", "ann", 51), lambda _: {"points": 50, "asked": 51}),
    "pot_short": Row(
        lambda _: (
            SetAside(PotRef("bakery", "double@1"), 7),
            EarnOutOf(PotRef("bakery", "double@1"), "ann", 8, NEXT_YEAR),
        ),
        lambda _: {"pot": "double@1", "points": 7, "asked": 8},
    ),
    "limit_reached": Row(
        lambda _: Earn("kiosk", "ann", 101, NEXT_YEAR),
        lambda _: {"shop": "kiosk", "limit_minor": 100, "exposure_minor": 101},
    ),
    "money_short": Row(
        lambda s: Transfer(s.deposit, s.settled, 501),
        lambda _: {"account": "deposit:bakery", "minor": 500, "asked": 501},
    ),
    "balance_sign": Row(lambda s: Transfer(s.settled, CASH, 501), lambda _: {"account": "cash:bank", "balance": 1}),
}


def test_every_refusal_has_a_row_in_the_order_of_the_list() -> None:
    assert list(TABLE) == list(REFUSALS)


@pytest.mark.parametrize("code", TABLE)
def test_a_refused_posting_says_why_and_moves_nothing(scene: Scene, code: str) -> None:
    row = TABLE[code]
    town, session = scene.till.book, scene.till.session
    before = balances(town, session)
    values = row.values(scene)
    # What stands before it in the posting falls with it.
    answer = scene.till.post(Earn("bakery", "new", 7, NEXT_YEAR), *row.legs(scene), at=scene.clock() + row.ahead)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.values) == (code, values)
    assert answer.moves == []
    assert str(answer.refusal) == Filler().fill(REFUSALS[code].detail, values)
    assert balances(town, session) == before
    check_book(town)


@pytest.mark.parametrize("code", TABLE)
def test_a_refusal_is_answered_again_to_the_same_request(scene: Scene, code: str) -> None:
    row = TABLE[code]
    legs, at = row.legs(scene), scene.clock() + row.ahead
    first = scene.till.post(*legs, key="again", at=at, what=code)
    scene.clock.forward(24 * HOUR)
    second = scene.till.post(*legs, key="again", at=at, what=code)
    assert first.refusal is not None
    assert second == first._replace(replayed=True, moves=second.moves)
    assert list(second.moves) == []


FIRST_OF_TWO: Mapping[str, tuple[Callable[[Scene], Leg], int]] = {
    "occurs_in_future": (lambda _: Spend("nowhere", "ann", 1), HOUR),
    "shop_unknown": (lambda _: Commission("nowhere", "shut", 0), 0),
    "shop_not_earning": (lambda _: Earn("shut", "ann", 0, NEXT_YEAR), 0),
    "shop_not_redeeming": (lambda _: Spend("shut", "ann", UNKNOWN), 0),
    "amount_not_positive": (lambda s: Capture(UNKNOWN, 0), 0),
    "amount_too_large": (lambda _: Commission("cafe", "cafe", LEG_MAX + 1), 0),
    "same_account": (
        lambda _: Transfer(AccountName(AccountKind.LOT, "ann"), AccountName(AccountKind.LOT, "ann"), 1),
        0,
    ),
    "units_differ": (lambda _: Transfer(AccountName(99, "ann", UNKNOWN), CASH, 1), 0),
    "account_unknown": (lambda s: Transfer(s.deposit, CASH._replace(issuer=UNKNOWN), 501), 0),
    "lot_over": (lambda _: Earn("kiosk", "ann", 101, TODAY - 1), 0),
    "hold_resolved": (lambda s: Capture(s.over, 11), 0),
    "hold_lapsed": (lambda s: Capture(s.lapsed, 11), 0),
    "posting_unknown": (lambda _: RefundSpend(UNKNOWN, 31), 0),
}


@pytest.mark.parametrize("code", FIRST_OF_TWO)
def test_of_two_reasons_the_first_of_the_list_is_given(scene: Scene, code: str) -> None:
    ask, ahead = FIRST_OF_TWO[code]
    answer = scene.till.post(ask(scene), at=scene.clock() + ahead)
    assert answer.refusal is not None
    assert answer.refusal.code == code


@pytest.mark.parametrize("side", ["debit", "credit"])
@pytest.mark.parametrize(
    "wrong",
    [
        AccountName(AccountKind.DEPOSIT, "nowhere", 3),
        AccountName(AccountKind.DEPOSIT, "nowhere"),
        AccountName(AccountKind.SETTLEMENT, "bakery"),
        AccountName(AccountKind.SETTLEMENT, "cafe", 3),
        AccountName(AccountKind.FUND, "bakery", 3, NEXT_YEAR),
        AccountName(AccountKind.FUND, "bakery", 3, terms_id=1),
        AccountName(AccountKind.CASH, "bakery", 3),
        AccountName(AccountKind.LOSS, "loss", UNKNOWN),
    ],
)
def test_money_goes_only_where_an_account_may_be(scene: Scene, wrong: AccountName, side: str) -> None:
    before = balances(scene.till.book, scene.till.session)
    leg = Transfer(wrong, CASH, 1) if side == "debit" else Transfer(CASH, wrong, 1)
    refusal = scene.till.post(leg).refusal
    assert refusal is not None
    assert refusal.code == "account_unknown"
    assert balances(scene.till.book, scene.till.session) == before
    scene.till.take(Transfer(CASH, scene.deposit, 1))


def test_a_key_stands_for_its_first_answer_whatever_happened_since(scene: Scene) -> None:
    refused = scene.till.post(Spend("cafe", "ann", 60), key="k1", points=60)
    taken = scene.till.post(Spend("cafe", "ann", 50), key="k2", points=50)
    scene.till.take(Earn("bakery", "ann", 500, NEXT_YEAR))
    before = balances(scene.till.book, scene.till.session)
    again = scene.till.post(Spend("cafe", "ann", 60), key="k1", points=60)
    assert (again.refusal, again.posting_id, again.replayed) == (refused.refusal, refused.posting_id, True)
    again = scene.till.post(Spend("cafe", "ann", 50), key="k2", points=50)
    assert again == taken._replace(replayed=True)
    assert balances(scene.till.book, scene.till.session) == before


@pytest.mark.parametrize("years", [-3000, 9000])
def test_a_time_beyond_the_calendar_is_an_error_and_harms_nobody_else_in_the_batch(scene: Scene, years: int) -> None:
    good = Posting("good", scene.clock(), {}, [Spend("cafe", "ann", 1)])
    bad = good._replace(key="bad", occurred_at=years * 365 * 24 * HOUR)
    error, answer = scene.till.book.post([bad, good], scene.till.session)
    assert isinstance(error, InstantOutOfRange)
    assert answer.refusal is None
    check_book(scene.till.book)


def test_a_refused_posting_with_two_holds_leaves_neither(scene: Scene) -> None:
    before = balances(scene.till.book, scene.till.session)
    hold = Hold("cafe", "ann", 5, scene.clock() + HOUR)
    answer = scene.till.post(hold, hold, Spend("cafe", "ann", UNKNOWN))
    assert answer.refusal is not None
    assert balances(scene.till.book, scene.till.session) == before
    assert scene.till.post(Release(answer.posting_id)).refusal is not None
    check_book(scene.till.book)


def test_a_request_that_comes_twice_in_one_batch_counts_once(scene: Scene) -> None:
    request = Posting("twice", scene.clock(), {"points": 20}, [Spend("cafe", "ann", 20)])
    first, second = scene.till.book.post([request, request], scene.till.session)
    assert second == first._replace(replayed=True)
    assert scene.till.take(Spend("cafe", "ann", 30)).refusal is None
    check_book(scene.till.book)


@pytest.mark.parametrize(
    ("content", "field", "first", "again"),
    [
        ({"points": 31, "shop": "cafe"}, "points", 30, 31),
        ({"points": "30", "shop": "cafe"}, "points", 30, "30"),
        ({"points": 30}, "shop", "cafe", None),
        ({"points": 30, "shop": "cafe", "note": "x"}, "note", None, "x"),
        ({"points": 31, "shop": "diner"}, "points", 30, 31),
    ],
)
def test_a_key_with_other_content_names_the_field_that_differs(
    scene: Scene, content: dict[str, str | int], field: str, first: object, again: object
) -> None:
    legs = [Spend("cafe", "ann", 30)]
    scene.till.book.post([Posting("k", scene.clock(), {"points": 30, "shop": "cafe"}, legs)], scene.till.session)
    before = balances(scene.till.book, scene.till.session)
    (error,) = scene.till.book.post([Posting("k", scene.clock(), content, legs)], scene.till.session)
    assert isinstance(error, KeyReused)
    assert (error.key, error.field, error.first, error.again) == ("k", field, first, again)
    assert field in str(error)
    assert balances(scene.till.book, scene.till.session) == before


def test_content_in_another_order_is_the_same_content(scene: Scene) -> None:
    first = scene.till.post(Spend("cafe", "ann", 5), key="k", a=1, b="2")
    assert scene.till.post(Spend("cafe", "ann", 5), key="k", b="2", a=1) == first._replace(replayed=True)


@pytest.mark.parametrize("key", ["", "k" * 201, "line\nbreak", "\t", "nul\0", "half \ud800 character", "\u200b"])
def test_a_malformed_key_is_an_error_and_harms_nobody_else_in_the_batch(scene: Scene, key: str) -> None:
    before = scene.till.book.header(scene.till.session)
    good = Posting("good", scene.clock(), {}, [Spend("cafe", "ann", 1)])
    bad = good._replace(key=key)
    error, answer, again = scene.till.book.post([bad, good, bad], scene.till.session)
    assert isinstance(error, KeyMalformed)
    assert isinstance(again, KeyMalformed)
    assert error.key == key
    assert answer.refusal is None
    assert answer.posting_id == before.next_posting
    check_book(scene.till.book)


@pytest.mark.parametrize("key", ["k", "k" * 200, "'; DROP TABLE moves; --", "键 ключ", "a\\tb\\N", "%s ? {}"])
def test_any_printable_key_is_taken_and_found_again(scene: Scene, key: str) -> None:
    content = {"说明": key, "control": "a\tb\nc\\d\r\0"}
    first = scene.till.post(Spend("cafe", "ann", 1), key=key, **content)
    assert scene.till.post(Spend("cafe", "ann", 1), key=key, **content) == first._replace(replayed=True)
    check_book(scene.till.book)
