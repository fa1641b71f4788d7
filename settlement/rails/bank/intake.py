"""Files from the bank come in: read whole, stored once, matched with what was sent.

A movement has one effect however often it is reported: the same bytes are known again, a movement is told by the
bank's own reference of it, and one that a notification (camt.054) told before the statement (camt.053) is told by
our reference, its day and its amount where the bank gives the two other ids. A statement may book several payments
as one and the notification give them singly: then the single ones take the place of the sum.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from settlement.calendar import date_text
from settlement.ledger.book import Book
from settlement.rails.bank.ach import ID_CHARS
from settlement.rails.bank.balances import MissingStatement, missing_statements
from settlement.rails.bank.errors import BankFileUnreadable
from settlement.rails.bank.facts import (
    BankLine,
    BankMatch,
    BankPayee,
    BankPayment,
    BankStanding,
    BankVerdict,
    MatchMethod,
)
from settlement.rails.bank.identifiers import letters_of, references_in
from settlement.rails.bank.matching import AUTOMATIC, Matching, named_in
from settlement.rails.bank.reading import read_files
from settlement.rails.bank.reasons import bank_reason
from settlement.rails.bank.reported import BankEntry, BankReport, CheckedPayee, RejectedPayment, ReportedPayment
from settlement.rails.bank.sepa import batch_ids
from settlement.rails.bank.settings import BankSettings
from settlement.rails.bank.store import BankStore
from settlement.sentences import Phrase

_LINE_ID_CHARS = 12
BOOKED_AHEAD_DAYS_MAX = 7
"""A bank may book for a holiday or a week-end to come; a line that is further ahead has a slip in its date."""
ANNOUNCED_DAYS = 30
"""For how long a statement is expected to tell what a file of returns has announced."""
_DAY = 86_400 * 1_000_000


ReportedElsewhere = Counter[tuple[str, int, int]]
"""How often payments of ours were reported by other files: (reference, minor, day)."""


@dataclass(frozen=True, slots=True)
class BankImport:
    """What an import did. `known_since` is when the same bytes were imported before, and then nothing else is set.

    `lines_new` and `lines_known` are movements of this file; `matched` are lines of any file that were matched now,
    `queued` the lines that wait for somebody; `rejected` are payments that the bank refused, `unknown` such as no
    file of ours has. `read_as` says how a table was written where it is not as ours are. `others` are accounts of which
    the file has statements too, `doubts` what of it does not add up, and `missing` the statements that are missing
    between those imported so far.
    """

    name: str
    kind: str
    known_since: int | None = None
    lines_new: int = 0
    lines_known: int = 0
    matched: int = 0
    queued: int = 0
    rejected: int = 0
    unknown: int = 0
    read_as: tuple[Phrase, ...] = ()
    others: tuple[str, ...] = ()
    doubts: tuple[Phrase, ...] = ()
    missing: tuple[MissingStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class BankFileRead:
    """A file from the bank that was read and not imported: its name, the SHA-256 of its bytes, and what it says."""

    name: str
    sha256: str
    reports: Sequence[BankReport]

    @property
    def kind(self) -> str:
        """The kinds of file that it is."""
        return ", ".join(dict.fromkeys(report.kind for report in self.reports))


class BankFileValue(NamedTuple):
    """What a file from the bank would bring that no other one brought, in minor units: movements that came in and that
    went out, and payments that it says were refused, which are then owed again.
    """

    received_minor: int
    paid_minor: int
    refused_minor: int


def read_bank_file(book: Book, settings: BankSettings, name: str, content: bytes) -> BankFileRead:
    """Read a file from the bank. Raises BankFileUnreadable and ForeignStatement."""
    reports = read_files(settings, book.calendar, name, content)
    for report in reports:
        _check_dates(name, report, book.clock())
    return BankFileRead(name, sha256(content).hexdigest(), reports)


def new_value(book: Book, settings: BankSettings, read: BankFileRead) -> BankFileValue:
    """What a file would bring that is new."""
    with closing(book.database.session()) as session:
        store = BankStore(book, settings.name, session)
        if store.imported_at(read.sha256) is not None:
            return BankFileValue(0, 0, 0)
        parts = [part.minor for report in read.reports for entry in _new_entries(store, report) for part in entry.parts]
        refusals = [rejection for report in read.reports for rejection in report.rejected]
        batches = batches_named(store, {rejection.batch for rejection in refusals})
        refused = {
            payment.item.key: payment.item.minor
            for rejection in refusals
            for payment in _rejected_payments(store, rejection, batches).values()
            if _verdict_holds(payment, rejection)
        }
    return BankFileValue(
        sum(minor for minor in parts if minor > 0), -sum(minor for minor in parts if minor < 0), sum(refused.values())
    )


def import_file(book: Book, settings: BankSettings, name: str, content: bytes) -> BankImport:
    """Import a file from the bank, whole or not at all. Raises BankFileUnreadable and ForeignStatement."""
    return import_read(book, settings, read_bank_file(book, settings, name, content))


def import_read(book: Book, settings: BankSettings, read: BankFileRead) -> BankImport:
    """Import a file that was read, whole or not at all."""
    name, kind, digest, reports = read.name, read.kind, read.sha256, read.reports
    with closing(book.database.session()) as session, session.transaction():
        book.lock(session)
        store, now = BankStore(book, settings.name, session), book.clock()
        known_since = store.imported_at(digest)
        if known_since is not None:
            return BankImport(name, kind, known_since)
        added = [(*_add_lines(store, report, now), *_add_verdicts(store, report.rejected, now)) for report in reports]
        lines_new, lines_known, rejected, unknown = (sum(counts) for counts in zip(*added, strict=True))
        _add_payees(store, [payee for report in reports for payee in report.payees], now)
        store.add_spans(span for report in reports for span in report.spans)
        matched = settle_queue(store, now)
        store.add_import(digest, name, kind, now, lines_new)
        return BankImport(
            name,
            kind,
            None,
            lines_new,
            lines_known,
            matched,
            len(store.queue()),
            rejected,
            unknown,
            tuple(dict.fromkeys(form for report in reports for form in report.read_as)),
            tuple(dict.fromkeys(account for report in reports for account in report.others)),
            tuple(doubt for report in reports for doubt in report.doubts),
            tuple(missing_statements(store.spans())),
        )


def _check_dates(name: str, report: BankReport, now: int) -> None:
    """Raise BankFileUnreadable for a movement that would be booked long after `now` only."""
    for number, entry in enumerate(report.entries, start=1):
        if entry.at > now + BOOKED_AHEAD_DAYS_MAX * _DAY:
            raise BankFileUnreadable(
                name,
                Phrase("movement {number}", number=number),
                Phrase(
                    "it is booked on {day}, more than {days} days from now; check its date",
                    day=date_text(entry.booked_on),
                    days=BOOKED_AHEAD_DAYS_MAX,
                ),
            )


def settle_queue(store: BankStore, now: int) -> int:
    """Match what can be matched of the lines that wait; how many were."""
    queue = store.queue()
    batches = batches_named(store, {line.batch for line in queue})
    references = {reference for line in queue for reference in named_in(line)}
    references.update(reference for batch in batches.values() for reference in batch)
    announced = store.announced_returns(now - ANNOUNCED_DAYS * _DAY) if queue else []
    known = {payment.item.reference: payment for payment in announced} | store.known_by_reference(references)
    outcome = Matching(known, batches, now, [payment.item.reference for payment in announced]).run(queue)
    store.add_lines(outcome.parts, now)
    store.add_matches(outcome.matches)
    return sum(match.key != "" for match in outcome.matches)


def batches_named(store: BankStore, ids: Iterable[str]) -> dict[str, list[str]]:
    """References of the payments in files and parts of files of ours, by these ids."""
    references = {}
    for id_ in filter(None, ids):
        # A part is named by its message and its number.
        for message_id in (id_, id_.rpartition("-")[0]):
            file = store.file_of_message(message_id)
            if file is not None and file.content is not None and file.kind.is_sepa:
                parts = batch_ids(file.content)
                whole = [reference for part in parts.values() for reference in part]
                references[id_] = whole if id_ == message_id else parts.get(id_, [])
                break
    return references


def _add_lines(store: BankStore, report: BankReport, now: int) -> tuple[int, int]:
    """Add the movements that are new; how many lines of this file were, and how many movements were known."""
    named = _named(report)
    stored = store.lines_of_entries(name for name, _ in named)
    elsewhere = _reported_elsewhere(store, report)
    for name, entry in named:
        if name in stored:
            # This one is told by the bank's own reference, and may not stand for another one as well.
            for part in entry.parts:
                elsewhere -= _payments_named(part, entry.booked_on, elsewhere)
    new: list[BankLine] = []
    replaced: list[BankMatch] = []
    known = 0
    for name, entry in named:
        before = stored.get(name)
        if before is None:
            lines = _unreported(_lines(store, name, entry, report.kind), entry, elsewhere)
        elif len(entry.parts) > 1 and _is_unmatched_sum(before, entry):
            replaced.append(BankMatch(before[0][0].id, "", MatchMethod.SPLIT, AUTOMATIC, report.kind, now))
            lines = _lines(store, name, entry, report.kind)
        else:
            lines = []
        new += lines
        known += not lines
    store.add_lines(new, now)
    store.add_matches(replaced)
    return len(new), known


def _named(report: BankReport) -> list[tuple[str, BankEntry]]:
    """The movements of a report by a name each: of those that are alike the second one is another."""
    seen: Counter[str] = Counter()
    named = []
    for entry in report.entries:
        seen[entry.identity] += 1
        named.append((f"{entry.identity}|{seen[entry.identity]}", entry))
    return named


def _new_entries(store: BankStore, report: BankReport) -> list[BankEntry]:
    """The movements of a report that no file told before under the bank's own reference."""
    named = _named(report)
    stored = store.lines_of_entries(name for name, _ in named)
    return [entry for name, entry in named if name not in stored]


def _lines(store: BankStore, name: str, entry: BankEntry, source: str) -> list[BankLine]:
    id_ = "L" + letters_of(f"{store.alliance_id}:{store.rail}:{name}", _LINE_ID_CHARS)
    return [
        BankLine(
            id_ if len(entry.parts) == 1 else f"{id_}-{number}",
            name,
            source,
            entry.at,
            entry.booked_on,
            *part,
        )
        for number, part in enumerate(entry.parts, start=1)
    ]


def _reported_elsewhere(store: BankStore, report: BankReport) -> ReportedElsewhere:
    """Payments of ours that files of another kind reported for the days of this one: (reference, minor, day)."""
    days = {entry.booked_on for entry in report.entries}
    return Counter(
        (reference, line.minor, line.booked_on)
        for line in store.lines_beside(days, report.kind)
        for reference in references_in(line.end_to_end)
    )


def _payments_named(part: ReportedPayment, booked_on: int, elsewhere: ReportedElsewhere) -> ReportedElsewhere:
    """Payments of ours that a part of a movement names, in the same form.

    One that names several without their amounts names those that were reported elsewhere and add up to it.
    """
    references = references_in(part.end_to_end)
    singly = [each for each in elsewhere if each[0] in references and each[2] == booked_on]
    if len(references) > 1 and sum(minor for _, minor, _ in singly) == part.minor:
        return Counter(singly)
    return Counter((reference, part.minor, booked_on) for reference in references[:1])


def _unreported(lines: Sequence[BankLine], entry: BankEntry, elsewhere: ReportedElsewhere) -> list[BankLine]:
    """Those lines of a movement that files of another kind have not reported; what they have is taken off."""
    unreported = []
    for line, part in zip(lines, entry.parts, strict=True):
        named = _payments_named(part, entry.booked_on, elsewhere)
        if named and named <= elsewhere:
            elsewhere -= named
        else:
            unreported.append(line)
    return unreported


def _is_unmatched_sum(before: Sequence[tuple[BankLine, BankMatch | None]], entry: BankEntry) -> bool:
    """Whether all that was imported of a movement is its sum, which nobody has said anything of."""
    return [(line.minor - line.fee_minor, match) for line, match in before] == [(entry.total, None)]


def _add_verdicts(store: BankStore, rejected: Sequence[RejectedPayment], now: int) -> tuple[int, int]:
    """Say of each payment that the bank refused that it has failed; how many were, and how many nobody knows."""
    batches = batches_named(store, {rejection.batch for rejection in rejected})
    verdicts: dict[str, BankVerdict] = {}
    unknown = 0
    for rejection in rejected:
        known = _rejected_payments(store, rejection, batches)
        unknown += not known
        why = bank_reason(rejection.code, rejection.why)
        for refused in known.values():
            if _verdict_holds(refused, rejection):
                verdicts[refused.item.key] = BankVerdict(refused.item.key, now, rejection.code or "rejected", why)
    store.add_verdicts(list(verdicts.values()))
    return len(verdicts), unknown


def _add_payees(store: BankStore, payees: Sequence[CheckedPayee], now: int) -> None:
    """Keep what banks said of the names that payments of ours go to."""
    named = [(references_in(payee.reference), payee) for payee in payees]
    known = store.known_by_reference(reference for references, _ in named for reference in references)
    store.add_payees(
        BankPayee(known[reference].item.key, payee.code, now, payee.text)
        for references, payee in named
        for reference in references
        if reference in known
    )


def _verdict_holds(refused: BankPayment, rejection: RejectedPayment) -> bool:
    """Whether a payment can have been refused: what was paid before can only come back, and the statement tells that. A
    file of returns announces it.
    """
    announced = rejection.returned and refused.standing is BankStanding.PAID and refused.verdict is None
    return refused.standing is BankStanding.SENT or announced


def _rejected_payments(
    store: BankStore, rejection: RejectedPayment, batches: Mapping[str, Sequence[str]]
) -> dict[str, BankPayment]:
    """The payments that a rejection is about, by reference."""
    if rejection.batch:
        return store.known_by_reference(batches.get(rejection.batch, ()))
    references = references_in(rejection.reference)
    if references or not rejection.returned or len(rejection.reference) != ID_CHARS:
        return store.known_by_reference(references)
    return store.known_by_beginning(rejection.reference)
