"""A refusal of the book, where it ends what was asked."""

from coalition.errors import CoalitionError
from settlement import ErrorKind, Phrase
from settlement.ledger import REFUSALS, Refusal


class RefusedByBook(CoalitionError):
    """The book refused what was asked of it. The refusal is stored, and answers every retry."""

    code = "refused"
    detail = "{refusal}"
    refusal: Refusal

    @property
    def sentence(self) -> Phrase:
        """What the refusal says, with its full stop, which it would lose inside another sentence."""
        return self.refusal.sentence

    @property
    def error_kind(self) -> ErrorKind:
        """The kind of the refusal."""
        return REFUSALS[self.refusal.code]
