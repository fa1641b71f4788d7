"""What people say of a payment stands under their name."""

from http import HTTPStatus

from settlement.errors import SettlementError
from settlement.sentences import N_


class ActorMissing(SettlementError):
    """Something that a person says, without the person."""

    code = "actor_missing"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Person missing")
    remedy = N_("Name the person who says so.")
    detail = N_("The name of the person who says so is empty; the history keeps it.")


def check_actor(actor: str) -> None:
    """Raise ActorMissing where there is no name, or one that nobody can read."""
    if not actor.strip() or not actor.isprintable():
        raise ActorMissing
