"""The book: accounts, moves, postings, and the poster that writes them in batches.

A batch is loaded (`load.py`, `loaded.py`), decided in plain Python (`decide.py`, `legs.py`), written and sealed
(`book.py`, `session.py`, `chain.py`); `directory.py` finds books by name. `poster.py` collects the postings of many
callers into `batches.py`, and decides `ahead.py` of the database. `history.py` and `balances.py` read; `sweeps.py`
expires lots and lets holds lapse.
"""

from settlement.calendar import FOREVER_AGO
from settlement.ledger.accounts import METERED, NEVER, OPERATOR, POOL, AccountKind, AccountName
from settlement.ledger.balances import (
    DebtHeld,
    Holdings,
    LotHeld,
    counts_of,
    holdings_of,
    lots_of,
    owners_of_lots,
    owners_with_anything,
)
from settlement.ledger.batches import PosterWatch, PostingOutcome
from settlement.ledger.book import Book, Clock, Preview
from settlement.ledger.config import BookSettings, Participant
from settlement.ledger.copy_format import copy_lines
from settlement.ledger.database import Database
from settlement.ledger.delivery import deliver_answers
from settlement.ledger.directory import book_id, book_ids, book_name, book_names
from settlement.ledger.figures import RefundFigures, refund_figures
from settlement.ledger.history import (
    StoredPosting,
    account_names,
    hold_state,
    hold_states,
    owner_changes,
    point_changes,
    posting_by_id,
    posting_contents,
    postings_between,
    postings_by_id,
    postings_by_key,
    postings_by_original,
    postings_by_reference,
    postings_since,
    postings_that_refer_to,
)
from settlement.ledger.hot_queries import drifted_queries
from settlement.ledger.load import stored_omissions
from settlement.ledger.loaded import ExposureLimit, HoldState
from settlement.ledger.meters import Count, CountBack, MeterRef, PassCounts
from settlement.ledger.moves import (
    LEG_MAX,
    Answer,
    BookView,
    Capture,
    Commission,
    Earn,
    EarnIfAllowed,
    EarnOutOf,
    Expire,
    Give,
    Hold,
    Leg,
    LegPlan,
    LotSlice,
    Move,
    MoveKind,
    Posting,
    PotRef,
    PutBack,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    SetAside,
    Spend,
    TakeToken,
    Transfer,
)
from settlement.ledger.planner import stop_alliance_statistics
from settlement.ledger.poster import Poster
from settlement.ledger.refusals import REFUSALS, Refusal
from settlement.ledger.session import Session
from settlement.ledger.sweeps import lapsed_holds, sweep_lots
from settlement.ledger.tables import keep_append_only, metadata

__all__ = [
    "FOREVER_AGO",
    "LEG_MAX",
    "METERED",
    "NEVER",
    "OPERATOR",
    "POOL",
    "REFUSALS",
    "AccountKind",
    "AccountName",
    "Answer",
    "Book",
    "BookSettings",
    "BookView",
    "Capture",
    "Clock",
    "Commission",
    "Count",
    "CountBack",
    "Database",
    "DebtHeld",
    "Earn",
    "EarnIfAllowed",
    "EarnOutOf",
    "Expire",
    "ExposureLimit",
    "Give",
    "Hold",
    "HoldState",
    "Holdings",
    "Leg",
    "LegPlan",
    "LotHeld",
    "LotSlice",
    "MeterRef",
    "Move",
    "MoveKind",
    "Participant",
    "PassCounts",
    "Poster",
    "PosterWatch",
    "Posting",
    "PostingOutcome",
    "PotRef",
    "Preview",
    "PutBack",
    "RefundEarn",
    "RefundFigures",
    "RefundSpend",
    "Refusal",
    "Release",
    "Reverse",
    "Session",
    "SetAside",
    "Spend",
    "StoredPosting",
    "TakeToken",
    "Transfer",
    "account_names",
    "book_id",
    "book_ids",
    "book_name",
    "book_names",
    "copy_lines",
    "counts_of",
    "deliver_answers",
    "drifted_queries",
    "hold_state",
    "hold_states",
    "holdings_of",
    "keep_append_only",
    "lapsed_holds",
    "lots_of",
    "metadata",
    "owner_changes",
    "owners_of_lots",
    "owners_with_anything",
    "point_changes",
    "posting_by_id",
    "posting_contents",
    "postings_between",
    "postings_by_id",
    "postings_by_key",
    "postings_by_original",
    "postings_by_reference",
    "postings_since",
    "postings_that_refer_to",
    "refund_figures",
    "stop_alliance_statistics",
    "stored_omissions",
    "sweep_lots",
]
