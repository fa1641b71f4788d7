"""What is said of each refusal, in both languages."""

from string import Formatter

import pytest

from coalition.locale.error_text import error_text
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from coalition.refusals import RefusedByBook
from settlement.ledger import REFUSALS, Refusal
from tests.support.books import make_settings
from tests.support.clock import instant

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
EUROS = make_settings(currency="EUR", minor_digits=2, timezone="Europe/Berlin")
YEN = make_settings(currency="JPY", minor_digits=0, timezone="Asia/Tokyo")


def values_of(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def places(sentence: str) -> list[tuple[str, str | None]]:
    return sorted((name, spec) for _, name, spec, _ in Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_said_in_both_languages_with_the_same_values(code: str) -> None:
    english = REFUSALS[code].detail
    chinese = translate(english, "zh")
    assert english != chinese
    assert places(english) == places(chinese)


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_has_a_title_and_a_remedy_in_both_languages(code: str) -> None:
    assert REFUSALS[code].code == code
    for sentence in (REFUSALS[code].title, REFUSALS[code].remedy):
        assert sentence != translate(sentence, "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", REFUSALS)
def test_no_value_of_any_size_is_beyond_words(code: str, lang: Lang) -> None:
    for number in (-(10**17), -1, 0, 20240231, 10**15):
        values = {name: "cash:x" if name == "account" else number for name in values_of(REFUSALS[code].detail)}
        assert error_text(Refusal(code, values), lang, EUROS)


NOON, LATE = instant("2024-05-15T12:00", "Europe/Berlin"), instant("2024-05-15T17:30", "Europe/Berlin")


@pytest.mark.parametrize(
    ("refusal", "english", "chinese"),
    [
        pytest.param(
            Refusal("limit_reached", {"shop": "kiosk", "limit_minor": 123456, "exposure_minor": 123457}),
            "Shop 'kiosk' may have 1,234.56 EUR at risk and would have 1,234.57 EUR. "
            "Raise its deposit or its credit limit.",
            "商户 'kiosk' 的风险敞口上限为 1,234.56 EUR，此笔之后将达 1,234.57 EUR；请提高其保证金或信用额度。",
            id="minor units are money",
        ),
        pytest.param(
            Refusal("balance_sign", {"account": "cash:bank", "balance": 1}),
            "'cash:bank' would stand at 0.01 EUR, which an account of its kind may not.",
            "'cash:bank' 的余额将变为 0.01 EUR，此类账户不允许。",
            id="a balance of money",
        ),
        pytest.param(
            Refusal("balance_sign", {"account": "redeem:cafe", "balance": -1000}),
            "'redeem:cafe' would stand at -1,000, which an account of its kind may not.",
            "'redeem:cafe' 的余额将变为 -1,000，此类账户不允许。",
            id="a balance of points",
        ),
        pytest.param(
            Refusal("points_short", {"points": 1500, "asked": 2000}),
            "The member has 1,500 points to spend, not 2,000.",
            "会员可用积分为 1,500，不足 2,000。",
            id="points are grouped",
        ),
        pytest.param(
            Refusal("occurs_in_future", {"occurred_at": LATE, "now": NOON}),
            "15 May 2024 17:30 is later than the book's clock, 15 May 2024 12:00. Check the till's clock.",
            "发生时间 2024年5月15日 17:30 晚于账本时间 2024年5月15日 12:00，请检查收银设备的时钟。",
            id="times are local",
        ),
        pytest.param(
            Refusal("lot_over", {"expires_on": 20240514, "today": 20240515}),
            "Points that expire on 14 May 2024 cannot be issued on 15 May 2024.",
            "2024年5月14日 到期的积分不能在 2024年5月15日 发放。",
            id="dates",
        ),
        pytest.param(
            Refusal("hold_resolved", {"hold": 12345, "by": 23456}),
            "Hold 12345 was captured, released or has lapsed already (posting 23456).",
            "预授权 12345 已完成、撤销或失效（记账 23456）。",
            id="numbers of postings are not grouped",
        ),
        pytest.param(
            Refusal("shop_unknown", {"shop": "{now} 烤鸭店\n"}),
            r"No shop '{now} 烤鸭店\n' in this alliance.",
            r"本联盟没有商户 '{now} 烤鸭店\n'。",
            id="a name stays on its line",
        ),
    ],
)
def test_values_are_shown_as_their_reader_writes_them(refusal: Refusal, english: str, chinese: str) -> None:
    assert error_text(refusal, "en", EUROS) == english
    assert error_text(refusal, "zh", EUROS) == chinese
    assert error_text(RefusedByBook(refusal), "en", EUROS) == english
    assert error_text(RefusedByBook(refusal), "zh", EUROS) == chinese


def test_postings_are_called_what_their_reader_calls_them() -> None:
    refusal = Refusal("hold_resolved", {"hold": 12, "by": 13})
    text = error_text(refusal, "en", EUROS, lambda posting: f"pst_{posting}")
    assert text == "Hold pst_12 was captured, released or has lapsed already (posting pst_13)."


def test_money_has_the_decimals_of_the_alliances_currency() -> None:
    refusal = Refusal("money_short", {"account": "deposit:bakery", "minor": 500, "asked": 12345})
    assert error_text(refusal, "en", YEN) == "'deposit:bakery' holds 500 JPY, not 12,345 JPY."
