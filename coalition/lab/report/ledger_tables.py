"""The tables of the ledger: what each kind of participant paid and got, each shop, what is owed, and who leaves how."""

from collections.abc import Mapping, Sequence
from html import escape

from coalition.lab.money import PartyMoney
from coalition.lab.numbers import Exact, places
from coalition.lab.parties import Kind, Party
from coalition.lab.report import plain
from coalition.lab.report.charts import both
from coalition.lab.report.labels import asset_label, label, party_label
from coalition.lab.report.page import section, table
from coalition.lab.runner import Result
from coalition.locale.messages import N_
from settlement import Phrase

SHOPS = 30
PEOPLE = 15

KIND_NAMES: dict[Kind, str] = {
    "shop": N_("shops"),
    "member": N_("members"),
    "platform": N_("platform"),
    "agent": N_("agents"),
    "investor": N_("investors"),
}


def kinds_section(result: Result) -> str:
    """What each kind of participant paid, got, and handed out for nothing."""
    head = [
        "",
        N_("Paid in"),
        N_("Received"),
        N_("of it from later entrants"),
        N_("Goods not paid for"),
        N_("Better or worse off"),
    ]
    kinds = result.verdict.kinds
    sides = [(name, kinds[kind]) for kind, name in KIND_NAMES.items() if kinds[kind] != PartyMoney()]
    rows = [
        [
            both(name),
            _cell(side.paid),
            _cell(side.received.total),
            _cell(side.received.later_entrants),
            _cell(side.sold.unpaid),
            _signed(side.net),
        ]
        for name, side in sides
    ]
    note = Phrase(
        N_("In {currency}. Members' own payments for goods are left out: they have the goods."),
        currency=result.scenario.currency,
    )
    return section(N_("Who pays, and who gets"), table(head, rows), note=note)


def shops_section(result: Result) -> str:
    """Each shop: what it sold, gave up, got back and handed out unpaid, beside what a coalition would have cost it."""
    shops = result.verdict.all_of("shop")
    if not shops:
        return ""
    ranked = sorted(shops.items(), key=lambda item: (item[1].net, item[0]))
    head = [
        N_("Shop"),
        N_("Sold"),
        N_("Gave up"),
        N_("of it above what was agreed"),
        N_("Got back"),
        N_("Goods not paid for"),
        N_("Ends at"),
        N_("A coalition costs it"),
    ]
    rows = [_shop(result, name, side) for name, side in ranked[:SHOPS]]
    if len(ranked) > 1:
        rows.append([_strong(both(N_("all shops"))), *_shop(result, "", result.verdict.kinds["shop"])[1:]])
    note = Phrase(
        N_("In {currency}. Ends at: money for goods, less what it gave up, plus what it got back."),
        currency=result.scenario.currency,
    )
    if len(ranked) > SHOPS:
        note = Phrase(
            N_("In {currency}. The {shops} shops that lose most, of {all}."),
            currency=result.scenario.currency,
            shops=SHOPS,
            all=len(ranked),
        )
    return section(N_("Each shop"), table(head, rows), "long", note)


def _shop(result: Result, name: str, side: PartyMoney) -> list[str]:
    yardstick = result.yardstick
    beside = yardstick.of(Party.shop(name)) if name else yardstick.kinds["shop"]
    figures = [side.sold.worth, side.paid, side.above_agreed, side.received.total, side.sold.unpaid]
    ends_at = side.sold.paid - side.paid + side.received.total
    return [participant_text(name), *(_cell(figure) for figure in figures), _cell(ends_at), _cell(beside.paid)]


def debts_section(result: Result) -> str:
    """What is owed in each asset, beside the money there."""
    verdict = result.verdict
    if not verdict.debts:
        return ""
    head = ["", N_("Units"), N_("Promised price"), N_("Owed"), N_("by")]
    rows = [
        [
            both(asset_label(debt.asset)),
            places(debt.units),
            plain.price(debt.price),
            places(debt.owed),
            participant_text(debt.debtor.name),
        ]
        for debt in verdict.debts
    ]
    for name, money in (
        (N_("all that is owed"), verdict.figures.outstanding),
        (N_("money there"), verdict.figures.held),
    ):
        rows.append([_strong(both(name)), "", "", _strong(places(money)), ""])
    note = Phrase(N_("In {currency}, at the prices that were promised."), currency=result.scenario.currency)
    return section(N_("What is owed, and what is there"), table(head, rows), note=note)


def leaving_section(result: Result) -> str:
    """The three ways in which everybody could leave, beside each other."""
    leaving = result.verdict.leaving
    if not leaving[0].got:
        return ""
    head = ["", *(plain.ORDERS[way.order] for way in leaving)]
    rows = [
        [both(N_("Paid to all")), *(places(way.paid) for way in leaving)],
        [both(N_("They had been promised")), *(places(way.promised) for way in leaving)],
        [both(N_("Get all of it")), *(f"{way.in_full:,}" for way in leaving)],
        [both(N_("Get nothing")), *(f"{way.empty_handed:,}" for way in leaving)],
        [both(N_("The first to leave gets")), *(places(_got(way.got, 0)) for way in leaving)],
        [both(N_("The last to leave gets")), *(places(_got(way.got, -1)) for way in leaving)],
    ]
    note = Phrase(
        N_("In {currency}. The same people, {holders}, and the same money: the order decides who loses."),
        currency=result.scenario.currency,
        holders=plain.counted(len(leaving[0].got), N_("1 holder"), N_("{count} holders")),
    )
    return section(N_("If everybody leaves"), table(head, rows, "compact"), note=note)


def _got(got: Mapping[str, Exact], at: int) -> Exact:
    return list(got.values())[at]


def people_section(result: Result) -> str:
    """Who gained most and who lost most, if everybody left today."""
    ranked = sorted(result.verdict.net_today.items(), key=lambda item: (-item[1], item[0]))
    gained = [(party, net) for party, net in ranked if net > 0]
    lost = [(party, net) for party, net in reversed(ranked) if net < 0]
    parts = [
        _people(result, N_("Who gains most if all leave today"), gained),
        _people(result, N_("Who loses most if all leave today"), lost),
    ]
    return "".join(part for part in parts if part)


def _people(result: Result, title: str, people: Sequence[tuple[Party, Exact]]) -> str:
    if not people:
        return ""
    head = [
        N_("Who"),
        "",
        N_("Paid in"),
        N_("Received"),
        N_("from margin"),
        N_("from later entrants"),
        N_("from investors"),
        N_("Net if all leave today"),
    ]
    rows = []
    for party, net in people[:PEOPLE]:
        side = result.verdict.of(party)
        got = side.received
        figures = [side.paid, got.total, got.purchases_margin, got.later_entrants, got.subsidy]
        rows.append(
            [
                participant_text(party.name),
                both(label(party.kind)),
                *(_cell(figure) for figure in figures),
                _signed(net),
            ]
        )
    note = Phrase(
        N_("In {currency}. {count} of {all}."),
        currency=result.scenario.currency,
        count=len(rows),
        all=f"{len(people):,}",
    )
    return section(title, table(head, rows), "long", note)


def participant_text(name: str) -> str:
    """A participant, in HTML; the scheme's own parties have names in both languages."""
    known = party_label(name)
    return both(known) if known else escape(name)


def _strong(inside: str) -> str:
    return f"<td><b>{inside}</b></td>"


def _cell(value: Exact) -> str:
    """Money in a table; nothing is left out on a phone."""
    return f'<td class="{"" if value else "nil"}">{places(value)}</td>'


def _signed(net: Exact) -> str:
    style = "plus" if net > 0 else "minus" if net < 0 else ""
    return f'<td class="{style}">{places(net)}</td>'
