"""From obligations to nets that sum to zero, and from nets to who pays whom.

Nets are minor units by participant; positive receives. `settle_through_house` is how a window settles: the clearing
house is the counterparty of every net. `settle_directly` lets shops pay one another, in few payments.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import combinations

from settlement.amounts import Minor
from settlement.errors import NetsNotZero

HOUSE = "house"
"""The clearing house, where nobody gives it another name."""

EXACT_UP_TO = 20
"""How many participants, once zeros and opposite pairs are out, are searched for the fewest payments. The
search looks at every set of all but one of them, 2 ** 19: about a tenth of a second and 40 MB."""

Net = tuple[str, int]
"""A participant and its net in minor units."""

Group = list[Net]
"""Nets that sum to zero."""


@dataclass(frozen=True, slots=True, order=True)
class NetPayment:
    """Minor units (more than zero) that one participant pays another."""

    payer: str
    payee: str
    minor: Minor


@dataclass(frozen=True, slots=True)
class DirectPlan:
    """Payments in order of payer and payee, and whether it is proven that fewer would not do."""

    payments: tuple[NetPayment, ...]
    proven_minimal: bool


def net_obligations(obligations: Iterable[tuple[str, str, Fraction]]) -> dict[str, Fraction]:
    """Add up (debtor, creditor, minor units) to a net for each participant named, in order of id.

    They are exact and sum to zero; `amounts.largest_remainder` rounds them.
    """
    exact: dict[str, Fraction] = {}
    for debtor, creditor, minor in obligations:
        exact[debtor] = exact.get(debtor, Fraction(0)) - minor
        exact[creditor] = exact.get(creditor, Fraction(0)) + minor
    return dict(sorted(exact.items()))


def settle_through_house(nets: Mapping[str, int], house: str = HOUSE) -> list[NetPayment]:
    """Each debtor pays the house, the house pays each creditor; sorted by payer and payee.

    A net of the house itself is what it keeps or adds, and needs no payment. Raises NetsNotZero.
    """
    return sorted(
        NetPayment(house, participant, Minor(net)) if net > 0 else NetPayment(participant, house, Minor(-net))
        for participant, net in _cancelling(nets)
        if participant != house
    )


def settle_directly(nets: Mapping[str, int]) -> DirectPlan:
    """Settle nets among the participants themselves, with the fewest payments that we can prove or find.

    A group whose nets sum to zero settles with one payment less than it has members. So the fewest payments
    are the participants less the largest number of disjoint zero-sum groups (T. Verhoeff, "Settling multiple
    debts efficiently: an invitation to computing science", Informatics in Education 3 (1), 2004, 105-126).
    Finding those is NP-hard: up to EXACT_UP_TO participants are searched; of more, groups of three are picked
    out first, in quadratic time. The same nets give the same plan in any order. Raises NetsNotZero.
    """
    pairs, rest = _without_opposites(_cancelling(nets))
    searched = len(rest) <= EXACT_UP_TO
    groups = _largest_partition(rest) if searched else _triples_and_rest(rest)
    payments = [payment for group in pairs + groups for payment in _settled(group)]
    # Each debtor pays at least once and each creditor is paid at least once. And no group of two is left in
    # the rest, so it has at most a third as many groups as participants. A plan that needs no more is proven.
    debtors = sum(net < 0 for _, net in rest)
    at_least = max(debtors, len(rest) - debtors, len(rest) - len(rest) // 3)
    proven = searched or len(payments) - len(pairs) == at_least
    return DirectPlan(tuple(sorted(payments)), proven)


def carry_forward(
    nets: Mapping[str, int], at_least_minor: int, house: str = HOUSE
) -> tuple[dict[str, Minor], dict[str, Minor]]:
    """Split nets into (payable, carried): what is smaller than `at_least_minor` waits for the next window.

    What debtors put off is seldom what creditors put off. The house bridges the difference: it advances it or
    holds it now, and has it back or gives it up when the carried nets settle. So the house has opposite nets
    in the two parts, and both sum to zero. Its own net is always payable. Raises NetsNotZero.
    """
    rest = _cancelling(nets)
    carried = {
        participant: Minor(net) for participant, net in rest if abs(net) < at_least_minor and participant != house
    }
    payable = {participant: Minor(net) for participant, net in rest if participant not in carried}
    bridge = sum(carried.values())
    if bridge:
        carried[house] = Minor(-bridge)
        payable[house] = Minor(payable.get(house, 0) + bridge)
    return {participant: net for participant, net in payable.items() if net}, carried


def _cancelling(nets: Mapping[str, int]) -> list[Net]:
    """The nets that are not zero, in order of id."""
    total = sum(nets.values())
    if total != 0:
        raise NetsNotZero(Fraction(total))
    return sorted((participant, net) for participant, net in nets.items() if net)


def _without_opposites(nets: Sequence[Net]) -> tuple[list[Group], list[Net]]:
    """Take out pairs of exactly opposite nets, first ids first.

    This is safe: let a and b be opposite, and take any largest partition into zero-sum groups. If one group
    holds both, it is {a, b}, or it could be cut in two. If two groups hold them, then {a, b} and what else
    those two groups hold are as many zero-sum groups. So some largest partition has {a, b} as a group.
    """
    by_net: dict[int, list[Net]] = defaultdict(list)
    for net in nets:
        by_net[net[1]].append(net)
    pairs = [
        [creditor, debtor]
        for minor in sorted(by_net)
        if minor > 0
        for creditor, debtor in zip(by_net[minor], by_net.get(-minor, []), strict=False)
    ]
    paired = {participant for pair in pairs for participant, _ in pair}
    return pairs, [net for net in nets if net[0] not in paired]


def _largest_partition(nets: Sequence[Net]) -> list[Group]:
    """The most disjoint zero-sum groups, found exactly.

    Zero-sum groups put together one after the other make a chain of ever larger zero-sum sets, and what each
    set of such a chain adds to the one before is a zero-sum group. So the longest chain is wanted. One
    participant stays out of it, in the group of all that the chain leaves over.

    A set of participants is a number (bit i: the i-th is in it), and a family of sets is a number too (bit s:
    the set s is in it), so that one operation on whole numbers works on all sets at once.
    """
    if not nets:
        return []
    chained = len(nets) - 1
    sums = [0]
    for _, net in nets[:chained]:
        sums += [so_far + net for so_far in sums]
    zero_sum = int("".join("01"[total == 0] for total in reversed(sums)), base=2)
    # Layer k is the zero-sum sets at the end of a chain of k steps from the empty set.
    layers = [1]
    while longer := zero_sum & _above(layers[-1], chained):
        layers.append(longer)
    groups = []
    outer = (1 << len(nets)) - 1
    for layer in reversed(layers):
        within = layer & _subsets(outer & ~(1 << chained))
        inner = (within & -within).bit_length() - 1
        groups.append([net for i, net in enumerate(nets) if (outer & ~inner) >> i & 1])
        outer = inner
    return groups


def _above(family: int, participants: int) -> int:
    """The family of all sets that hold a set of this family and something more."""
    everybody = (1 << participants) - 1
    above = 0
    for i in range(participants):
        lacking_i = _subsets(everybody & ~(1 << i))
        above |= ((family | above) & lacking_i) << (1 << i)
    return above


def _subsets(of: int) -> int:
    """The family of all subsets of a set, itself and the empty set included."""
    family = 1
    for i in range(of.bit_length()):
        if of >> i & 1:
            family |= family << (1 << i)
    return family


def _triples_and_rest(nets: Sequence[Net]) -> list[Group]:
    """Zero-sum groups of three, first ids first, then what is left: searched if it is few, else one group."""
    left = dict(nets)
    by_net: dict[int, dict[str, None]] = defaultdict(dict)
    for participant, net in nets:
        by_net[net][participant] = None
    triples = []
    for (first, a), (second, b) in combinations(nets, 2):
        if first in left and second in left:
            third = next(
                (participant for participant in by_net.get(-a - b, {}) if participant not in (first, second)), None
            )
            if third is not None:
                triples.append([(participant, left.pop(participant)) for participant in (first, second, third)])
                for participant, net in triples[-1]:
                    del by_net[net][participant]
    rest = list(left.items())
    few = len(rest) <= EXACT_UP_TO
    return triples + (_largest_partition(rest) if few else [rest])


def _settled(group: Group) -> list[NetPayment]:
    """The largest debtor pays the largest creditor, until nobody is left.

    Each payment settles one of the two and the last one both, so a group takes at most one payment less than
    it has members; and exactly that, where no smaller zero-sum group is inside it.
    """
    debts = [(net, participant) for participant, net in group if net < 0]
    receivables = [(-net, participant) for participant, net in group if net > 0]
    heapify(debts)
    heapify(receivables)
    payments = []
    while debts:
        (debt, payer), (credit, payee) = heappop(debts), heappop(receivables)
        minor = min(-debt, -credit)
        payments.append(NetPayment(payer, payee, Minor(minor)))
        if debt + minor:
            heappush(debts, (debt + minor, payer))
        if credit + minor:
            heappush(receivables, (credit + minor, payee))
    return payments
