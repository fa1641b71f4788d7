"""What takes two people, and a request for it that another person approves before it is carried out. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coalition.access.caller import STAFF, Role
from coalition.access.user import DAY
from coalition.locale.formats import moment

Value = str | int | None
Payload = Mapping[str, Value]
"""What is asked for, as data: nothing is kept in memory between the request and the decision."""
DECIDERS = frozenset({Role.OWNER, Role.FINANCE})
"""Who approves what takes two people, unless an action says otherwise."""
OPEN_DAYS = 7
"""How long a request can be decided."""
SALES_IN_24_HOURS_MINOR, SALES_IN_30_DAYS_MINOR = 5_000_000, 50_000_000
"""What one person may sell alone, unless the alliance sets other limits."""
KEY_SALES_IN_24_HOURS_MINOR, KEY_SALES_IN_30_DAYS_MINOR = 20_000_000, 300_000_000
"""What the tills of a shop may sell by key, unless the alliance sets other limits."""
VALUE_IN_24_HOURS_MINOR, VALUE_IN_30_DAYS_MINOR = 100_000, 500_000
"""What one person or key may create or move alone by all actions together, unless the alliance sets other limits."""


class ApprovalStatus(StrEnum):
    """How far a request is."""

    PENDING = "pending"
    """Nobody has decided."""
    APPROVED = "approved"
    """Approved, and about to be carried out; approving again goes on with it."""
    REJECTED = "rejected"
    """A second person said no."""
    WITHDRAWN = "withdrawn"
    """Whoever asked took it back."""
    DONE = "done"
    """Approved and carried out."""
    REFUSED = "refused"
    """Approved, but it could not be carried out; the result says why."""
    EXPIRED = "expired"
    """Nobody decided in time."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A request; `shop` is that of a shop's person who asked. Times are microseconds since 1970 UTC."""

    alliance_id: int
    id: str
    action: str
    payload: Payload
    status: ApprovalStatus
    requested_by: str
    requested_role: Role
    requested_at: int
    request_key: str
    expires_at: int
    decided_by: str | None
    decided_at: int | None
    reason: str | None
    result: Payload | None
    shop: str | None = None
    used_at: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request that was carried out: whether it could be, and what there is to know."""

    done: bool
    result: Payload


def leave_to_asker(approval: Approval) -> Outcome:
    """Carry nothing out: whoever asked may do it now, until the request would have expired."""
    return Outcome(done=True, result={"send_again_until": moment(approval.expires_at).isoformat()})


@dataclass(frozen=True, slots=True)
class SumLimit:
    """The most that one person or key may do alone within the last `length` microseconds, in minor units."""

    name: str
    length: int
    alone_max: int


@dataclass(frozen=True, slots=True)
class RunningSum:
    """What one person or key did alone by all actions that count to it, limited over some spans of time."""

    name: str
    limits: Sequence[SumLimit]


VALUE = RunningSum(
    "value",
    (
        SumLimit("value_in_24_hours", DAY, VALUE_IN_24_HOURS_MINOR),
        SumLimit("value_in_30_days", 30 * DAY, VALUE_IN_30_DAYS_MINOR),
    ),
)
"""All value that a person or key creates or moves by hand."""
BANK_FILES = RunningSum(
    "bank_files",
    (
        SumLimit("bank_files_in_24_hours", DAY, VALUE_IN_24_HOURS_MINOR),
        SumLimit("bank_files_in_30_days", 30 * DAY, VALUE_IN_30_DAYS_MINOR),
    ),
)
"""What files from the bank report that a person or key imports: a sum of its own, since an alliance whose system
fetches them raises it, and with it nothing that people do by hand."""
SALES = RunningSum(
    "sales",
    (
        SumLimit("sales_in_24_hours", DAY, SALES_IN_24_HOURS_MINOR),
        SumLimit("sales_in_30_days", 30 * DAY, SALES_IN_30_DAYS_MINOR),
    ),
)
"""What a person sells at a till."""
KEY_SALES = RunningSum(
    "key_sales",
    (
        SumLimit("key_sales_in_24_hours", DAY, KEY_SALES_IN_24_HOURS_MINOR),
        SumLimit("key_sales_in_30_days", 30 * DAY, KEY_SALES_IN_30_DAYS_MINOR),
    ),
)
"""What the keys of a shop's tills sell together, or one key of the alliance: so much that a good day of a shop stays
below it, and what a stolen key sells does not."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that one person may do up to `alone_max`, in units of its own, and above it two people.

    What is done alone also counts to a running sum: above that sum's limits the next one takes two people, however
    small it is. `operations` are the API's operations that come to it. `askers` are people, and the alliance's own
    where nothing else is said: a key could be both of the two.

    `execute` carries out a request. It may be called again for the same one after a crash, so it does its work
    under the request's own key. What it raises leaves the request approved, to be gone on with. With
    `leave_to_asker` the asker sends what was approved once more, and it is carried out then.

    `keys_count_to` is the sum of what keys do alone, where that is another one.
    """

    name: str
    alone_max: int
    unit: str
    deciders: frozenset[Role]
    execute: Callable[[Approval], Outcome]
    askers: frozenset[Role] = STAFF
    operations: frozenset[str] = frozenset()
    counts_to: RunningSum = VALUE
    keys_count_to: RunningSum | None = None

    @property
    def sums(self) -> Sequence[RunningSum]:
        """What it counts to."""
        return [self.counts_to, *([] if self.keys_count_to is None else [self.keys_count_to])]
