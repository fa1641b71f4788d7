"""Two people for what moves value by hand: one asks, another one approves, and only then it is done, once.

Reserve, commit, then act: a decision is committed before it is carried out, and what is carried out runs under the
request's own key. After a crash in between the request stands as approved, and approving it again goes on with it.
"""

from dataclasses import replace

from coalition.access.caller import Caller
from coalition.access.errors import (
    ApprovalNotDecidable,
    ApprovalNotOpen,
    LimitChanged,
    PersonNeeded,
    RequestReused,
    SecondPersonNeeded,
)
from coalition.access.log import record
from coalition.access.user import DAY
from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, OPEN_DAYS, Action, Approval, ApprovalStatus, Outcome, Payload
from coalition.approvals.store import (
    add_approval,
    encode,
    find_approval,
    find_by_key,
    limits_of,
    replace_limit,
    set_decision,
    set_limit,
    set_result,
)
from coalition.discovery import declared
from coalition.ids import random_id
from settlement.ledger import Clock, Database

SET_LIMIT = "set_approval_limit"


class Approvals:
    """The requests of a database's alliances, and the actions that can be asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._actions: dict[str, Action] = {}
        # To let one person do more alone always takes two, or the limit would bind nobody.
        self.register(Action(SET_LIMIT, 0, "", DECIDERS, self._set_limit))

    def register(self, action: Action) -> None:
        """Add an action that can be asked for."""
        self._actions[action.name] = action

    def action(self, name: str) -> Action | None:
        """The action of that name; None where there is none."""
        return self._actions.get(name)

    def limits(self, alliance_id: int) -> dict[str, int]:
        """What one person may do alone in an alliance, by action."""
        with self._database.engine.connect() as connection:
            own = limits_of(connection, alliance_id)
        return {name: own.get(name, action.alone_max) for name, action in self._actions.items() if name != SET_LIMIT}

    def needs_second(self, alliance_id: int, action: str, size: int) -> bool:
        """Whether something of this size, in the action's unit, takes two people."""
        return size > self.limits(alliance_id)[action]

    def request(self, caller: Caller, action: str, payload: Payload, key: str) -> Approval:
        """Ask for something under the caller's key; the same request again finds the first one.

        Raises PersonNeeded where a key asks, and RequestReused where the caller's key stands for another request.
        """
        if caller.role not in self._actions[action].askers:
            raise PersonNeeded(action)
        now = self._clock()
        new = Approval(
            caller.alliance_id,
            random_id("apr"),
            action,
            payload,
            ApprovalStatus.PENDING,
            caller.id,
            caller.role,
            now,
            key,
            now + OPEN_DAYS * DAY,
            None,
            None,
            None,
            None,
        )
        with self._database.engine.begin() as connection:
            if find_by_key(connection, caller.alliance_id, key, now) is None and add_approval(connection, new):
                record(connection, caller, "approval.request", new.id, {"action": action})
                return new
        with self._database.engine.connect() as connection:
            existing = find_by_key(connection, caller.alliance_id, key, now)
        if existing is None or existing.action != action:
            raise RequestReused("action")
        if encode(existing.payload) != encode(payload):
            raise RequestReused(next(name for name in payload if existing.payload.get(name) != payload[name]))
        return existing

    def find_to_decide(self, caller: Caller, approval_id: str) -> Approval | None:
        """The request of that id, where the caller may decide on it; None where there is none.

        Raises ApprovalNotDecidable.
        """
        approval = self.find(caller.alliance_id, approval_id)
        if approval is None:
            return None
        action = self.action(approval.action)
        if action is None or caller.role not in action.deciders:
            raise ApprovalNotDecidable(caller.role, approval.action)
        return approval

    def find(self, alliance_id: int, approval_id: str) -> Approval | None:
        """The request of that id; None where there is none."""
        with self._database.engine.connect() as connection:
            return find_approval(connection, alliance_id, approval_id, self._clock())

    def approve(self, caller: Caller, approval: Approval) -> Approval:
        """Approve a request and carry it out. Raises SecondPersonNeeded, ApprovalNotOpen, and what the action does."""
        if approval.requested_by == caller.id:
            raise SecondPersonNeeded(approval.id)
        if approval.status is ApprovalStatus.PENDING:
            approval = self._decide(caller, approval, ApprovalStatus.APPROVED, None)
        elif approval.status is not ApprovalStatus.APPROVED:
            raise ApprovalNotOpen(approval.id, approval.status.value)
        outcome = self._actions[approval.action].execute(approval)
        status = ApprovalStatus.DONE if outcome.done else ApprovalStatus.REFUSED
        with self._database.engine.begin() as connection:
            if set_result(connection, approval, status, outcome.result):
                record(connection, caller, f"approval.{status}", approval.id, {"action": approval.action})
        return self.find(approval.alliance_id, approval.id) or approval

    def reject(self, caller: Caller, approval: Approval, reason: str) -> Approval:
        """Say no to a request. Raises SecondPersonNeeded, ApprovalNotOpen."""
        if approval.requested_by == caller.id:
            raise SecondPersonNeeded(approval.id)
        if approval.status is not ApprovalStatus.PENDING:
            raise ApprovalNotOpen(approval.id, approval.status.value)
        return self._decide(caller, approval, ApprovalStatus.REJECTED, reason)

    def _decide(self, caller: Caller, approval: Approval, status: ApprovalStatus, reason: str | None) -> Approval:
        now = self._clock()
        with self._database.engine.begin() as connection:
            if not set_decision(connection, approval, status, caller.id, reason, now):
                raise ApprovalNotOpen(approval.id, "decided already or over")
            record(connection, caller, f"approval.{status}", approval.id, {"action": approval.action})
        return replace(approval, status=status, decided_by=caller.id, decided_at=now, reason=reason)

    def change_limit(self, caller: Caller, action: str, existing: int, alone_max: int, key: str) -> Approval | None:
        """Let one person do less alone than is `existing` at once, or ask another person whether one may do more.

        Returns the request, which the same `key` finds again; None where the limit is changed. Raises LimitChanged
        where somebody changed it meanwhile, PersonNeeded and RequestReused.
        """
        if alone_max > existing:
            return self.request(caller, SET_LIMIT, {"action": action, "alone_max": alone_max}, key)
        with self._database.engine.begin() as connection:
            if not replace_limit(connection, caller.alliance_id, action, existing, alone_max):
                raise LimitChanged
            record(connection, caller, "approval_limit.set", action, {"alone_max": alone_max})
        return None

    def _set_limit(self, approval: Approval) -> Outcome:
        action, alone_max = str(approval.payload["action"]), int(approval.payload["alone_max"] or 0)
        with self._database.engine.begin() as connection:
            set_limit(connection, approval.alliance_id, action, alone_max)
        return Outcome(done=True, result={"action": action, "alone_max": alone_max})


def approvals_of(alliances: Alliances) -> Approvals:
    """Approvals with every action that a folder of `coalition/` or a plugin declares in its `actions.py`."""
    approvals = Approvals(alliances.database, alliances.clock)
    for module in declared("actions", "actions"):
        for action in module.actions(alliances):
            approvals.register(action)
    return approvals
