"""Two people for what moves value by hand: one asks, another one approves, and only then it is done, once.

Reserve, commit, then act: a decision is committed before it is carried out, and what is carried out runs under the
request's own key. After a crash in between the request stands as approved, and approving it again goes on with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import count

from coalition.access.caller import Caller
from coalition.access.errors import (
    ApprovalAwaited,
    ApprovalNotDecidable,
    ApprovalNotOpen,
    AskerDisabled,
    AskerNeeded,
    LimitChanged,
    PersonNeeded,
    RequestReused,
    SecondPersonNeeded,
)
from coalition.access.invite import COMMAND
from coalition.access.log import record
from coalition.access.user import DAY
from coalition.alliance import Alliances
from coalition.approvals import alone
from coalition.approvals.approval import (
    DECIDERS,
    OPEN_DAYS,
    Action,
    Approval,
    ApprovalStatus,
    Outcome,
    Payload,
    SumLimit,
)
from coalition.approvals.independence import check_independent, is_disabled
from coalition.approvals.key_sums import KeySums
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
    use_approval,
)
from coalition.discovery import declared
from coalition.fresh import Fresh
from coalition.ids import random_id
from settlement.ledger import Clock, Database

SET_LIMIT = "set_approval_limit"
SUM_UNIT = "minor units"
"""The unit of running sums."""


class Approvals:
    """The requests of a database's alliances, and the actions that can be asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._actions: dict[str, Action] = {}
        self._limits: dict[int, Fresh[Mapping[str, int]]] = {}
        self.key_sums = KeySums(database, clock)
        # To let one person do more alone always takes two, or the limit would bind nobody.
        self.register(Action(SET_LIMIT, 0, "", DECIDERS, self._set_limit, operations=frozenset({"setApprovalLimit"})))

    def register(self, action: Action) -> None:
        """Add an action that can be asked for."""
        self._actions[action.name] = action

    def action(self, name: str) -> Action | None:
        """The action of that name; None where there is none."""
        return self._actions.get(name)

    @property
    def actions(self) -> Sequence[Action]:
        """The register of what takes two people above a limit."""
        return list(self._actions.values())

    def limits(self, alliance_id: int) -> dict[str, int]:
        """What one person may do alone in an alliance: by action at once, and by all actions in a span of time."""
        with self._database.engine.connect() as connection:
            own = limits_of(connection, alliance_id)
        known: dict[str, Action | SumLimit] = {name: act for name, act in self._actions.items() if name != SET_LIMIT}
        sums = [total for action in self._actions.values() for total in action.sums]
        known |= {limit.name: limit for total in sums for limit in total.limits}
        return {name: own.get(name, limit.alone_max) for name, limit in known.items()}

    def known_limits(self, alliance_id: int) -> Mapping[str, int] | None:
        """The limits that were looked up just now; None for who is to look them up, in a thread: `look_up_limits`.

        One of many callers at once is sent to the database; the others go by what was known meanwhile.
        """
        known = self._limits.get(alliance_id)
        if known is None or known.is_fresh:
            return None if known is None else known.value
        self._limits[alliance_id] = Fresh(known.value)
        return None

    def look_up_limits(self, alliance_id: int) -> Mapping[str, int]:
        """The limits, from the database, which `known_limits` knows for two seconds."""
        limits = self.limits(alliance_id)
        self._limits[alliance_id] = Fresh(limits)
        return limits

    def unit_of(self, limit: str) -> str:
        """The unit of a limit, by its name."""
        action = self._actions.get(limit)
        return SUM_UNIT if action is None else action.unit

    def ask_above_limits(
        self, caller: Caller, action: str, size: int, minor: int, payload: Payload, key: str
    ) -> Approval | None:
        """Reserve something for the caller to do alone, or ask for another person's approval where that is too much.

        `size` is in the action's unit, `minor` what it is worth in minor units, which counts to the caller's sum. None
        where the caller may go on; where it is refused then, `release` takes it back. The same `key` finds the same
        request or reserves once. Raises PersonNeeded and RequestReused.
        """
        with self._database.engine.connect() as connection:
            asked = find_by_key(connection, caller.alliance_id, key, self._clock()) is not None
        limits, kind = self.limits(caller.alliance_id), self._actions[action]
        if not asked and size <= limits[action]:
            with self._database.engine.begin() as connection:
                actor, now = actor_of(caller), self._clock()
                if alone.reserve(connection, caller.alliance_id, actor, kind, minor, limits, key, now):
                    return None
        return self.request(caller, action, payload, key)

    def check_alone(
        self, caller: Caller, action: str, size: int, minor: int, payload: Payload, key: str | None = None
    ) -> None:
        """Let the caller go on with what one person may do alone, or with what another person has approved.

        Sizes are as in `ask_above_limits`. Without a `key` the request is known by what it asks for, and what was
        approved can be done once. Raises ApprovalAwaited where it has to be approved first, and then sent again,
        PersonNeeded and RequestReused.
        """
        own_key = key or self._open_key(caller, action, payload)
        approval = self.ask_above_limits(caller, action, size, minor, payload, own_key)
        if approval is None:
            return
        if approval.status is not ApprovalStatus.DONE or approval.requested_by != caller.id:
            raise ApprovalAwaited(action, approval.id)
        with self._database.engine.begin() as connection:
            use_approval(connection, approval, self._clock())

    def _open_key(self, caller: Caller, action: str, payload: Payload) -> str:
        """The key of a request that is known by its content: a new one where the last such request is over."""
        digest = sha256(f"{caller.id} {action} {encode(payload)}".encode()).hexdigest()
        with self._database.engine.connect() as connection:
            for number in count():
                key = f"{caller.space}:{digest}-{number}"
                earlier = find_by_key(connection, caller.alliance_id, key, self._clock())
                if earlier is None or _is_open(earlier, self._clock()):
                    break
        return key

    def release(self, caller: Caller, key: str) -> None:
        """Take back what was reserved under a key, because it was refused and did not happen."""
        with self._database.engine.begin() as connection:
            alone.release(connection, caller.alliance_id, actor_of(caller), key)

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
            caller.shop,
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
        approval = self.find_visible(caller, approval_id)
        if approval is None:
            return None
        action = self.action(approval.action)
        if action is None or caller.role not in action.deciders:
            raise ApprovalNotDecidable(caller.role, approval.action)
        return approval

    def find_visible(self, caller: Caller, approval_id: str) -> Approval | None:
        """The request of that id; None where there is none that the caller may see: a shop's people see their own."""
        approval = self.find(caller.alliance_id, approval_id)
        return None if approval is None or caller.shop not in (None, approval.shop) else approval

    def find(self, alliance_id: int, approval_id: str) -> Approval | None:
        """The request of that id; None where there is none."""
        with self._database.engine.connect() as connection:
            return find_approval(connection, alliance_id, approval_id, self._clock())

    def approve(self, caller: Caller, approval: Approval) -> Approval:
        """Approve a request and carry it out.

        Raises SecondPersonNeeded, ApproverTied, ApproverNew, AskerDisabled, ApprovalNotOpen, and what the action does.
        """
        if approval.requested_by == caller.id:
            raise SecondPersonNeeded(approval.id)
        with self._database.engine.connect() as connection:
            if is_disabled(connection, approval.alliance_id, approval.requested_by):
                raise AskerDisabled(approval.id, approval.requested_by)
            check_independent(connection, approval.alliance_id, approval.requested_by, caller.id, self._clock())
        if approval.status is ApprovalStatus.PENDING:
            approval = self._decide(caller, approval, ApprovalStatus.APPROVED, None)
        elif approval.status is not ApprovalStatus.APPROVED:
            raise ApprovalNotOpen(approval.id, approval.status.value)
        outcome = self._actions[approval.action].execute(approval)
        status = ApprovalStatus.DONE if outcome.done else ApprovalStatus.REFUSED
        with self._database.engine.begin() as connection:
            if set_result(connection, approval, status, outcome.result):
                if approval.action == SET_LIMIT:
                    record(connection, caller, "approval_limit.set", *_limit_change(approval))
                record(connection, caller, f"approval.{status}", approval.id, {"action": approval.action})
        return self.find(approval.alliance_id, approval.id) or approval

    def reject(self, caller: Caller, approval: Approval, reason: str) -> Approval:
        """Say no to a request. Raises SecondPersonNeeded, ApprovalNotOpen."""
        if approval.requested_by == caller.id:
            raise SecondPersonNeeded(approval.id)
        if approval.status is not ApprovalStatus.PENDING:
            raise ApprovalNotOpen(approval.id, approval.status.value)
        return self._decide(caller, approval, ApprovalStatus.REJECTED, reason)

    def withdraw(self, caller: Caller, approval: Approval) -> Approval:
        """Take one's own request back: nothing is carried out. Raises AskerNeeded and ApprovalNotOpen."""
        if approval.requested_by != caller.id:
            raise AskerNeeded(approval.id)
        if approval.status is not ApprovalStatus.PENDING:
            raise ApprovalNotOpen(approval.id, approval.status.value)
        return self._decide(caller, approval, ApprovalStatus.WITHDRAWN, None)

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


def actor_of(caller: Caller) -> str:
    """To whose sum it counts what a caller does: that of a key to its keeper's, or each new key would begin anew."""
    return caller.id if caller.keeper in (None, COMMAND) else str(caller.keeper)


def _is_open(approval: Approval, now: int) -> bool:
    """Whether a request waits for an approval, or for its asker to do what was approved."""
    if approval.status is ApprovalStatus.DONE:
        return approval.used_at is None and approval.expires_at > now
    return approval.status in (ApprovalStatus.PENDING, ApprovalStatus.APPROVED)


def _limit_change(approval: Approval) -> tuple[str, Payload]:
    """A limit that two people changed, as the log has it."""
    payload = approval.payload
    details = {"alone_max": payload["alone_max"], "asked_by": approval.requested_by, "approval": approval.id}
    return str(payload["action"]), details


def approvals_of(alliances: Alliances) -> Approvals:
    """Approvals with every action that a folder of `coalition/` or a plugin declares in its `actions.py`."""
    approvals = Approvals(alliances.database, alliances.clock)
    for module in declared("actions", "actions"):
        for action in module.actions(alliances):
            approvals.register(action)
    return approvals
