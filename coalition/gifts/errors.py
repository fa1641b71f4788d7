"""What can't be done with a gift: named facts that carry their values.

MemberError
├── GiftUnknown            no such gift
├── GiftTaken              a gift that somebody else took up, or that went back
└── GiftDiffers            a key that was used for another gift
"""

from http import HTTPStatus

from coalition.errors import NotFound
from coalition.locale.messages import N_
from coalition.members.errors import MemberError
from settlement import KeyReused


class GiftUnknown(MemberError, like=NotFound):
    """No such gift, or none of the caller's."""

    detail = N_("There is no gift {gift:name} that you can see.")
    gift: str


class GiftTaken(MemberError):
    """Whoever opens a link first takes the gift up, and its giver may be quicker."""

    code = "gift_taken"
    status = HTTPStatus.CONFLICT
    title = N_("Gift not there any more")
    remedy = N_("Read the gift again: its state says what became of it.")
    detail = N_("Somebody else took up gift {gift:name}, or it went back to its giver.")
    gift: str


class GiftDiffers(MemberError, like=KeyReused):
    """The key of an earlier gift came again with something else."""

    detail = N_("This Idempotency-Key was used for a gift with another {field:code}. Use a new key.")
    concerns = "{field}"
    field: str
