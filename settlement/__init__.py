"""The book and the clearing house. It knows nothing of people, HTTP or web pages.

This is the whole surface: `coalition` imports from here and reaches no deeper.
"""

from settlement.accounts import NEVER, OPERATOR, POOL, AccountName, Kind
from settlement.amounts import Minor, Points, apportion, largest_remainder, minor_per_point
from settlement.audit import Audit, Check, audit
from settlement.book import FOREVER_AGO, Book, Clock, book_names
from settlement.calendar import Calendar, Cutoff, month_end, next_day
from settlement.config import BookSettings, Participant
from settlement.database import Database, Session
from settlement.errors import BookExists, BookNotFound, DatabaseUnusable, SettlementError, WindowNotFound
from settlement.loaded import Limit
from settlement.moves import (
    REFUSALS,
    Answer,
    Capture,
    Commission,
    Earn,
    Expire,
    Give,
    Hold,
    Leg,
    Move,
    MoveKind,
    Plan,
    Posting,
    RefundEarn,
    RefundSpend,
    Refusal,
    Release,
    Reverse,
    Slice,
    Spend,
    Transfer,
    View,
)
from settlement.poster import Outcome, Poster
from settlement.reports import FlowBetween, flows_between, outstanding_points, points_moved
from settlement.statements import Line, LineKind, Section, Statement, StatementMove, moves_behind, statement
from settlement.sweeps import expired_lots, lapsed_holds
from settlement.tables import metadata
from settlement.terms import Breakage, Funding, Terms
from settlement.windows import ClosedWindow, close_due, close_window, closed_window, closed_windows, pending

__all__ = [
    "FOREVER_AGO",
    "NEVER",
    "OPERATOR",
    "POOL",
    "REFUSALS",
    "AccountName",
    "Answer",
    "Audit",
    "Book",
    "BookExists",
    "BookNotFound",
    "BookSettings",
    "Breakage",
    "Calendar",
    "Capture",
    "Check",
    "Clock",
    "ClosedWindow",
    "Commission",
    "Cutoff",
    "Database",
    "DatabaseUnusable",
    "Earn",
    "Expire",
    "FlowBetween",
    "Funding",
    "Give",
    "Hold",
    "Kind",
    "Leg",
    "Limit",
    "Line",
    "LineKind",
    "Minor",
    "Move",
    "MoveKind",
    "Outcome",
    "Participant",
    "Plan",
    "Points",
    "Poster",
    "Posting",
    "RefundEarn",
    "RefundSpend",
    "Refusal",
    "Release",
    "Reverse",
    "Section",
    "Session",
    "SettlementError",
    "Slice",
    "Spend",
    "Statement",
    "StatementMove",
    "Terms",
    "Transfer",
    "View",
    "WindowNotFound",
    "apportion",
    "audit",
    "book_names",
    "close_due",
    "close_window",
    "closed_window",
    "closed_windows",
    "expired_lots",
    "flows_between",
    "lapsed_holds",
    "largest_remainder",
    "metadata",
    "minor_per_point",
    "month_end",
    "moves_behind",
    "next_day",
    "outstanding_points",
    "pending",
    "points_moved",
    "statement",
]
