"""The verdict in plain words, in both languages. Figures are rounded here and nowhere before."""

from collections.abc import Callable
from fractions import Fraction

from coalition.lab.numbers import ZERO, number_text, places
from coalition.lab.report.flags import FLAGS
from coalition.lab.runner import Result
from coalition.lab.scenario import Scenario
from coalition.lab.verdict import Verdict
from coalition.locale.messages import N_
from settlement import Phrase

HUNDRED = 100


def title(scenario: Scenario) -> Phrase:
    """What a page about a scenario is called."""
    name = Phrase(scenario.model.title)
    return Phrase(N_("{title} ({preset})"), title=name, preset=scenario.preset) if scenario.preset else name


def percent(share: Fraction | None) -> str:
    """A share as a percentage for reading; a dash if there is none."""
    return "–" if share is None else f"{number_text(round(share * HUNDRED, 1))}%"


def whole(value: Fraction) -> str:
    """A figure for reading, rounded half to even to a whole number."""
    return places(value, 0)


def beside(result: Result) -> list[tuple[str, str, str]]:
    """The figures that set the scheme beside the fixed-rate coalition: name, scheme's, coalition's."""
    mine, yard = result.verdict, result.yardstick

    def row(name: str, figure: Callable[[Verdict], str]) -> tuple[str, str, str]:
        return name, figure(mine), figure(yard)

    return [
        row(N_("Participants"), lambda v: str(v.kept.participants)),
        row(N_("Taken out of purchases"), _taken),
        row(N_("… of it kept by the platform"), lambda v: places(v.kinds["platform"].received.total)),
        row(N_("Got back what was promised"), lambda v: percent(v.kept.share)),
        row(N_("Money there"), lambda v: places(v.figures.held)),
        row(N_("Promises outstanding"), lambda v: places(v.figures.outstanding)),
        row(N_("Coverage"), lambda v: percent(v.figures.coverage)),
        row(N_("Paid to members"), lambda v: places(v.kinds["member"].received.total)),
        row(N_("… of it from later entrants"), lambda v: places(v.kinds["member"].received.later_entrants)),
        row(N_("Price of a point"), lambda v: price(v.figures.price)),
    ]


def _taken(verdict: Verdict) -> str:
    """All that went into the scheme, investors' money left out."""
    return places(sum((side.paid for kind, side in verdict.kinds.items() if kind != "investor"), ZERO))


def price(value: Fraction | None) -> str:
    """A price for reading; a dash where nothing has one."""
    return "–" if value is None else places(value, 4)


def sentences(result: Result) -> list[str]:
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


def headline(result: Result) -> str:
    """The verdict in one sentence: what share of participants got what was promised, what covers the rest."""
    verdict = result.verdict
    if not verdict.kept.participants:
        return N_("Nothing was bought, so nothing was promised.")
    if verdict.figures.coverage is None:
        return N_("Nothing that was promised is outstanding now.")
    if verdict.figures.coverage >= 1 and not verdict.flags:
        return N_("Every promise is covered by money that is there.")
    return Phrase(
        N_(
            "{kept} of participants got back what was promised; {waiting} still wait, "
            "and the money there covers {coverage} of what they are owed."
        ),
        kept=percent(verdict.kept.share),
        waiting=verdict.waiting.participants,
        coverage=percent(verdict.figures.coverage),
    )


def _refused(result: Result) -> list[str]:
    """Purchases that the scheme itself turned away."""
    refused = sum("refused" in row for row in result.rows)
    if not refused:
        return []
    sentence = N_("{refused} of {events} events were refused: shops below zero could not sell.")
    return [Phrase(sentence, refused=refused, events=len(result.rows))]


def _kept(result: Result) -> str:
    kept = result.verdict.kept
    sentence = Phrase(
        N_("The promise is {promise}. {kept} of {participants} participants ({share}) got it at least once."),
        promise=Phrase(result.scenario.model.promise),
        kept=kept.kept,
        participants=kept.participants,
        share=percent(kept.share),
    )
    summary = kept.summary()
    if summary is None or not summary[2]:
        return sentence
    fewest, middle, most = summary
    return Phrase(
        N_("{sentence} Later purchases that this took: {median} (median), {fewest} to {most}."),
        sentence=sentence,
        median=whole(middle),
        fewest=fewest,
        most=most,
    )


def _coverage(verdict: Verdict) -> str:
    figures = verdict.figures
    if figures.coverage is None:
        return N_("No promise is outstanding.")
    return Phrase(
        N_("Money there: {money}. Promises outstanding: {promises}. Coverage: {coverage}."),
        money=places(figures.held),
        promises=places(figures.outstanding),
        coverage=percent(figures.coverage),
    )


def _sources(verdict: Verdict) -> str:
    total = verdict.kinds["member"].received
    if not total.total:
        return N_("No member has been paid anything.")
    return Phrase(
        N_(
            "Of {total} paid to members, {margin} came from the margin of their own and earlier purchases, "
            "{later} from people who came later, {subsidy} from subsidy."
        ),
        total=places(total.total),
        margin=percent(total.purchases_margin / total.total),
        later=percent(total.later_entrants / total.total),
        subsidy=percent(total.subsidy / total.total),
    )


def _profit(verdict: Verdict) -> str:
    winners = [net for net in verdict.net_today.values() if net > 0]
    payers = [net for net in verdict.net_today.values() if net < 0]
    return Phrase(
        N_(
            "If everybody took out today what they can: {winners} would have {gained} more than went in on their "
            "purchases, {losers} would have {lost} less."
        ),
        winners=len(winners),
        gained=places(sum(winners, ZERO)),
        losers=len(payers),
        lost=places(-sum(payers, ZERO)),
    )


def _growth_stops(verdict: Verdict) -> str:
    stops, leaving = verdict.waiting, verdict.leaving[0]
    if not stops.participants:
        return N_("If no purchase comes any more, nobody is left waiting.")
    return Phrase(
        N_(
            "If no purchase comes any more, {waiting} participants wait for {owed}, and {money} is there. "
            "If all then take out what they can, they get {paid}, and {kept} more of them reach what was promised."
        ),
        waiting=stops.participants,
        owed=places(stops.owed),
        money=places(verdict.figures.held),
        paid=places(leaving.paid),
        kept=leaving.in_full,
    )


def _run(verdict: Verdict) -> str:
    day = verdict.run
    if not day.got or day.after is None:
        return N_("Nobody holds anything that could be sold in one day.")
    return Phrase(
        N_(
            "If {share} of holders ({sellers}) want out on one day, they get {paid}; {promised} was still promised "
            "to them. Coverage goes from {before} to {after} for those who stay."
        ),
        share=percent(verdict.run_share),
        sellers=len(day.got),
        paid=places(day.paid),
        promised=places(day.promised),
        before=percent(verdict.figures.coverage),
        after=percent(day.after.coverage),
    )


def _yardstick(result: Result) -> str:
    yardstick = result.yardstick
    return Phrase(
        N_(
            "The fixed-rate coalition on the same purchases: {given} given in points, of which {unspent} is not "
            "spent yet and lies there in full; nobody waits for anybody."
        ),
        given=places(yardstick.kinds["shop"].paid),
        unspent=places(yardstick.figures.held),
    )
