"""What may be wrong with an installation: each thing looked at, and what to do about it. Nothing is changed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select

from coalition.access.key_store import END_NEAR_DAYS, keys_ending
from coalition.access.user_store import has_owner
from coalition.errors import CoalitionError
from coalition.events.relay import behind
from coalition.jobs.clock_watch import ClockJumped, check_clock, machine_uptime, seen_at
from coalition.jobs.store import SECOND
from coalition.jobs.tables import jobs
from coalition.migrations import newest_revision, revision_of
from coalition.notifications.store import waiting_after_failure
from coalition.operation.examine_database import examine_database
from coalition.operation.finding import Finding, Level
from coalition.payments.check_stripe import stripe_problems
from coalition.payments.rails import OpenRails
from coalition.settings import SettingsInvalid, read_settings
from settlement import DatabaseUnusable, Phrase, SettlementError
from settlement.audit import audited_up_to
from settlement.clearing import windows_due
from settlement.ledger import Book, Clock, Database, book_names
from settlement.payments import PaymentContext, Reconciliation, compare_rails, doubtful_payees

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
BEHIND_WARN = 1_000
AUDIT = "books.audit"
"""The job that audits a book every day."""
AUDIT_OLD_SECONDS = 36 * 3600
OVERDUE_GRACE_SECONDS = 600


def examine(url: str, clock: Clock) -> Iterator[Finding]:
    """Look at all; where the database can't be used, at nothing behind it."""
    try:
        settings = read_settings()
        grace = settings.close_grace_minutes * 60
        yield Finding("configuration", Level.OK, "settings_read")
        yield _address(settings.public_url)
        yield _proxies(settings.public_url, settings.trusted_proxies)
    except SettingsInvalid as error:
        grace = 0
        yield Finding("configuration", Level.FAIL, "settings_bad", {"why": "; ".join(error.problems)})
    try:
        database = Database(url)
        if database.is_sqlite and not Path(str(database.url.database)).exists():
            yield Finding("database", Level.FAIL, "missing", {"url": database.public_url})
            return
        with closing(database):
            yield from _examine_all(database, clock, grace)
    except DatabaseUnusable as error:
        yield Finding("database", Level.FAIL, "unreachable", {"why": str(error)})


def _examine_all(database: Database, clock: Clock, grace: int) -> Iterator[Finding]:
    with database.engine.connect() as connection:
        revision = revision_of(connection)
    yield Finding("database", Level.OK, "reached", {"url": database.public_url})
    newest = newest_revision()
    at_newest = revision == newest
    yield Finding(
        "schema",
        Level.OK if at_newest else Level.FAIL,
        "newest" if at_newest else "other_revision",
        {"revision": revision, "newest": newest},
    )
    yield from examine_database(database, clock, at_newest=at_newest)
    if at_newest:
        for name in book_names(database):
            yield from _examine_book(Book.open(database, name, clock), clock, grace)


def _address(public_url: str | None) -> Finding:
    """Whether links in messages lead here, and passkeys can be used."""
    if public_url is None:
        return Finding("address", Level.WARN, "no_address")
    parsed = urlsplit(public_url)
    values: dict[str, str | int] = {"url": public_url}
    if parsed.scheme not in ("http", "https") or not parsed.hostname:
        return Finding("address", Level.FAIL, "bad_address", values)
    if parsed.scheme == "http" and parsed.hostname not in LOCAL_HOSTS:
        return Finding("address", Level.WARN, "plain_address", values)
    return Finding("address", Level.OK, "address", values)


def _proxies(public_url: str | None, trusted: str) -> Finding:
    """Whether the server knows the proxy that ends TLS for it."""
    if trusted:
        return Finding("proxies", Level.OK, "proxies", {"proxies": trusted})
    if public_url is not None and urlsplit(public_url).scheme == "https":
        return Finding("proxies", Level.WARN, "no_proxies")
    return Finding("proxies", Level.OK, "direct")


def _examine_book(book: Book, clock: Clock, grace: int) -> Iterator[Finding]:
    alliance = book.settings.name
    yield examine_clock(book, clock)
    with closing(book.database.session()) as session:
        overdue = len(windows_due(book, session, clock() - (grace + OVERDUE_GRACE_SECONDS) * SECOND))
    yield Finding(
        "windows",
        Level.WARN if overdue else Level.OK,
        "overdue" if overdue else "closed",
        {"alliance": alliance, "count": overdue},
    )
    count = behind(book.database, book.alliance_id)
    level = Level.WARN if count >= BEHIND_WARN else Level.OK
    yield Finding("events", level, "behind", {"alliance": alliance, "count": count})
    yield _notifications(book)
    yield _owner(book)
    yield _keys(book, clock)
    yield examine_audit(book, clock)
    yield _stripe(book)
    yield from _rails(book)


def examine_clock(book: Book, clock: Clock) -> Finding:
    """Whether the machine's clock can be believed."""
    values: dict[str, str | int] = {"alliance": book.settings.name}
    with book.database.engine.connect() as connection:
        at = seen_at(connection, book.alliance_id)
        if at is None:
            return Finding("time", Level.OK, "time_unseen", values)
        try:
            check_clock(connection, book.alliance_id, clock(), machine_uptime())
        except ClockJumped as jumped:
            return Finding("time", Level.FAIL, "clock_jumped", {**values, "hours": jumped.hours, "at": at})
    return Finding("time", Level.OK, "time_seen", {**values, "at": at})


def _notifications(book: Book) -> Finding:
    """Whether notifications by e-mail get out."""
    with book.database.engine.connect() as connection:
        count, why = waiting_after_failure(connection, book.alliance_id)
    values: dict[str, str | int] = {"alliance": book.settings.name, "count": count, "why": why}
    if count:
        return Finding("notifications", Level.WARN, "notifications_waiting", values)
    return Finding("notifications", Level.OK, "notifications_sent", values)


def _owner(book: Book) -> Finding:
    """Whether somebody can log in who may change what the alliance has agreed on."""
    with book.database.engine.connect() as connection:
        can_log_in = has_owner(connection, book.alliance_id)
    values: dict[str, str | int] = {"alliance": book.settings.name}
    return Finding("owner", Level.OK if can_log_in else Level.WARN, "has_owner" if can_log_in else "no_owner", values)


def _keys(book: Book, clock: Clock) -> Finding:
    """Whether a key ends soon that nobody has replaced."""
    now = clock()
    with book.database.engine.connect() as connection:
        ending = keys_ending(connection, book.alliance_id, now)
    values: dict[str, str | int] = {"alliance": book.settings.name, "days": END_NEAR_DAYS}
    if not ending:
        return Finding("keys", Level.OK, "keys_last", values)
    values["keys"] = ", ".join(f"{key.label} ({key.id})" for key in ending)
    return Finding("keys", Level.WARN, "keys_end", values)


def examine_audit(book: Book, clock: Clock) -> Finding:
    """How the last daily audit ended, up to where it went, and when the whole book was audited."""
    query = select(jobs.c.done_at, jobs.c.failures, jobs.c.error).where(
        jobs.c.alliance_id == book.alliance_id, jobs.c.name == AUDIT
    )
    with book.database.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
        audited = audited_up_to(connection, book.alliance_id)
    values: dict[str, str | int] = {"alliance": book.settings.name}
    if audited is not None:
        values |= zip(("posting", "full_at"), audited, strict=True)
    if row is not None and row.failures:
        return Finding("audit", Level.FAIL, "audit_failed", {**values, "why": str(row.error)})
    if row is None or row.done_at is None:
        return Finding("audit", Level.WARN, "never_audited", values)
    values["at"] = row.done_at
    if clock() - row.done_at > AUDIT_OLD_SECONDS * SECOND:
        return Finding("audit", Level.WARN, "audit_old", values)
    return Finding("audit", Level.OK, "audited" if audited is None else "audited_up_to", values)


def _stripe(book: Book) -> Finding:
    """Whether the account at Stripe is set up so that money can move over it."""
    values: dict[str, str | int] = {"alliance": book.settings.name}
    try:
        problems = stripe_problems(book)
    except (SettlementError, SettingsInvalid) as error:
        return Finding("stripe", Level.WARN, "stripe_unread", {**values, "why": error.sentence})
    if problems is None:
        return Finding("stripe", Level.OK, "no_stripe", values)
    if problems:
        why = Phrase("{problems:each}", problems=problems)
        return Finding("stripe", Level.FAIL, "stripe_not_ready", {**values, "why": why})
    return Finding("stripe", Level.OK, "stripe_ready", values)


def _rails(book: Book) -> Iterator[Finding]:
    """Whether book and rails agree, by the movements that were taken in, and each rail of the book is set up here; and
    whether accounts are held under the names of the shops that are paid there."""
    values: dict[str, str | int] = {"alliance": book.settings.name}
    try:
        with closing(book.database.session()) as session, closing(OpenRails(book)) as rails:
            context = PaymentContext(book, session, rails.by_name)
            compared, doubtful = compare_rails(context), doubtful_payees(context)
    except (CoalitionError, SettlementError, SettingsInvalid) as error:
        yield Finding("rails", Level.WARN, "rails_unread", {**values, "why": error.sentence})
        return
    yield _agreement(compared, values)
    shops = ", ".join(dict.fromkeys(check.account.participant for check in doubtful))
    if shops:
        yield Finding("payees", Level.WARN, "payees_doubtful", {**values, "shops": shops})
    else:
        yield Finding("payees", Level.OK, "payees_match", values)


def _agreement(compared: Sequence[Reconciliation], values: Mapping[str, str | int]) -> Finding:
    for state, bad in (
        ("rails_missing", [each.rail for each in compared if not each.plugged_in]),
        ("rails_differ", [each.rail for each in compared if not each.ok]),
    ):
        if bad:
            return Finding("rails", Level.FAIL, state, {**values, "rails": ", ".join(bad)})
    return Finding("rails", Level.OK, "rails_agree", values)
