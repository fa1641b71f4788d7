"""What one package of a chain pays to those above it, and the most that this can come to."""

from coalition.lab.numbers import Exact
from coalition.lab.params import Params
from coalition.lab.schemes.chain_lines import BOSS, Tree
from coalition.lab.schemes.chain_ranks import NAMED, most_paid
from coalition.lab.schemes.joining_fees import ALL_REGIONS


def sale_pay(tree: Tree, params: Params, seller: str) -> list[tuple[str, Exact]]:
    """What a sale pays its seller, the boss above, and that boss's referrer; nothing if nobody sold."""
    if not seller:
        return []
    if tree.members[seller].role == BOSS:
        return _boss_pay(tree, params, seller, params["boss_pay"])
    boss = tree.boss_above(seller)
    above = _boss_pay(tree, params, boss, params["below_pay"]) if boss else []
    return [(seller, params["agent_pay"]), *above]


def most_of_parts(params: Params) -> dict[str, Exact]:
    """The most that one package can pay out of each shared part."""
    again = 1 + params["boss_referrer_rate"]
    return {
        "chain_part": max(params["boss_pay"] * again, params["agent_pay"] + params["below_pay"] * again),
        "region_part": max(params[f"{region}_pay"] for region in ALL_REGIONS),
        "team_part": max(most_paid(params[f"{rank}_pay"], params) for rank in NAMED),
    }


def _boss_pay(tree: Tree, params: Params, boss: str, amount: Exact) -> list[tuple[str, Exact]]:
    referrer = tree.members[boss].referrer
    if not referrer or tree.members[referrer].role != BOSS:
        return [(boss, amount)]
    return [(boss, amount), (referrer, amount * params["boss_referrer_rate"])]
