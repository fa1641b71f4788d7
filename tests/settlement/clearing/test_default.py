import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.clearing.default import (
    Creditor,
    DefaultPlan,
    Draw,
    LossSource,
    Repayment,
    allocate_recovery,
    remaining_plan,
    waterfall,
)
from settlement.errors import RecoveryTooLarge, WaterfallInvalid, WaterfallUnbalanced

MEMBERS = {"a": 100, "b": 200, "c": 300}
CREDITORS = {"a": Creditor(1000, 30), "b": Creditor(100, 60), "c": Creditor(400, 10), "d": Creditor(900, 0)}


def plan_of(shortfall, creditors=CREDITORS, cap_bps=5000):
    """A deposit of 50, 30 in the fund, 20 of the operator and 600 of the other members."""
    return waterfall(shortfall, 50, 30, 20, MEMBERS, creditors, cap_bps, defaulter="x")


def lines(rows):
    return [f"{row.source} {row.participant} {row.minor}" for row in rows]


OWN = ["deposit x 50", "own_fund x 30", "operator operator 20"]
FUND = [*OWN, "mutual_fund a 100", "mutual_fund b 200", "mutual_fund c 300"]


@pytest.mark.parametrize(
    ("shortfall", "draws", "cuts", "uncovered"),
    [
        pytest.param(0, [], [], 0, id="nothing missing"),
        pytest.param(49, ["deposit x 49"], [], 0, id="the deposit first"),
        pytest.param(80, ["deposit x 50", "own_fund x 30"], [], 0, id="then its own share of the fund"),
        pytest.param(81, ["deposit x 50", "own_fund x 30", "operator operator 1"], [], 0, id="then the operator"),
        pytest.param(
            160, [*OWN, "mutual_fund a 10", "mutual_fund b 20", "mutual_fund c 30"], [], 0, id="then members pro rata"
        ),
        pytest.param(101, [*OWN, "mutual_fund c 1"], [], 0, id="one unit from the largest remainder"),
        pytest.param(
            103, [*OWN, "mutual_fund a 1", "mutual_fund b 1", "mutual_fund c 1"], [], 0, id="a tie goes to the first"
        ),
        pytest.param(
            720, FUND, ["creditor_cut a 6", "creditor_cut b 12", "creditor_cut c 2"], 0, id="then cuts by points"
        ),
        pytest.param(
            900, FUND, ["creditor_cut a 113", "creditor_cut b 50", "creditor_cut c 37"], 0, id="what b cannot bear"
        ),
        pytest.param(
            1449, FUND, ["creditor_cut a 500", "creditor_cut b 50", "creditor_cut c 199"], 0, id="two at their caps"
        ),
        pytest.param(
            1500, FUND, ["creditor_cut a 500", "creditor_cut b 50", "creditor_cut c 200"], 50, id="d redeemed nothing"
        ),
    ],
)
def test_each_source_bears_what_those_before_it_could_not(shortfall, draws, cuts, uncovered):
    plan = plan_of(shortfall)
    assert (lines(plan.draws), lines(plan.cuts), plan.uncovered_minor) == (draws, cuts, uncovered)


@pytest.mark.parametrize(
    ("creditors", "cap_bps", "cuts", "uncovered"),
    [
        pytest.param({}, 10_000, [], 10, id="nobody to cut"),
        pytest.param({"a": Creditor(500, 0)}, 10_000, [], 10, id="nobody who redeemed its points"),
        pytest.param({"a": Creditor(500, 7)}, 0, [], 10, id="no cuts allowed"),
        pytest.param({"a": Creditor(4, 7)}, 10_000, ["creditor_cut a 4"], 6, id="never more than the net"),
        pytest.param({"a": Creditor(19, 7)}, 5000, ["creditor_cut a 9"], 1, id="half of 19, rounded down"),
        pytest.param(
            {"b": Creditor(99, 1), "a": Creditor(99, 1), "c": Creditor(99, 1)}, 10_000,
            ["creditor_cut a 4", "creditor_cut b 3", "creditor_cut c 3"], 0, id="ten among three",
        ),
        pytest.param(
            {"2": Creditor(99, 1), "10": Creditor(99, 1), "9": Creditor(99, 2)}, 10_000,
            ["creditor_cut 10 3", "creditor_cut 2 2", "creditor_cut 9 5"], 0, id="a tie between ids as text",
        ),
        pytest.param(
            {"a": Creditor(2, 8), "b": Creditor(3, 4), "c": Creditor(99, 2)}, 10_000,
            ["creditor_cut a 2", "creditor_cut b 3", "creditor_cut c 5"], 0, id="one cap fills after another",
        ),
    ],
)  # fmt: skip
def test_a_cut_stays_under_the_cap_and_goes_by_redeemed_points(creditors, cap_bps, cuts, uncovered):
    plan = waterfall(10, 0, 0, 0, {}, creditors, cap_bps)
    assert (lines(plan.cuts), plan.uncovered_minor) == (cuts, uncovered)


AMOUNTS = st.integers(0, 300)
NAMES = st.sampled_from(["1", "10", "2", "a", "b", "c", "d"])
WATERFALLS = st.builds(
    dict,
    shortfall_minor=st.integers(0, 2000),
    deposit_minor=AMOUNTS,
    own_fund_minor=AMOUNTS,
    operator_slice_minor=AMOUNTS,
    fund_shares=st.dictionaries(NAMES, AMOUNTS),
    creditors=st.dictionaries(NAMES, st.builds(Creditor, AMOUNTS, st.integers(0, 50))),
    cut_cap_bps=st.integers(0, 10_000),
)


@given(WATERFALLS)
@settings(deadline=None, max_examples=200)
def test_a_plan_is_exact_and_no_source_is_touched_before_the_last_is_empty(asked):
    plan = waterfall(**asked)
    taken = dict.fromkeys(LossSource, 0)
    for draw in plan.draws + plan.cuts:
        assert draw.minor > 0
        taken[draw.source] += draw.minor
    taken[LossSource.UNCOVERED] = plan.uncovered_minor
    assert sum(taken.values()) == asked["shortfall_minor"]
    room = {
        LossSource.DEPOSIT: asked["deposit_minor"],
        LossSource.OWN_FUND: asked["own_fund_minor"],
        LossSource.OPERATOR: asked["operator_slice_minor"],
        LossSource.MUTUAL_FUND: sum(asked["fund_shares"].values()),
        LossSource.CREDITOR_CUT: sum(
            creditor.net_minor * asked["cut_cap_bps"] // 10_000
            for creditor in asked["creditors"].values()
            if creditor.redeemed_points
        ),
    }
    left = asked["shortfall_minor"]
    for source, room_left in room.items():
        assert taken[source] == min(left, room_left)
        left -= taken[source]
    order = list(LossSource)
    assert list(plan.draws) == sorted(plan.draws, key=lambda draw: (order.index(draw.source), draw.participant))


@given(WATERFALLS)
@settings(deadline=None, max_examples=200)
def test_shares_and_cuts_are_within_a_unit_of_exact_proportion(asked):
    plan = waterfall(**asked)
    shares = asked["fund_shares"]
    drawn = {draw.participant: draw.minor for draw in plan.draws if draw.source is LossSource.MUTUAL_FUND}
    for shop, share in shares.items():
        assert drawn.get(shop, 0) <= share
        exact = sum(drawn.values()) * share
        assert abs(drawn.get(shop, 0) * sum(shares.values()) - exact) < max(1, sum(shares.values()))
    cuts = {cut.participant: cut.minor for cut in plan.cuts}
    caps = {shop: creditor.net_minor * asked["cut_cap_bps"] // 10_000 for shop, creditor in asked["creditors"].items()}
    assert all(minor <= caps[shop] for shop, minor in cuts.items())
    # Of two creditors who are not at their caps, the one that redeemed n times as much is cut n times as much.
    open_cuts = [
        (cuts.get(shop, 0), creditor.redeemed_points)
        for shop, creditor in asked["creditors"].items()
        if cuts.get(shop, 0) < caps[shop]
    ]
    for cut, points in open_cuts:
        for other_cut, other_points in open_cuts:
            assert abs(cut * other_points - other_cut * points) <= points + other_points


def test_a_plan_that_does_not_add_up_cannot_be_made():
    with pytest.raises(WaterfallUnbalanced) as error:
        DefaultPlan(100, (Draw(LossSource.DEPOSIT, "x", 60),), (Draw(LossSource.CREDITOR_CUT, "a", 30),), 9)
    assert (error.value.shortfall_minor, error.value.planned_minor) == (100, 99)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shortfall_minor": -1}, "shortfall_minor"),
        ({"deposit_minor": -1}, "deposit of x"),
        ({"own_fund_minor": -1}, "own_fund of x"),
        ({"operator_slice_minor": -1}, "operator of operator"),
        ({"fund_shares": {"a": -1}}, "mutual_fund of a"),
        ({"fund_shares": {"x": 1}}, "defaulter"),
        ({"creditors": {"x": Creditor(1, 1)}}, "defaulter"),
        ({"creditors": {"a": Creditor(-1, 1)}}, "net_minor of a"),
        ({"creditors": {"a": Creditor(1, -1)}}, "redeemed_points of a"),
        ({"cut_cap_bps": -1}, "cut_cap_bps"),
        ({"cut_cap_bps": 10_001}, "cut_cap_bps"),
    ],
)
def test_a_figure_that_no_loss_can_be_shared_out_by_is_refused(change, field):
    asked = {
        "shortfall_minor": 10, "deposit_minor": 1, "own_fund_minor": 1, "operator_slice_minor": 1,
        "fund_shares": {}, "creditors": {}, "cut_cap_bps": 100, "defaulter": "x",
    }  # fmt: skip
    with pytest.raises(WaterfallInvalid) as error:
        waterfall(**(asked | change))
    assert error.value.field == field


@pytest.mark.parametrize(
    ("late", "repaid"),
    [
        pytest.param(0, [], id="nothing came"),
        pytest.param(50, ["uncovered house 50"], id="what the house still owed to creditors"),
        pytest.param(
            125, ["uncovered house 50", "creditor_cut a 50", "creditor_cut b 5", "creditor_cut c 20"], id="then cuts"
        ),
        pytest.param(
            860,
            ["uncovered house 50", "creditor_cut a 500", "creditor_cut b 50", "creditor_cut c 200",
             "mutual_fund a 10", "mutual_fund b 20", "mutual_fund c 30"],
            id="then the mutual fund",
        ),
        pytest.param(
            1500,
            ["uncovered house 50", "creditor_cut a 500", "creditor_cut b 50", "creditor_cut c 200",
             "mutual_fund a 100", "mutual_fund b 200", "mutual_fund c 300",
             "operator operator 20", "own_fund x 30", "deposit x 50"],
            id="everything, the deposit last",
        ),
    ],
)  # fmt: skip
def test_a_late_payment_goes_back_in_reverse_order(late, repaid):
    assert lines(allocate_recovery(plan_of(1500), late)) == repaid


def test_the_last_to_be_repaid_are_the_operator_and_the_defaulter():
    assert lines(allocate_recovery(plan_of(90), 35)) == ["operator operator 10", "own_fund x 25"]


def test_a_late_payment_of_more_than_is_missing_is_refused():
    with pytest.raises(RecoveryTooLarge) as error:
        allocate_recovery(plan_of(90), 91)
    assert (error.value.late_payment_minor, error.value.open_minor) == (91, 90)


def test_a_late_payment_is_not_negative():
    with pytest.raises(WaterfallInvalid):
        allocate_recovery(plan_of(90), -1)


@pytest.mark.parametrize(
    "repayment",
    [
        Repayment(LossSource.DEPOSIT, "x", 51),
        Repayment(LossSource.DEPOSIT, "y", 1),
        Repayment(LossSource.CREDITOR_CUT, "a", 1),
        Repayment(LossSource.UNCOVERED, "house", 1),
    ],
)
def test_nobody_is_repaid_what_they_did_not_bear(repayment):
    with pytest.raises(WaterfallUnbalanced):
        remaining_plan(plan_of(90), [repayment])


@given(WATERFALLS, st.lists(st.integers(1, 10_000), min_size=1, max_size=5))
@settings(deadline=None, max_examples=200)
def test_several_late_payments_make_everybody_whole_in_order(asked, parts):
    plan = waterfall(**asked)
    repaid = []
    for part in parts:
        open_plan = remaining_plan(plan, repaid)
        late = open_plan.shortfall_minor * part // 10_000
        repayments = allocate_recovery(open_plan, late)
        assert sum(repayment.minor for repayment in repayments) == late
        assert all(repayment.minor > 0 for repayment in repayments)
        repaid += repayments
    left = remaining_plan(plan, repaid)
    assert left.shortfall_minor == plan.shortfall_minor - sum(repayment.minor for repayment in repaid)
    # Whoever was repaid anything, all sources after theirs in the waterfall are whole again.
    order = list(LossSource)
    first_repaid = min((order.index(repayment.source) for repayment in repaid), default=len(order))
    still_bearing = [draw.source for draw in left.draws + left.cuts]
    assert all(order.index(source) <= first_repaid for source in still_bearing)
    assert left.uncovered_minor == 0 or first_repaid >= order.index(LossSource.UNCOVERED)
    everything = allocate_recovery(left, left.shortfall_minor)
    assert remaining_plan(plan, [*repaid, *everything]) == DefaultPlan(0, (), (), 0)
