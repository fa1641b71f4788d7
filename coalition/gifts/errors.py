"""What can't be done with a gift: named facts that carry their values.

MemberError
├── GiftUnknown            no such gift
└── GiftDiffers            a key that was used for another gift
"""

from coalition.members.errors import MemberError


class GiftUnknown(MemberError):
    """No such gift, or none of the caller's."""

    code = "not_found"

    def __init__(self, gift: str) -> None:
        self.gift = gift
        super().__init__(f"There is no gift {gift!r} that you can see.")


class GiftDiffers(MemberError):
    """The key of an earlier gift came again with something else."""

    code = "key_reused"

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"This Idempotency-Key was used for a gift with another {field}; take a new key.")
