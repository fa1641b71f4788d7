"""What is said of each refusal, in both languages."""

from string import Formatter

import pytest

from coalition.locale.formats import Lang
from coalition.refusals import SENTENCES, refusal_text
from settlement.ledger import REFUSALS, Refusal
from tests.support.books import make_settings
from tests.support.clock import instant

LANGUAGES: tuple[Lang, ...] = ("en", "zh")
EUROS = make_settings(currency="EUR", minor_digits=2, timezone="Europe/Berlin")
YEN = make_settings(currency="JPY", minor_digits=0, timezone="Asia/Tokyo")


def values_of(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_has_a_sentence_in_the_order_of_the_list(lang: Lang) -> None:
    assert list(SENTENCES[lang]) == list(REFUSALS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", REFUSALS)
def test_every_value_of_a_refusal_is_said_once_and_no_other(code: str, lang: Lang) -> None:
    assert values_of(SENTENCES[lang][code]) == values_of(REFUSALS[code])


@pytest.mark.parametrize("code", REFUSALS)
def test_both_languages_show_a_value_alike(code: str) -> None:
    shown = [
        {(name, spec) for _, name, spec, _ in Formatter().parse(SENTENCES[lang][code]) if name is not None}
        for lang in LANGUAGES
    ]
    assert shown[0] == shown[1]
    assert all(spec for _, spec in shown[0])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", REFUSALS)
def test_no_value_of_any_size_is_beyond_words(code: str, lang: Lang) -> None:
    for number in (-(10**17), -1, 0, 20240231, 10**15):
        values = {name: "cash:x" if name == "account" else number for name in values_of(REFUSALS[code])}
        assert refusal_text(Refusal(code, values), lang, EUROS)


NOON, LATE = instant("2024-05-15T12:00", "Europe/Berlin"), instant("2024-05-15T17:30", "Europe/Berlin")


@pytest.mark.parametrize(
    ("refusal", "english", "chinese"),
    [
        pytest.param(
            Refusal("limit_reached", {"shop": "kiosk", "limit_minor": 123456, "exposure_minor": 123457}),
            "shop 'kiosk' may have 1,234.56 EUR at risk and would have 1,234.57 EUR; "
            "raise its deposit or its credit limit",
            "商户 'kiosk' 的风险敞口上限为 1,234.56 EUR，此笔之后将达 1,234.57 EUR；请提高其保证金或信用额度",
            id="minor units are money",
        ),
        pytest.param(
            Refusal("balance_sign", {"account": "cash:bank", "balance": 1}),
            "'cash:bank' would stand at 0.01 EUR, which its kind forbids",
            "'cash:bank' 的余额将变为 0.01 EUR，此类账户不允许",
            id="a balance of money",
        ),
        pytest.param(
            Refusal("balance_sign", {"account": "redeem:cafe", "balance": -1000}),
            "'redeem:cafe' would stand at -1,000, which its kind forbids",
            "'redeem:cafe' 的余额将变为 -1,000，此类账户不允许",
            id="a balance of points",
        ),
        pytest.param(
            Refusal("points_short", {"points": 1500, "asked": 2000}),
            "the member has 1,500 points to spend, not 2,000",
            "会员可用积分为 1,500，不足 2,000",
            id="points are grouped",
        ),
        pytest.param(
            Refusal("occurs_in_future", {"occurred_at": LATE, "now": NOON}),
            "15 May 2024 17:30 lies ahead of the book's clock, 15 May 2024 12:00; check the till's clock",
            "发生时间 2024年5月15日 17:30 晚于账本时间 2024年5月15日 12:00，请检查收银设备的时钟",
            id="times are local",
        ),
        pytest.param(
            Refusal("lot_over", {"expires_on": 20240514, "today": 20240515}),
            "points that expire on 14 May 2024 cannot be issued on 15 May 2024",
            "2024年5月14日 到期的积分不能在 2024年5月15日 发放",
            id="dates",
        ),
        pytest.param(
            Refusal("hold_resolved", {"hold": 12345, "by": 23456}),
            "hold 12345 was captured, released or has lapsed already (posting 23456)",
            "冻结 12345 已被扣取、释放或已失效（记账 23456）",
            id="numbers of postings are not grouped",
        ),
        pytest.param(
            Refusal("shop_unknown", {"shop": "{now} 烤鸭店\n"}),
            r"no shop '{now} 烤鸭店\n' in this alliance",
            r"本联盟没有商户 '{now} 烤鸭店\n'",
            id="a name stays on its line",
        ),
    ],
)
def test_values_are_shown_as_their_reader_writes_them(refusal: Refusal, english: str, chinese: str) -> None:
    assert refusal_text(refusal, "en", EUROS) == english
    assert refusal_text(refusal, "zh", EUROS) == chinese


def test_postings_are_called_what_their_reader_calls_them() -> None:
    refusal = Refusal("hold_resolved", {"hold": 12, "by": 13})
    text = refusal_text(refusal, "en", EUROS, lambda posting: f"pst_{posting}")
    assert text == "hold pst_12 was captured, released or has lapsed already (posting pst_13)"


def test_money_has_the_decimals_of_the_alliances_currency() -> None:
    refusal = Refusal("money_short", {"account": "deposit:bakery", "minor": 500, "asked": 12345})
    assert refusal_text(refusal, "en", YEN) == "'deposit:bakery' holds 500 JPY, not 12,345 JPY"
