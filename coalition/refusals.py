"""Why the book refused, in a sentence for whoever asked: English or Chinese, money in the alliance's currency."""

from collections.abc import Callable, Mapping
from string import Formatter

from coalition.errors import CoalitionError, quoted
from coalition.locale.formats import Lang, date_text, moment_text, money_text, points_text
from settlement import date_of
from settlement.ledger import AccountKind, BookSettings, Refusal

# A value is followed by how it is shown; see `_Shown`.
SENTENCES: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "occurs_in_future": "{occurred_at:moment} lies ahead of the book's clock, {now:moment}; check the till's clock",
        "shop_unknown": "no shop {shop:name} in this alliance",
        "shop_not_earning": "shop {shop:name} does not issue points now",
        "shop_not_redeeming": "shop {shop:name} does not take points now",
        "amount_not_positive": "an amount must be more than zero, not {amount:number}",
        "amount_too_large": "{amount:number} is more than the book takes here, which is {most:number} at most",
        "same_account": "both sides are {account:name}; a move needs two accounts",
        "units_differ": "{debit:name} and {credit:name} do not both count money",
        "account_unknown": "{account:name} under participant id {issuer:id} is no money account of this alliance",
        "claim_taken": "{claim:name} was used before, and is good for once",
        "lot_unknown": "no lot {lot:id} in this book",
        "lot_not_over": "lot {lot:id} is good until the end of {expires_on:date}; today is {today:date}",
        "lot_over": "points that expire on {expires_on:date} cannot be issued on {today:date}",
        "originals_differ": "a posting refers to one earlier posting, not to {first:post} and {second:post}; send two",
        "hold_unknown": "posting {hold:post} is not a hold of this book",
        "hold_resolved": "hold {hold:post} was captured, released or has lapsed already (posting {by:post})",
        "hold_lapsed": "hold {hold:post} lapsed at {lapses_at:moment}; place a new one",
        "capture_exceeds_hold": "hold {hold:post} has {held:number} points, not {asked:number}",
        "posting_unknown": "no posting {posting:post} in this book, or nothing in it that could be taken back",
        "posting_reversed": "posting {posting:post} was reversed or refunded already (posting {by:post})",
        "refund_exceeds_original": "posting {posting:post} has {left:number} points left to refund, not {asked:number}",
        "points_short": "the member has {points:number} points to spend, not {asked:number}",
        "limit_reached": (
            "shop {shop:name} may have {limit_minor:money} at risk and would have {exposure_minor:money}; "
            "raise its deposit or its credit limit"
        ),
        "money_short": "{account:name} holds {minor:money}, not {asked:money}",
        "balance_sign": "{account:name} would stand at {balance:balance}, which its kind forbids",
    },
    "zh": {
        "occurs_in_future": "发生时间 {occurred_at:moment} 晚于账本时间 {now:moment}，请检查收银设备的时钟",
        "shop_unknown": "本联盟没有商户 {shop:name}",
        "shop_not_earning": "商户 {shop:name} 目前不发放积分",
        "shop_not_redeeming": "商户 {shop:name} 目前不接受积分",
        "amount_not_positive": "数额必须大于零，不能是 {amount:number}",
        "amount_too_large": "{amount:number} 超出账本此处的上限 {most:number}",
        "same_account": "双方都是 {account:name}；转移需要两个不同的账户",
        "units_differ": "{debit:name} 与 {credit:name} 并非都是资金账户",
        "account_unknown": "参与方编号 {issuer:id} 名下的 {account:name} 不是本联盟的资金账户",
        "claim_taken": "{claim:name} 已被使用，只能使用一次",
        "lot_unknown": "账本中没有批次 {lot:id}",
        "lot_not_over": "批次 {lot:id} 的有效期至 {expires_on:date} 结束，今天是 {today:date}",
        "lot_over": "{expires_on:date} 到期的积分不能在 {today:date} 发放",
        "originals_differ": "一笔记账只能引用一笔先前的记账，不能同时引用 {first:post} 和 {second:post}；请分两笔提交",
        "hold_unknown": "记账 {hold:post} 不是本账本的积分冻结",
        "hold_resolved": "冻结 {hold:post} 已被扣取、释放或已失效（记账 {by:post}）",
        "hold_lapsed": "冻结 {hold:post} 已于 {lapses_at:moment} 失效，请重新冻结",
        "capture_exceeds_hold": "冻结 {hold:post} 只有 {held:number} 积分，不足 {asked:number}",
        "posting_unknown": "账本中没有记账 {posting:post}，或其中没有可以撤回的内容",
        "posting_reversed": "记账 {posting:post} 已被冲销或退回（记账 {by:post}）",
        "refund_exceeds_original": "记账 {posting:post} 还可退回 {left:number} 积分，不足 {asked:number}",
        "points_short": "会员可用积分为 {points:number}，不足 {asked:number}",
        "limit_reached": (
            "商户 {shop:name} 的风险敞口上限为 {limit_minor:money}，此笔之后将达 {exposure_minor:money}；"
            "请提高其保证金或信用额度"
        ),
        "money_short": "{account:name} 余额为 {minor:money}，不足 {asked:money}",
        "balance_sign": "{account:name} 的余额将变为 {balance:balance}，此类账户不允许",
    },
}

_MONEY_KINDS = {kind.name.lower() for kind in AccountKind if kind >= AccountKind.CLEARING}


class RefusedByBook(CoalitionError):
    """The book refused what was asked of it. The refusal is stored, and answers every retry."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))

    @property
    def code(self) -> str:
        """The stable code of the refusal."""
        return self.refusal.code


def refusal_text(refusal: Refusal, lang: Lang, settings: BookSettings, posting_name: Callable[[int], str] = str) -> str:
    """A refusal by the book with these settings as one sentence, with its times in the book's time zone.

    Postings are called what `posting_name` makes of their numbers.
    """
    return _Shown(refusal, lang, settings, posting_name).vformat(SENTENCES[lang][refusal.code], (), refusal.values)


class _Shown(Formatter):
    """Shows each value of a refusal as its place in the sentence says.

    `money` and `balance` are in minor units, but a balance in points where its account counts points; `number` is
    grouped, an `id` is not; a `post` is a posting, by its name; a `moment` is in microseconds since 1970 UTC, a
    `date` yyyymmdd; a `name` is what a caller wrote.
    """

    def __init__(
        self, refusal: Refusal, lang: Lang, settings: BookSettings, posting_name: Callable[[int], str]
    ) -> None:
        self.refusal, self.lang, self.settings, self.posting_name = refusal, lang, settings, posting_name

    def format_field(self, value: object, format_spec: str) -> str:
        if not isinstance(value, int):
            return quoted(str(value))
        if format_spec == "balance":
            kind = str(self.refusal.values["account"]).partition(":")[0]
            format_spec = "money" if kind in _MONEY_KINDS else "number"
        try:
            return self._in(value, format_spec)
        except (ValueError, OverflowError):
            # The book compares times as numbers; one that a caller made up need not be in any calendar.
            return str(value)

    def _in(self, value: int, unit: str) -> str:
        """A number in its unit. Raises ValueError and OverflowError for a time that is in no calendar."""
        match unit:
            case "money":
                return f"{money_text(value, self.settings.minor_digits, self.lang)} {self.settings.currency}"
            case "number":
                return points_text(value, self.lang)
            case "moment":
                return moment_text(value, self.settings.timezone, self.lang)
            case "date":
                return date_text(date_of(value), self.lang)
            case "post":
                return self.posting_name(value)
            case _:
                return str(value)
