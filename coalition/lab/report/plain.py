"""The verdict in plain words, in both languages. Figures are rounded here and nowhere before."""

from collections.abc import Callable
from fractions import Fraction

from coalition.lab.money import PLATFORM, SUBSIDY
from coalition.lab.numbers import places, shown
from coalition.lab.runner import Result
from coalition.lab.scenario import Scenario
from coalition.lab.verdict import Verdict
from coalition.lab.words import FLAGS, Words

HUNDRED = 100


def title(scenario: Scenario) -> Words:
    """What a page about a scenario is called."""
    name = scenario.model.title
    preset = f" ({scenario.preset})" if scenario.preset else ""
    return Words(f"{name.en}{preset}", f"{name.zh}{preset}")


def percent(share: Fraction | None) -> str:
    """A share as a percentage for reading; a dash if there is none."""
    return "–" if share is None else f"{shown(round(share * HUNDRED, 1))}%"


def whole(value: Fraction) -> str:
    """A figure for reading, rounded half to even to a whole number."""
    return places(value, 0)


def beside(result: Result) -> list[tuple[Words, str, str]]:
    """The figures that set the scheme beside the fixed-rate coalition: name, scheme's, coalition's."""
    mine, yard = result.verdict, result.yardstick

    def row(en: str, zh: str, figure: Callable[[Verdict], str]) -> tuple[Words, str, str]:
        return Words(en, zh), figure(mine), figure(yard)

    return [
        row("Participants", "参与者", lambda v: str(v.kept.participants)),
        row("Taken out of purchases", "从消费中抽取", _taken),
        row("… of it kept by the platform", "其中平台留存", lambda v: places(v.sources_of(PLATFORM).total)),
        row("Got back what was promised", "兑现承诺的比例", lambda v: percent(v.kept.share)),
        row("Money there", "现有资金", lambda v: places(v.figures.there)),
        row("Promises outstanding", "未兑现承诺", lambda v: places(v.figures.outstanding)),
        row("Coverage", "覆盖率", lambda v: percent(v.figures.coverage)),
        row("Paid to participants", "已支付参与者", lambda v: places(v.total.total)),
        row("… of it from later entrants", "其中来自后加入者", lambda v: places(v.total.later_entrants)),
        row("Price of a point", "积分价格", lambda v: price(v.figures.price)),
    ]


def _taken(verdict: Verdict) -> str:
    """All that went into the scheme, subsidies left out."""
    return places(sum((paid for who, paid in verdict.contributed.items() if who != SUBSIDY), Fraction(0)))


def price(value: Fraction | None) -> str:
    """A price for reading; a dash where nothing has one."""
    return "–" if value is None else places(value, 4)


def sentences(result: Result) -> list[Words]:
    """The verdict, from who got what was promised to what the fixed-rate coalition would have done."""
    verdict = result.verdict
    return [
        *_refused(result),
        _kept(result),
        _coverage(verdict),
        _sources(verdict),
        _profit(verdict),
        _growth_stops(verdict),
        _run(verdict),
        *(FLAGS[flag] for flag in verdict.flags),
        _yardstick(result),
    ]


def headline(result: Result) -> Words:
    """The verdict in one sentence: what share of participants got what was promised, what covers the rest."""
    verdict = result.verdict
    if not verdict.kept.participants:
        return Words("Nothing was bought, so nothing was promised.", "没有消费，也就没有承诺。")
    if verdict.figures.coverage is None:
        return Words("Nothing that was promised is outstanding now.", "目前没有未兑现的承诺。")
    if verdict.figures.coverage >= 1 and not verdict.flags:
        return Words("Every promise is covered by money that is there.", "所有承诺都有现金足额支撑。")
    waiting = verdict.growth_stops.waiting
    return Words(
        f"{percent(verdict.kept.share)} of participants got back what was promised; {waiting} still wait, "
        f"and the money there covers {percent(verdict.figures.coverage)} of what they are owed.",
        f"{percent(verdict.kept.share)}的参与者拿回了承诺的金额；还有{waiting}人在等待，"
        f"现有资金只够支付所欠的{percent(verdict.figures.coverage)}。",
    )


def _refused(result: Result) -> list[Words]:
    """Purchases that the scheme itself turned away."""
    refused = sum("refused" in row for row in result.rows)
    if not refused:
        return []
    return [
        Words(
            f"{refused} of {len(result.rows)} events were refused: shops below zero could not sell.",
            f"{len(result.rows)}个事件中有{refused}个被拒绝：积分为负的商户无法营业。",
        )
    ]


def _kept(result: Result) -> Words:
    kept, promise = result.verdict.kept, result.scenario.model.promise
    found = kept.summary()
    en = (
        f"The promise is {promise.en}. {kept.kept} of {kept.participants} participants "
        f"({percent(kept.share)}) got it at least once."
    )
    zh = f"承诺是：{promise.zh}。{kept.participants}名参与者中有{kept.kept}名"
    zh += f"（{percent(kept.share)}）至少兑现过一次。"
    if found and found[2]:
        fewest, middle, most = found
        en += f" Later purchases that this took: {whole(middle)} (median), {fewest} to {most}."
        zh += f"兑现需要其后{whole(middle)}笔消费"
        zh += f"（中位数；最少{fewest}笔，最多{most}笔）。"
    return Words(en, zh)


def _coverage(verdict: Verdict) -> Words:
    figures = verdict.figures
    if figures.coverage is None:
        return Words("No promise is outstanding.", "没有未兑现的承诺。")
    return Words(
        f"Money there: {places(figures.there)}. Promises outstanding: {places(figures.outstanding)}. "
        f"Coverage: {percent(figures.coverage)}.",
        f"现有资金：{places(figures.there)}；未兑现承诺：{places(figures.outstanding)}；"
        f"覆盖率：{percent(figures.coverage)}。",
    )


def _sources(verdict: Verdict) -> Words:
    total = verdict.total
    if not total.total:
        return Words("Nobody has been paid anything.", "尚无任何支付。")
    return Words(
        f"Of {places(total.total)} paid to participants, "
        f"{percent(total.purchases_margin / total.total)} came from the margin of their own and earlier "
        f"purchases, "
        f"{percent(total.later_entrants / total.total)} from people who came later, "
        f"{percent(total.subsidy / total.total)} from subsidy.",
        f"向参与者支付的{places(total.total)}中，"
        f"{percent(total.purchases_margin / total.total)}来自本人及此前消费的让利，"
        f"{percent(total.later_entrants / total.total)}来自后加入者，"
        f"{percent(total.subsidy / total.total)}来自补贴。",
    )


def _profit(verdict: Verdict) -> Words:
    winners = [net for net in verdict.net_today.values() if net > 0]
    payers = [net for net in verdict.net_today.values() if net < 0]
    return Words(
        f"If everybody took out today what they can: {len(winners)} would have "
        f"{places(sum(winners, Fraction(0)))} "
        f"more than went in on their purchases, {len(payers)} would have "
        f"{places(-sum(payers, Fraction(0)))} less.",
        f"若所有人今天都提取所能提取的：{len(winners)}方净得{places(sum(winners, Fraction(0)))}，"
        f"{len(payers)}方净付出{places(-sum(payers, Fraction(0)))}。",
    )


def _growth_stops(verdict: Verdict) -> Words:
    stops = verdict.growth_stops
    if not stops.waiting:
        return Words("If no purchase comes any more, nobody is left waiting.", "即使不再有新消费，也没有人被拖欠。")
    return Words(
        f"If no purchase comes any more, {stops.waiting} participants wait for {places(stops.owed)}, and "
        f"{places(stops.there)} is there. If all then take out what they can, they get "
        f"{places(stops.paid)}, and {stops.kept} more of them reach what was promised.",
        f"一旦不再有新消费，{stops.waiting}名参与者等待{places(stops.owed)}，而账上只有{places(stops.there)}。"
        f"若全部提取，共得{places(stops.paid)}，其中仅{stops.kept}人达到承诺。",
    )


def _run(verdict: Verdict) -> Words:
    day = verdict.run
    if not day.sellers:
        return Words("Nobody holds anything that could be sold in one day.", "没有人持有可在一天内卖出的资产。")
    before, after = day.before.coverage, day.after.coverage
    return Words(
        f"If {percent(day.share)} of holders ({day.sellers}) want out on one day, they get "
        f"{places(day.paid)}; {places(day.promised)} was still promised to them. "
        f"Coverage goes from {percent(before)} to {percent(after)} for those who stay.",
        f"若{percent(day.share)}的持有人（{day.sellers}人）同日退出，共得{places(day.paid)}，"
        f"而对他们尚有{places(day.promised)}的承诺；留下者的覆盖率由{percent(before)}变为{percent(after)}。",
    )


def _yardstick(result: Result) -> Words:
    beside = result.yardstick
    given = beside.total.total + beside.figures.there
    return Words(
        f"The fixed-rate coalition on the same purchases: {places(given)} given in points, of which "
        f"{places(beside.figures.there)} is not spent yet and lies there in full; nobody waits for anybody.",
        f"同样的消费用固定比率联盟：发放积分价值{places(given)}，其中{places(beside.figures.there)}尚未使用且足额留存，"
        f"无人需要等待后来者。",
    )
