"""The twin's rules: what each leg does, as the design states it."""

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any

from settlement.ledger import (
    Capture,
    Commission,
    Count,
    CountBack,
    Earn,
    EarnOutOf,
    Expire,
    Give,
    Hold,
    MeterRef,
    Participant,
    PassCounts,
    PotRef,
    PutBack,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    SetAside,
    Spend,
    Transfer,
)
from tests.simulation.facts import Held, Name, Past, Refused, date_of, earner, own

if TYPE_CHECKING:
    from tests.simulation.twin import Twin

MONEY = ("clearing", "settlement", "deposit", "fund", "capital", "cash", "loss")
MOST = 10**15


def shop_of(twin: "Twin", ref: str) -> Participant:
    if ref not in twin.shops:
        raise Refused("shop_unknown", shop=ref)
    return twin.shops[ref]


def must_earn(twin: "Twin", ref: str) -> None:
    if not shop_of(twin, ref).may_issue:
        raise Refused("shop_not_earning", shop=ref)


def must_redeem(twin: "Twin", ref: str) -> None:
    if not shop_of(twin, ref).may_redeem:
        raise Refused("shop_not_redeeming", shop=ref)


def must_be_amount(amount: int) -> None:
    if amount <= 0:
        raise Refused("amount_not_positive", amount=amount)
    if amount > MOST:
        raise Refused("amount_too_large", amount=amount, most=MOST)


def earn(twin: "Twin", leg: Earn) -> None:
    must_earn(twin, leg.shop)
    must_be_amount(leg.points)
    must_not_be_over(twin, leg.expires_on)
    lot = Name("lot", leg.member, leg.shop, leg.expires_on, twin.terms.id)
    twin.moved("issue", twin.terms.id, leg.shop, leg.shop, own("issue", leg.shop), lot, leg.points)
    arrive(twin, lot, leg.points)
    must_be_within_limit(twin, leg.shop)


def must_not_be_over(twin: "Twin", expires_on: int) -> None:
    happened = date_of(twin.occurred_at)
    if expires_on < min(twin.today, happened):
        raise Refused("lot_over", expires_on=expires_on, today=happened)


def must_be_within_limit(twin: "Twin", shop: str) -> None:
    most = twin.most_at_risk(shop)
    if most is not None and twin.at_risk(shop) > most:
        raise Refused("limit_reached", shop=shop, limit_minor=most, exposure_minor=twin.at_risk(shop))


def set_aside(twin: "Twin", leg: SetAside) -> None:
    shop = leg.pot.shop
    must_earn(twin, shop)
    must_be_amount(leg.points)
    pot = Name("pot", leg.pot.name, shop, terms=twin.terms.id)
    twin.moved("set_aside", twin.terms.id, shop, shop, own("issue", shop), pot, leg.points)
    must_be_within_limit(twin, shop)


def parts_of_pot(twin: "Twin", pot: PotRef, points: int) -> list[tuple[Name, int]]:
    """Where so many points of a pot are, those that were set aside under the oldest terms first."""
    parts, left = [], points
    for name in [name for name in twin.pots(pot.shop) if name.owner == pot.name]:
        parts.append((name, min(left, twin.balance[name])))
        left -= parts[-1][1]
    if left:
        raise Refused("pot_short", pot=pot.name, points=points - left, asked=points)
    return parts


def put_back(twin: "Twin", leg: PutBack) -> None:
    shop = leg.pot.shop
    shop_of(twin, shop)
    must_be_amount(leg.points)
    points = min(leg.points, twin.set_aside(leg.pot)) if leg.at_most else leg.points
    for pot, part in parts_of_pot(twin, leg.pot, points):
        twin.moved("set_aside", pot.terms, shop, shop, pot, own("issue", shop), part, back=-1)


def earn_out_of(twin: "Twin", leg: EarnOutOf) -> None:
    shop = leg.pot.shop
    must_earn(twin, shop)
    must_be_amount(leg.points)
    must_not_be_over(twin, leg.expires_on)
    for pot, part in parts_of_pot(twin, leg.pot, leg.points):
        lot = Name("lot", leg.member, shop, leg.expires_on, pot.terms)
        twin.moved("issue", pot.terms, shop, shop, pot, lot, part)
        arrive(twin, lot, part)


def arrive(twin: "Twin", lot: Name, points: int) -> None:
    """What came to a lot pays what its owner owes, in the order in which it arose; what is over expires."""
    for debt in [name for name in twin.opened if name.kind == "debt" and name.owner == lot.owner]:
        points -= repay(twin, debt, lot, points)
    if lot.expires_on < twin.today:
        twin.moved("expire", lot.terms, lot.issuer, lot.issuer, lot, lot._replace(kind="expired"), points)


def repay(twin: "Twin", debt: Name, lot: Name, most: int) -> int:
    """As many whole points of the debt as `most` points of the lot are worth; what that takes is rounded up."""
    owed, point = twin.value(1, debt.terms), twin.value(1, lot.terms)
    paid = min(-twin.balance[debt], most * point // owed)
    taken = ceil(paid * owed / point)
    twin.moved("repay", lot.terms, lot.issuer, debt.issuer, lot, own("redeem", debt.issuer), taken)
    twin.moved("owe", debt.terms, debt.issuer, debt.issuer, own("issue", debt.issuer), debt, paid, back=-1)
    return taken


def spend(twin: "Twin", leg: Spend) -> None:
    must_redeem(twin, leg.shop)
    must_be_amount(leg.points)
    for lot, part in twin.parts_of(leg.member, leg.points):
        twin.moved("redeem", lot.terms, lot.issuer, leg.shop, lot, own("redeem", leg.shop), part)


def give(twin: "Twin", leg: Give) -> None:
    must_be_amount(leg.points)
    if leg.giver == leg.receiver:
        raise Refused("same_account", account=leg.giver)
    for lot, part in twin.parts_of(leg.giver, leg.points):
        theirs = lot._replace(owner=leg.receiver)
        twin.moved("give", lot.terms, lot.issuer, lot.issuer, lot, theirs, part)
        arrive(twin, theirs, part)


def expire(twin: "Twin", leg: Expire) -> None:
    lot = twin.lot_names.get(leg.lot)
    if lot is None:
        raise Refused("lot_unknown", lot=leg.lot)
    if lot.expires_on >= twin.today:
        raise Refused("lot_not_over", lot=leg.lot, expires_on=lot.expires_on, today=twin.today)
    twin.moved("expire", lot.terms, lot.issuer, lot.issuer, lot, lot._replace(kind="expired"), twin.balance[lot])


def commission(twin: "Twin", leg: Commission) -> None:
    shop_of(twin, leg.payer)
    must_redeem(twin, leg.payee)
    must_be_amount(leg.points)
    if leg.payer == leg.payee:
        raise Refused("same_account", account=leg.payer)
    source, target = own("issue", leg.payer), own("redeem", leg.payee)
    twin.moved("compensate", twin.terms.id, leg.payer, leg.payee, source, target, leg.points)


def hold(twin: "Twin", leg: Hold) -> None:
    must_redeem(twin, leg.shop)
    must_be_amount(leg.points)
    parts = twin.parts_of(leg.member, leg.points)
    for lot, part in parts:
        twin.moved("hold", lot.terms, lot.issuer, leg.shop, lot, lot._replace(kind="held"), part)
    twin.holds[twin.next_posting] = Held(leg.lapses_at, leg.shop, parts)


def refer(twin: "Twin", of: int) -> None:
    """A posting refers to one earlier posting only."""
    if twin.refers_to not in (None, of):
        raise Refused("originals_differ", first=twin.refers_to or 0, second=of)
    if of in twin.past:
        twin.refers_to = of


def end_hold(twin: "Twin", number: int) -> Held:
    refer(twin, number)
    held = twin.holds.get(number)
    if held is None:
        raise Refused("hold_unknown", hold=number)
    if held.ended_by is not None:
        raise Refused("hold_resolved", hold=number, by=held.ended_by)
    held.ended_by = twin.next_posting
    return held


def capture(twin: "Twin", leg: Capture) -> None:
    must_be_amount(leg.points)
    held = end_hold(twin, leg.hold)
    if twin.recorded_at > held.lapses_at:
        raise Refused("hold_lapsed", hold=leg.hold, lapses_at=held.lapses_at)
    holds = sum(part for _, part in held.parts)
    if leg.points > holds:
        raise Refused("capture_exceeds_hold", hold=leg.hold, held=holds, asked=leg.points)
    left, shop = leg.points, held.shop
    for lot, part in held.parts:
        paid, locked = min(left, part), lot._replace(kind="held")
        twin.moved("redeem", lot.terms, lot.issuer, shop, locked, own("redeem", shop), paid)
        twin.moved("hold", lot.terms, lot.issuer, shop, locked, lot, part - paid, back=-1)
        arrive(twin, lot, part - paid)
        left -= paid


def release(twin: "Twin", leg: Release) -> None:
    held = end_hold(twin, leg.hold)
    for lot, part in held.parts:
        twin.moved("hold", lot.terms, lot.issuer, held.shop, lot._replace(kind="held"), lot, part, back=-1)
        arrive(twin, lot, part)


def past_of(twin: "Twin", of: int) -> Past:
    refer(twin, of)
    past = twin.past.get(of)
    if past is None or not past.moves:
        raise Refused("posting_unknown", posting=of)
    return past


def must_be_left(of: int, left: int, points: int) -> None:
    if points > left:
        raise Refused("refund_exceeds_original", posting=of, left=left, asked=points)


def refund_spend(twin: "Twin", leg: RefundSpend) -> None:
    must_be_amount(leg.points)
    past = past_of(twin, leg.of)
    paid = [at for at, move in enumerate(past.moves) if (move.what, move.back) == ("redeem", 1)]
    must_be_left(leg.of, sum(past.left[at] for at in paid), leg.points)
    need = leg.points
    for at in reversed(paid):
        move, part = past.moves[at], min(need, past.left[at])
        lot = move.source._replace(kind="lot")
        twin.moved("redeem", move.terms, move.issuer, move.shop, move.target, lot, part, back=-1)
        arrive(twin, lot, part)
        past.left[at] -= part
        need -= part


def refund_earn(twin: "Twin", leg: RefundEarn) -> None:
    must_be_amount(leg.points)
    past = past_of(twin, leg.of)
    earned = {(member, source): left for (member, source), left in past.earned.items() if pot_of(source) == leg.out_of}
    if not (leg.at_most and earned):
        must_be_left(leg.of, sum(earned.values()), leg.points)
    need = leg.points
    for (member, source), left in earned.items():
        part = min(need, left)
        take_back(twin, past, member, source, part, leg)
        past.earned[member, source] -= part
        need -= part


def pot_of(source: Name) -> PotRef | None:
    return PotRef(source.issuer, source.owner) if source.kind == "pot" else None


def take_back(twin: "Twin", past: Past, member: str, source: Name, points: int, leg: RefundEarn) -> None:
    """Where the points lie now; what expired is waived; the rest is owed, and other lots of the shop pay it."""
    if not points:
        return
    need, issue, shop = points, source, source.issuer
    holders, pool = (leg.holders, leg.pool) if member in leg.holders else ((member,), ())
    very = [move.target for move in reversed(past.moves) if earner(move) == (member, source)]
    own_lots = [lot._replace(owner=owner) for lot in very for owner in (member, *holders)]
    for lot in own_lots:
        part = min(need, twin.balance[lot])
        if lot.expires_on < twin.today:
            twin.moved("expire", lot.terms, shop, shop, lot, lot._replace(kind="expired"), part)
        else:
            twin.moved("issue", lot.terms, shop, shop, lot, issue, part, back=-1)
            need -= part
    for lot in own_lots:
        part = min(need, twin.balance[lot._replace(kind="expired")])
        twin.moved("waive", lot.terms, shop, shop, lot._replace(kind="expired"), issue, part)
        need -= part
    for lot in [lot._replace(owner=owner) for lot in very for owner in pool if lot.expires_on >= twin.today]:
        part = min(need, twin.balance[lot])
        twin.moved("issue", lot.terms, shop, shop, lot, issue, part, back=-1)
        need -= part
    if need:
        debt = Name("debt", holders[0], shop, terms=very[0].terms)
        twin.moved("owe", debt.terms, shop, shop, debt, issue, need)
        for lot in [lot for holder in holders for lot in twin.lots(holder) if lot.issuer == shop]:
            repay(twin, debt, lot, twin.balance[lot])


def reverse(twin: "Twin", leg: Reverse) -> None:
    past = past_of(twin, leg.of)
    if past.takers:
        raise Refused("posting_reversed", posting=leg.of, by=past.takers[0])
    undone = [move for move in reversed(past.moves) if (move.what, move.back) != ("hold", -1)]
    if not undone:
        raise Refused("posting_unknown", posting=leg.of)
    if leg.of in twin.holds:
        end_hold(twin, leg.of)
    homes = [move.source._replace(kind="lot") if move.source.kind == "held" else move.source for move in undone]
    for move, home in zip(undone, homes, strict=True):
        twin.moved(move.what, move.terms, move.issuer, move.shop, move.target, home, move.amount, back=-move.back)
    for lot in dict.fromkeys(home for home in homes if home.kind == "lot" and home.expires_on < twin.today):
        over = lot._replace(kind="expired")
        twin.moved("expire", lot.terms, lot.issuer, lot.issuer, lot, over, twin.balance[lot])
    past.left = [0] * len(past.left)
    past.earned = dict.fromkeys(past.earned, 0)


METERED = Name("metered", "metered")


def meter_of(meter: MeterRef) -> Name:
    return Name("meter", meter.owner, meter.shop or "", meter.until, meter.number)


def count(twin: "Twin", leg: Count) -> None:
    must_be_amount(leg.amount)
    if leg.meter.shop is not None:
        shop_of(twin, leg.meter.shop)
    twin.moved("count", 0, "", "", METERED, meter_of(leg.meter), leg.amount)


def count_back(twin: "Twin", leg: CountBack) -> None:
    """What is left of what the posting counted, from the owner's own meter and then from those of the holders."""
    must_be_amount(leg.amount)
    past, need = past_of(twin, leg.of), leg.amount
    if ("count", METERED, meter_of(leg.meter)) not in [(move.what, move.source, move.target) for move in past.moves]:
        raise Refused("refund_exceeds_original", posting=leg.of, left=0, asked=leg.amount)
    for at, move in enumerate(past.moves):
        if (move.what, move.source, move.target) == ("count", METERED, meter_of(leg.meter)):
            for owner in dict.fromkeys((leg.meter.owner, *leg.holders)):
                meter = move.target._replace(owner=owner)
                part = min(need, past.left[at], twin.balance[meter])
                twin.moved("count", 0, "", "", meter, METERED, part, back=-1)
                past.left[at] -= part
                need -= part


def pass_counts(twin: "Twin", leg: PassCounts) -> None:
    if leg.giver == leg.receiver:
        raise Refused("same_account", account=leg.giver)
    for meter in [name for name in twin.opened if (name.kind, name.owner) == ("meter", leg.giver)]:
        if meter.expires_on >= twin.today:
            theirs = meter._replace(owner=leg.receiver)
            twin.moved("count", 0, "", "", meter, theirs, twin.balance[meter])


def transfer(twin: "Twin", leg: Transfer) -> None:
    must_be_amount(leg.minor)
    source, target = twin.name_of(leg.debit), twin.name_of(leg.credit)
    if source == target:
        raise Refused("same_account", account=f"{source.kind}:{source.owner}")
    if source.kind not in MONEY or target.kind not in MONEY:
        raise Refused("units_differ", debit=f"{source.kind}:{source.owner}", credit=f"{target.kind}:{target.owner}")
    balance = twin.balance[source]
    if source.kind in ("deposit", "fund", "capital") and balance < leg.minor:
        raise Refused("money_short", account=f"{source.kind}:{source.owner}", minor=balance, asked=leg.minor)
    twin.moved("transfer", 0, source.issuer, target.issuer, source, target, leg.minor)


RULES: dict[type, Callable[["Twin", Any], None]] = {
    Earn: earn,
    SetAside: set_aside,
    PutBack: put_back,
    EarnOutOf: earn_out_of,
    Count: count,
    CountBack: count_back,
    PassCounts: pass_counts,
    Spend: spend,
    Give: give,
    Expire: expire,
    Commission: commission,
    Hold: hold,
    Capture: capture,
    Release: release,
    RefundEarn: refund_earn,
    RefundSpend: refund_spend,
    Reverse: reverse,
    Transfer: transfer,
}
