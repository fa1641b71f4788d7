"""The verdict in plain words, in both languages. Figures are rounded here and nowhere before."""

from collections.abc import Callable

from coalition.lab.leaving import Leaving, Order
from coalition.lab.numbers import ONE, Exact, number_text, places
from coalition.lab.report.flags import FLAGS
from coalition.lab.report.labels import preset_label
from coalition.lab.runner import Result
from coalition.lab.scenario import Scenario
from coalition.lab.verdict import Verdict
from coalition.locale.messages import N_
from settlement import Phrase

HUNDRED = 100
LARGE = 1_000
"""Units of money from which cents are noise at a glance."""
FEW_DIGITS = 2
"""Significant digits of a share below one per cent."""

ORDERS: dict[Order, str] = {
    "joining": N_("in the order of joining"),
    "reverse": N_("in reverse order"),
    "pro_rata": N_("all at once, each in proportion"),
}


def title(scenario: Scenario) -> Phrase:
    """What a page about a scenario is called."""
    name = Phrase(scenario.model.title)
    if not scenario.preset:
        return name
    return Phrase(N_("{title}: {preset}"), title=name, preset=Phrase(preset_label(scenario.preset)))


def counted(count: int, singular: str, plural: str) -> Phrase:
    """A number of things as a part of a sentence, in the form that fits it: "1 shop", "2,905 shops"."""
    return Phrase(singular if count == 1 else plural, count=f"{count:,}")


def percent(share: Exact | None) -> str:
    """A share as a percentage for reading; a dash if there is none. What is not nothing or all is not shown as such."""
    if share is None:
        return "–"
    value = share * HUNDRED
    tenths = round(value, 1)
    if value and abs(value) < 1:
        return f"{number_text(value, FEW_DIGITS)}%"
    if share < ONE and tenths == HUNDRED:
        return "<100%"
    return f"{number_text(tenths)}%"


def whole(value: Exact) -> str:
    """A figure for reading, rounded half to even to a whole number."""
    return places(value, 0)


def amount(value: Exact, currency: str) -> str:
    """Money for reading, with its currency."""
    return f"{places(value)} {currency}"


def rounded(value: Exact, currency: str) -> str:
    """Money for reading at a glance: a large sum without its cents, and a whole one without zeros for them."""
    return f"{places(value, 0 if abs(value) >= LARGE or value.denominator == 1 else 2)} {currency}"


def beside(result: Result) -> list[tuple[str, str, str]]:
    """The figures that set the scheme beside the fixed-rate coalition: name, scheme's, coalition's."""
    mine, yard, currency = result.verdict, result.yardstick, result.scenario.currency

    def row(name: str, figure: Callable[[Verdict], str]) -> tuple[str, str, str]:
        return name, figure(mine), figure(yard)

    def money(name: str, value: Callable[[Verdict], Exact]) -> tuple[str, str, str]:
        return row(name, lambda verdict: amount(value(verdict), currency))

    return [
        money(N_("Shops give"), lambda v: v.kinds["shop"].paid),
        money(N_("Members pay beyond goods"), lambda v: v.kinds["member"].paid),
        money(N_("The platform keeps"), lambda v: v.kinds["platform"].received.total),
        money(N_("Members have received"), lambda v: v.kinds["member"].received.total),
        money(N_("… of it from later entrants"), lambda v: v.kinds["member"].received.later_entrants),
        row(N_("Promised money that came"), lambda v: percent(v.kept.share_of_money)),
        row(N_("Who got all that was promised"), _heads),
        money(N_("Money there"), lambda v: v.figures.held),
        money(N_("Owed"), lambda v: v.figures.outstanding),
        row(N_("Coverage"), lambda v: percent(v.figures.coverage)),
        row(N_("Price of a point"), lambda v: price(v.figures.price)),
    ]


def _heads(verdict: Verdict) -> str:
    kept = verdict.kept
    return Phrase(N_("{kept} of {all}"), kept=f"{kept.kept:,}", all=f"{kept.participants:,}")


def price(value: Exact | None) -> str:
    """A price for reading; a dash where nothing has one."""
    return "–" if value is None else places(value, 4)


def sentences(result: Result) -> list[str]:
    """The verdict, from what of the promises came to what the fixed-rate coalition would have done."""
    verdict, currency = result.verdict, result.scenario.currency
    return [
        *_refused(result),
        _kept(result),
        _coverage(verdict, currency),
        _sources(verdict, currency),
        _profit(verdict, currency),
        *_leaving(verdict, currency),
        *_run(verdict, currency),
        *(FLAGS[flag] for flag in verdict.flags),
        _yardstick(result),
    ]


def headline(result: Result) -> str:
    """The verdict in one sentence: what of the promised money came, and what covers the rest."""
    verdict, currency = result.verdict, result.scenario.currency
    if not verdict.kept.participants:
        return N_("Nothing was bought, so nothing was promised.")
    if verdict.figures.coverage is None:
        return N_("Nothing that was promised is outstanding now.")
    if verdict.figures.coverage >= 1 and not verdict.flags:
        return N_("Every promise is covered by money that is there.")
    return Phrase(
        N_("{delivered} of the money promised has come. {owed} is owed now, and {held} is there for it: {coverage}."),
        delivered=percent(verdict.kept.share_of_money),
        owed=rounded(verdict.figures.outstanding, currency),
        held=rounded(verdict.figures.held, currency),
        coverage=percent(verdict.figures.coverage),
    )


def _refused(result: Result) -> list[str]:
    """Purchases that the scheme itself turned away."""
    refused = result.refused
    if not refused:
        return []
    sentence = N_("Refused, since shops below zero could not sell: {refused} of {events}.")
    return [
        Phrase(sentence, refused=f"{refused:,}", events=counted(result.events, N_("1 event"), N_("{count} events")))
    ]


def _kept(result: Result) -> str:
    kept = result.verdict.kept
    sentence = Phrase(
        N_(
            "The promise is {promise}. Of the money promised {share} came; {kept} of {participants} got all of it "
            "at least once."
        ),
        promise=Phrase(result.scenario.model.promise),
        share=percent(kept.share_of_money),
        kept=f"{kept.kept:,}",
        participants=f"{kept.participants:,}",
    )
    summary = kept.summary()
    if summary is None or not summary[2]:
        return sentence
    fewest, middle, most = summary
    return Phrase(
        N_("{sentence} Later purchases that this took: {median} (median), {fewest} to {most}."),
        sentence=sentence,
        median=whole(middle),
        fewest=f"{fewest:,}",
        most=f"{most:,}",
    )


def _coverage(verdict: Verdict, currency: str) -> str:
    figures = verdict.figures
    if figures.coverage is None:
        return N_("No promise is outstanding.")
    return Phrase(
        N_("Money there: {money}. Owed, at the promised prices: {promises}. Coverage: {coverage}."),
        money=amount(figures.held, currency),
        promises=amount(figures.outstanding, currency),
        coverage=percent(figures.coverage),
    )


def _sources(verdict: Verdict, currency: str) -> str:
    total = verdict.kinds["member"].received
    if not total.total:
        return N_("No member has been paid anything.")
    return Phrase(
        N_(
            "Of {total} paid to members, {margin} came from the margin of their own and earlier purchases, "
            "{later} from people who came later, {subsidy} from investors, {fees} from agents' fees."
        ),
        total=amount(total.total, currency),
        margin=percent(total.purchases_margin / total.total),
        later=percent(total.later_entrants / total.total),
        subsidy=percent(total.subsidy / total.total),
        fees=percent(total.fees / total.total),
    )


def _profit(verdict: Verdict, currency: str) -> str:
    nets = [net for party, net in verdict.net_today.items() if party.kind == "member"]
    winners, payers = [net for net in nets if net > 0], [net for net in nets if net < 0]
    return Phrase(
        N_(
            "If everybody took out today what they can: {winners} would be better off by {gained}, "
            "{losers} worse off by {lost}."
        ),
        winners=counted(len(winners), N_("1 member"), N_("{count} members")),
        gained=amount(sum(winners, Exact(0)), currency),
        losers=f"{len(payers):,}",
        lost=amount(-sum(payers, Exact(0)), currency),
    )


def _leaving(verdict: Verdict, currency: str) -> list[str]:
    """What everybody's leaving pays, in each order."""
    if not verdict.leaving[0].got:
        return [N_("Nobody holds anything that could be sold.")]
    return [
        Phrase(
            N_(
                "If everybody leaves {order}: {paid} of {owed} is paid; {full} get all they were promised, "
                "{nothing} get nothing."
            ),
            order=Phrase(ORDERS[leaving.order]),
            paid=amount(leaving.paid, currency),
            owed=amount(leaving.promised, currency),
            full=f"{leaving.in_full:,}",
            nothing=f"{leaving.empty_handed:,}",
        )
        for leaving in verdict.leaving
    ]


def _run(verdict: Verdict, currency: str) -> list[str]:
    day = verdict.run
    if not day.got or day.after is None:
        return []
    happened = Phrase(
        N_(
            "If {share} of holders ({sellers}) want out on one day, they get {paid} of {promised}. Coverage goes from "
            "{before} to {after} for those who stay, and the price from {price_before} to {price_after}."
        ),
        share=percent(verdict.run_share),
        sellers=f"{len(day.got):,}",
        paid=amount(day.paid, currency),
        promised=amount(day.promised, currency),
        before=percent(verdict.figures.coverage),
        after=percent(day.after.coverage),
        price_before=price(verdict.figures.price),
        price_after=price(day.after.price),
    )
    return [happened, *_why(verdict, day)]


def _why(verdict: Verdict, day: Leaving) -> list[str]:
    """Why price and coverage move as they do on that day."""
    before, after = verdict.figures, day.after
    reasons: list[str] = []
    if after and before.price is not None and after.price is not None and after.price > before.price:
        reasons.append(N_("The price rises because each sale leaves its hold-back in the pool; no new money has come."))
    if after and before.coverage is not None and after.coverage is not None and day.short:
        if after.coverage > before.coverage:
            reasons.append(
                N_("Coverage rises because those who left for less than they were promised are owed nothing more.")
            )
        elif after.coverage < before.coverage:
            reasons.append(N_("Coverage falls because whoever sells first takes the money of those who stay."))
    return reasons


def _yardstick(result: Result) -> str:
    yardstick, currency = result.yardstick, result.scenario.currency
    return Phrase(
        N_(
            "The fixed-rate coalition on the same purchases: {given} given in points, of which {unspent} is not "
            "spent yet and lies there in full; nobody waits for anybody."
        ),
        given=amount(yardstick.kinds["shop"].paid, currency),
        unspent=amount(yardstick.figures.held, currency),
    )
