"""What is asked for and decided, to the microsecond, without a server: one asks, another decides, once."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coalition.access.caller import STAFF, Caller, Role
from coalition.access.errors import (
    ApprovalAwaited,
    ApprovalNotOpen,
    ApproverNew,
    ApproverTied,
    AskerNeeded,
    RequestReused,
    SecondPersonNeeded,
)
from coalition.access.log import record
from coalition.access.tables import access_log
from coalition.access.user import DAY
from coalition.approvals.approval import DECIDERS, OPEN_DAYS, Action, Approval, ApprovalStatus, Outcome, leave_to_asker
from coalition.approvals.approvals import SET_LIMIT, Approvals
from coalition.approvals.independence import NEW, TIED, check_independent
from coalition.approvals.store import list_approvals, replace_limit, set_decision
from settlement.ledger import Database
from tests.support.clock import Clock

ANN, BEN, CLEO = (Caller(1, name, Role.OWNER) for name in ("ann", "ben", "cleo"))
WORTH = {"of": "bakery", "minor": 2_000}


@pytest.fixture
def approvals(database: Database, clock: Clock) -> Approvals:
    """Two things that take two people above 10.00, one of which its asker does."""
    approvals = Approvals(database, clock)

    def refuse(approval: Approval) -> Outcome:
        return Outcome(done=False, result={"code": "no", "of": approval.payload["of"]})

    approvals.register(Action("pay", 1_000, "minor units", STAFF, refuse))
    approvals.register(Action("raise", 1_000, "minor units", STAFF, leave_to_asker))
    return approvals


def logged(database: Database) -> list[tuple[str, str, str, str]]:
    """Who did what to what, and the details."""
    columns = access_log.c
    query = select(columns.who, columns.action, columns.target, columns.details).order_by(columns.seq)
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_a_request_is_logged_once_and_found_again_by_its_key(database: Database, approvals: Approvals) -> None:
    asked = approvals.request(ANN, "pay", WORTH, "k1")
    again = approvals.request(ANN, "pay", WORTH, "k1")
    assert (asked.id, asked.status, again.id) == (again.id, ApprovalStatus.PENDING, asked.id)
    assert logged(database) == [("ann", "approval.request", asked.id, json.dumps({"action": "pay"}))]


def test_a_key_stands_for_one_request(approvals: Approvals) -> None:
    approvals.request(ANN, "pay", WORTH, "k1")
    for action, payload, field in (("raise", WORTH, "action"), ("pay", {**WORTH, "minor": 3_000}, "minor")):
        with pytest.raises(RequestReused) as refused:
            approvals.request(ANN, action, payload, "k1")
        assert refused.value.field == field


def test_a_request_is_open_up_to_a_moment(database: Database, approvals: Approvals, clock: Clock) -> None:
    asked = approvals.request(ANN, "pay", WORTH, "k1")

    def listed(status: ApprovalStatus) -> list[str]:
        with database.engine.connect() as connection:
            return [each.id for each in list_approvals(connection, 1, status, None, 10, clock())]

    clock.forward(OPEN_DAYS * DAY - 1)
    assert (listed(ApprovalStatus.PENDING), listed(ApprovalStatus.EXPIRED)) == ([asked.id], [])
    seen = approvals.find_to_decide(BEN, asked.id)
    assert seen is not None
    assert seen.status is ApprovalStatus.PENDING
    clock.forward(1)
    assert (listed(ApprovalStatus.PENDING), listed(ApprovalStatus.EXPIRED)) == ([], [asked.id])
    # Whoever had it in front of them a moment ago comes too late.
    for decide in (lambda: approvals.approve(BEN, seen), lambda: approvals.reject(BEN, seen, "no")):
        with pytest.raises(ApprovalNotOpen):
            decide()
    late = approvals.find(1, asked.id)
    assert late is not None
    with pytest.raises(ApprovalNotOpen):
        approvals.approve(BEN, late)


def test_whoever_asked_neither_approves_nor_rejects(approvals: Approvals) -> None:
    asked = approvals.request(ANN, "pay", WORTH, "k1")
    for decide in (lambda: approvals.approve(ANN, asked), lambda: approvals.reject(ANN, asked, "no")):
        with pytest.raises(SecondPersonNeeded):
            decide()


def test_what_is_decided_says_by_whom_and_when_and_is_not_decided_again(
    database: Database, approvals: Approvals, clock: Clock
) -> None:
    asked = approvals.request(ANN, "pay", WORTH, "k1")
    clock.forward(5)
    done = approvals.approve(BEN, asked)
    assert (done.status, done.decided_by, done.decided_at) == (ApprovalStatus.REFUSED, "ben", clock())
    assert done.result == {"code": "no", "of": "bakery"}
    assert [(actor, action) for actor, action, *_ in logged(database)] == [
        ("ann", "approval.request"),
        ("ben", "approval.approved"),
        ("ben", "approval.refused"),
    ]
    for stale in (asked, done):
        with pytest.raises(ApprovalNotOpen):
            approvals.approve(CLEO, stale)
        with pytest.raises(ApprovalNotOpen):
            approvals.reject(CLEO, stale, "no")
    rejected = approvals.reject(BEN, approvals.request(ANN, "pay", WORTH, "k2"), "too much")
    kept = approvals.find(1, rejected.id)
    assert kept is not None
    assert (kept.status, kept.reason, kept.decided_by) == (ApprovalStatus.REJECTED, "too much", "ben")
    assert rejected == kept


def test_who_asked_takes_it_back_and_may_ask_again(database: Database, approvals: Approvals) -> None:
    def ask() -> Approval:
        with pytest.raises(ApprovalAwaited) as refused:
            approvals.check_alone(ANN, "raise", 2_000, 0, WORTH)
        asked = approvals.find(1, refused.value.approval_id)
        assert asked is not None
        return asked

    first = ask()
    with pytest.raises(AskerNeeded):
        approvals.withdraw(BEN, first)
    back = approvals.withdraw(ANN, first)
    assert (back.status, back.decided_by) == (ApprovalStatus.WITHDRAWN, "ann")
    assert approvals.find(1, first.id) == back
    assert logged(database)[-1][:3] == ("ann", "approval.withdrawn", first.id)
    for stale in (first, back):
        for decide in (approvals.approve, lambda caller, asked: approvals.reject(caller, asked, "no")):
            with pytest.raises(ApprovalNotOpen):
                decide(BEN, stale)
        with pytest.raises(ApprovalNotOpen):
            approvals.withdraw(ANN, stale)
    second = ask()
    assert second.id != first.id
    approvals.approve(BEN, second)
    with pytest.raises(ApprovalNotOpen):
        approvals.withdraw(ANN, second)


def test_only_a_withdrawal_is_decided_by_who_asked(database: Database, approvals: Approvals) -> None:
    asked = approvals.request(ANN, "pay", WORTH, "k1")
    for status, decider in ((ApprovalStatus.REJECTED, "ann"), (ApprovalStatus.WITHDRAWN, "ben")):
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            set_decision(connection, asked, status, decider, None, asked.requested_at)


def test_what_was_approved_is_done_once_and_until_the_request_would_have_expired(
    approvals: Approvals, clock: Clock
) -> None:
    def waits() -> str:
        with pytest.raises(ApprovalAwaited) as refused:
            approvals.check_alone(ANN, "raise", 2_000, 0, WORTH)
        return refused.value.approval_id

    first = waits()
    assert waits() == first
    asked = approvals.find(1, first)
    assert asked is not None
    assert approvals.approve(BEN, asked).status is ApprovalStatus.DONE
    # Ben has approved it for Ann, and not for himself.
    with pytest.raises(ApprovalAwaited):
        approvals.check_alone(BEN, "raise", 2_000, 0, WORTH)
    clock.forward(OPEN_DAYS * DAY - 1)
    approvals.check_alone(ANN, "raise", 2_000, 0, WORTH)
    second = waits()
    assert second != first
    asked = approvals.find(1, second)
    assert asked is not None
    approvals.approve(BEN, asked)
    clock.forward(OPEN_DAYS * DAY)
    assert waits() not in (first, second)


def test_up_to_the_limit_one_person_goes_on_alone(approvals: Approvals) -> None:
    approvals.check_alone(ANN, "raise", 1_000, 0, WORTH, "k1")
    with pytest.raises(ApprovalAwaited):
        approvals.check_alone(ANN, "raise", 1_001, 0, WORTH, "k2")


def test_a_limit_changes_for_whoever_saw_what_it_was(database: Database, approvals: Approvals) -> None:
    assert approvals.change_limit(ANN, "pay", 1_000, 1_000, "k0") is None
    assert approvals.limits(1)["pay"] == 1_000
    asked = approvals.change_limit(ANN, "pay", 1_000, 1_001, "k1")
    assert asked is not None
    assert approvals.limits(1)["pay"] == 1_000
    assert approvals.approve(BEN, asked).result == {"action": "pay", "alone_max": 1_001}
    assert approvals.limits(1)["pay"] == 1_001
    assert approvals.limits(2)["pay"] == 1_000
    assert [row for row in logged(database) if row[1] == "approval_limit.set"][-1] == (
        "ben",
        "approval_limit.set",
        "pay",
        json.dumps({"alone_max": 1_001, "approval": asked.id, "asked_by": "ann"}),
    )
    with database.engine.begin() as connection:
        assert not replace_limit(connection, 1, "pay", 1_000, 500)
        assert replace_limit(connection, 1, "pay", 1_001, 500)
    assert approvals.limits(1)["pay"] == 500
    assert SET_LIMIT not in approvals.limits(1)


@pytest.mark.parametrize(("maker", "error", "wait"), [("ann", ApproverTied, TIED), ("dora", ApproverNew, NEW)])
def test_whoever_was_changed_waits_and_is_said_how_long(
    database: Database, maker: str, error: type[ApproverTied | ApproverNew], wait: int
) -> None:
    with database.engine.begin() as connection:
        record(connection, replace(ANN, id=maker), "user.change", "ben", {"role": "owner"})
        at = connection.execute(select(access_log.c.at)).scalar_one()
    with database.engine.connect() as connection:
        for later in (0, wait - 1):
            with pytest.raises(error) as refused:
                check_independent(connection, 1, "ann", "ben", at + later)
            assert (
                refused.value.until if isinstance(refused.value, ApproverTied) else refused.value.from_
            ) == at + wait
        check_independent(connection, 1, "ann", "ben", at + wait)
        check_independent(connection, 2, "ann", "ben", at)
        check_independent(connection, 1, "ann", "cleo", at)


def test_a_change_of_language_or_by_oneself_makes_nobody_new(database: Database) -> None:
    with database.engine.begin() as connection:
        record(connection, replace(ANN, id="dora"), "user.change", "ben", {"lang": "zh"})
        record(connection, BEN, "user.change", "ben", {"name": "Ben"})
        at = connection.execute(select(access_log.c.at)).scalars().first() or 0
        check_independent(connection, 1, "ann", "ben", at)


def test_deciders_are_what_an_action_says(approvals: Approvals) -> None:
    action = approvals.action(SET_LIMIT)
    assert action is not None
    assert (action.deciders, approvals.action("nothing")) == (DECIDERS, None)
