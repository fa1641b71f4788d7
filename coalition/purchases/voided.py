"""What the book has of a void, and how a request that comes later under a dead key is refused.

A key under which nothing was booked gets a mark: a posting of its own that moves nothing. The unique key decides
between a purchase and the void of it, whichever process posts first. What was booked under the key is undone by a
posting whose key is made from its number.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing

from coalition.alliance import Alliance
from coalition.purchases.errors import KeyVoided
from settlement import KeyReused
from settlement.ledger import Answer, Posting, PostingOutcome, StoredPosting, postings_by_key

MARK = "void"
"""The field of a mark's content that says what was voided. It has no type, since it is no fact that anybody is sent."""


VOID_KEYS = "void:"
"""How the keys of what undoes a posting begin. No caller's keys do."""


def void_key(posting_id: int, attempt: int = 0) -> str:
    """The key of what undoes a posting."""
    return f"{VOID_KEYS}{posting_id}:{attempt}"


def post_mark(alliance: Alliance, key: str, noun: str, by: Mapping[str, str | int] | None = None) -> int:
    """Take a key for good, with a posting that moves nothing. Returns when that was (microseconds since 1970 UTC).

    `by` says which till and cashier it was, of whom the first stays. Raises KeyReused where something else stands under
    the key, and what the poster raises.
    """
    try:
        answer = alliance.poster.post(Posting(key, alliance.clock(), {MARK: noun, **(by or {})}, ()))
    except KeyReused:
        first = posting_under(alliance, key)
        if first is None or first.content.get(MARK) != noun:
            raise
        return first.recorded_at
    return alliance.posting(answer.posting_id).recorded_at


def posting_under(alliance: Alliance, key: str) -> StoredPosting | None:
    """What stands in the book under a key; None where nothing does."""
    with closing(alliance.database.session()) as session:
        return next(iter(postings_by_key(alliance.book, session, [key])), None)


def refuse_voided(alliance: Alliance, outcomes: Sequence[PostingOutcome]) -> Sequence[PostingOutcome | KeyVoided]:
    """The same outcomes, with KeyVoided for each whose key, or earlier posting, was voided.

    Asks the database only where one of them was posted before: a new posting is never voided already.
    """
    replayed = {outcome.posting_id for outcome in outcomes if isinstance(outcome, Answer) and outcome.replayed}
    reused = {outcome.key for outcome in outcomes if isinstance(outcome, KeyReused)}
    if not replayed and not reused:
        return outcomes
    with closing(alliance.database.session()) as session:
        earlier = {posting.key: posting for posting in postings_by_key(alliance.book, session, sorted(reused))}
        numbers = replayed | {posting.id for posting in earlier.values()}
        undone = postings_by_key(alliance.book, session, [void_key(number) for number in sorted(numbers)])
    keys = {posting.key for posting in undone}

    def is_voided(outcome: PostingOutcome) -> bool:
        if isinstance(outcome, Answer):
            return outcome.replayed and void_key(outcome.posting_id) in keys
        posting = earlier.get(outcome.key) if isinstance(outcome, KeyReused) else None
        return posting is not None and (MARK in posting.content or void_key(posting.id) in keys)

    return [KeyVoided() if is_voided(outcome) else outcome for outcome in outcomes]


def check_not_voided(alliance: Alliance, outcome: PostingOutcome) -> None:
    """Raises KeyVoided where the key, or the earlier posting, of this outcome was voided."""
    (checked,) = refuse_voided(alliance, [outcome])
    if isinstance(checked, KeyVoided):
        raise checked
