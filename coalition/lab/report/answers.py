"""The four questions of a shop owner, answered in one screen: on a report, on a poster and in a terminal alike."""

from dataclasses import dataclass

from coalition.lab.growth import read_growth
from coalition.lab.numbers import ZERO, Exact, number_text
from coalition.lab.outlook import month_of
from coalition.lab.parties import Kind
from coalition.lab.report.plain import counted, percent, rounded
from coalition.lab.runner import Result
from coalition.locale.messages import N_
from settlement import Phrase

PAID_BY: dict[Kind, str] = {
    "shop": N_("Shops give {money}."),
    "member": N_("Members pay {money} beyond the price of goods."),
    "agent": N_("Agents pay {money} to take part."),
    "investor": N_("Investors put in {money}."),
}
GOT_BY: dict[Kind, str] = {
    "platform": N_("The platform keeps {money}."),
    "member": N_("Members have received {money}."),
    "shop": N_("Shops got back {money}."),
    "agent": N_("Agents have received {money}."),
}


@dataclass(frozen=True)
class ShopAnswer:
    """A question, its figure, and what the figure is made of. All are marked texts or phrases."""

    question: str
    figure: str
    details: tuple[str, ...]


def answers(result: Result) -> list[ShopAnswer]:
    """Who pays, who gets, when it ends, and what a coalition would cost instead."""
    return [_who_pays(result), _who_gets(result), _when(result), _instead(result)]


def _who_pays(result: Result) -> ShopAnswer:
    verdict, currency = result.verdict, result.scenario.currency
    paid = {kind: side.paid for kind, side in verdict.kinds.items() if kind in PAID_BY and side.paid}
    details = [Phrase(PAID_BY[kind], money=rounded(money, currency)) for kind, money in _largest_first(paid)]
    beyond, unpaid = verdict.kinds["shop"].above_agreed, verdict.kinds["shop"].sold.unpaid
    if beyond:
        sentence = N_("{money} of it are commissions above what the shops had agreed to give.")
        details.append(Phrase(sentence, money=rounded(beyond, currency)))
    if unpaid:
        sentence = N_("Shops hand out goods for {money} that nobody has paid for.")
        details.append(Phrase(sentence, money=rounded(unpaid, currency)))
    return ShopAnswer(N_("Who pays?"), rounded(sum(paid.values(), ZERO), currency), tuple(details))


def _who_gets(result: Result) -> ShopAnswer:
    verdict, currency = result.verdict, result.scenario.currency
    got = {kind: side.received.total for kind, side in verdict.kinds.items() if kind in GOT_BY and side.received.total}
    details = [Phrase(GOT_BY[kind], money=rounded(money, currency)) for kind, money in _largest_first(got)]
    members = verdict.kinds["member"].received
    if members.later_entrants:
        sentence = N_("{share} of what members received was brought by people who came after them.")
        details.append(Phrase(sentence, share=percent(members.later_entrants / members.total)))
    if verdict.figures.held:
        sentence = N_("{money} is there for {owed} that is owed.")
        owed = rounded(verdict.figures.outstanding, currency)
        details.append(Phrase(sentence, money=rounded(verdict.figures.held, currency), owed=owed))
    return ShopAnswer(N_("Who gets?"), rounded(sum(got.values(), ZERO), currency), tuple(details))


def _when(result: Result) -> ShopAnswer:
    question = N_("When does it end?")
    verdict, ahead, currency = result.verdict, result.verdict.outlook, result.scenario.currency
    if not verdict.waiting.participants:
        return ShopAnswer(question, N_("nobody waits"), ())
    details: list[str] = []
    if ahead.next_exit is not None:
        details.append(_needed(result, N_("The next one to be paid needs {purchases}{month}."), ahead.next_exit))
    if ahead.everybody is None:
        details.append(N_("No number of purchases pays everybody who waits."))
    else:
        details.append(_needed(result, N_("Everybody who waits needs {purchases}{month}."), ahead.everybody))
    if ahead.brings < ahead.promises:
        sentence = N_("Each purchase of {purchase} brings {brings} and is promised {promises}.")
        figures = {"purchase": ahead.purchase, "brings": ahead.brings, "promises": ahead.promises}
        details.append(Phrase(sentence, **{name: rounded(value, currency) for name, value in figures.items()}))
    figure = counted(verdict.waiting.participants, N_("1 waits"), N_("{count} wait"))
    return ShopAnswer(question, figure, tuple(details))


def _needed(result: Result, sentence: str, purchases: int) -> Phrase:
    more = counted(purchases, N_("1 more purchase"), N_("{count} more purchases"))
    return Phrase(sentence, purchases=more, month=_month(result, purchases))


def _month(result: Result, purchases: int) -> str:
    """In which month of the scenario's growth so many have come; nothing where it has no growth."""
    if result.scenario.growth is None or not purchases:
        return ""
    growth = read_growth(result.scenario.growth)
    month = month_of(purchases, growth)
    if month is None:
        months = counted(growth.count("months"), N_("1 month"), N_("{count} months"))
        return Phrase(N_(", not reached in {months}"), months=months)
    return Phrase(N_(", reached in month {month}"), month=month)


def _instead(result: Result) -> ShopAnswer:
    yardstick, currency = result.yardstick, result.scenario.currency
    coalition_costs, scheme_costs = yardstick.kinds["shop"].paid, result.verdict.kinds["shop"].paid
    details: list[str] = [
        N_("So much do the shops give in points on the same purchases, and members spend all of it at the shops."),
        N_("Every point is paid for when it is given: nobody waits for anybody."),
    ]
    if scheme_costs > coalition_costs > 0:
        sentence = N_("The scheme takes {times} times as much from the shops.")
        details.insert(0, Phrase(sentence, times=_times(scheme_costs / coalition_costs)))
    return ShopAnswer(N_("And a coalition instead?"), rounded(coalition_costs, currency), tuple(details))


def _times(ratio: Exact) -> str:
    return number_text(Exact(round(ratio, 0 if ratio >= 10 else 1)))


def _largest_first(money: dict[Kind, Exact]) -> list[tuple[Kind, Exact]]:
    return sorted(money.items(), key=lambda item: -item[1])
