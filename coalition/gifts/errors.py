"""What can't be done with a gift: named facts that carry their values.

MemberError
├── GiftUnknown            no such gift
└── GiftDiffers            a key that was used for another gift
"""

from coalition.errors import NotFound
from coalition.locale.messages import N_
from coalition.members.errors import MemberError
from settlement import KeyReused


class GiftUnknown(MemberError, like=NotFound):
    """No such gift, or none of the caller's."""

    detail = N_("There is no gift {gift:name} that you can see.")
    gift: str


class GiftDiffers(MemberError, like=KeyReused):
    """The key of an earlier gift came again with something else."""

    detail = N_("This Idempotency-Key was used for a gift with another {field:code}. Use a new key.")
    concerns = "{field}"
    field: str
