"""What needs somebody now, each with the page where its next step is."""

from dataclasses import dataclass
from enum import StrEnum

from coalition.access.caller import HELPERS, TREASURERS
from coalition.approvals.approval import ApprovalStatus
from coalition.approvals.store import list_approvals
from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.store import list_disputes
from coalition.findings.finding import FindingStatus
from coalition.findings.store import list_findings
from coalition.ids import window_id
from coalition.operation.doctor import examine_audit
from coalition.operation.doctor_text import finding_text
from coalition.operation.finding import Level
from coalition.pages.console.staff_visit import StaffVisit
from coalition.pages.console.start import first_steps
from coalition.payments.rails import rails_at
from coalition.payments.rails.bank import bank_settings_of
from settlement.clearing import ExposureLevel, exposures, windows_due
from settlement.ledger import Session
from settlement.payments import PaymentState, count_payments, count_unmatched, defaults_of, unpaid_minor
from settlement.rails.bank import count_waiting

MOST = 100
"""As many of a kind are counted."""
NEAR = (ExposureLevel.ALERT, ExposureLevel.RESERVE, ExposureLevel.STOPPED)


class NeedKind(StrEnum):
    """What it is about."""

    STOPPED = "stopped"
    NEAR_LIMIT = "near_limit"
    START = "start"
    WINDOW_DUE = "window_due"
    APPROVALS = "approvals"
    LINES = "lines"
    BANK_LINES = "bank_lines"
    FAILED = "failed"
    UNPAID = "unpaid"
    DEFAULTS = "defaults"
    DISPUTES = "disputes"
    FINDINGS = "findings"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs somebody: how many of a kind, where its next step is, and what is said of it besides, or how
    much it is.
    """

    kind: NeedKind
    count: int
    href: str
    text: str = ""
    minor: int = 0


def needs_of(staff: StaffVisit, session: Session) -> list[Need]:
    """What needs the visitor, the worst first."""
    return [
        *_steps(staff, session),
        *_audit(staff),
        *_payments(staff, session),
        *_limits(staff, session),
        *_due(staff, session),
        *_asked(staff),
        *_disputes(staff),
        *_findings(staff),
    ]


def _steps(staff: StaffVisit, session: Session) -> list[Need]:
    """The first steps, until all are done, to those who can go them."""
    if staff.caller.role not in HELPERS:
        return []
    steps = first_steps(staff, session)
    left = len(steps.ticks) - steps.done
    return [Need(NeedKind.START, left, "/console/start")] if left else []


def _audit(staff: StaffVisit) -> list[Need]:
    """The last audit, where it did not pass."""
    if staff.shop is not None:
        return []
    finding = examine_audit(staff.alliance.book, staff.alliance.machine_clock)
    if finding.level is not Level.FAIL:
        return []
    text = finding_text(finding, staff.visit.timezone, staff.visit.lang)
    return [Need(NeedKind.AUDIT, 1, "/console/backing", text)]


def _payments(staff: StaffVisit, session: Session) -> list[Need]:
    """Who has not paid, defaults, failed payments and movements that wait, where they concern the visitor."""
    failed = "/console/payments?state=failed"
    book = staff.alliance.book
    count = count_payments(book, session, PaymentState.FAILED, staff.shop)
    needs = [Need(NeedKind.FAILED, count, failed)] if count else []
    unpaid = {name: minor for name, minor in unpaid_minor(book, session).items() if staff.may_see(name)}
    if unpaid:
        needs.insert(0, Need(NeedKind.UNPAID, len(unpaid), "/console/payments", minor=sum(unpaid.values())))
    if staff.shop is not None:
        return needs
    lines = count_unmatched(book, session, rails_at(staff.alliance))
    defaults = defaults_of(book, session, only_open=True)
    needs += [Need(NeedKind.LINES, lines, "/console/payments/lines")] if lines else []
    settings = bank_settings_of(staff.alliance)
    at_bank = 0 if settings is None else count_waiting(book, settings)
    needs += [Need(NeedKind.BANK_LINES, at_bank, "/console/payments/bank/lines")] if at_bank else []
    return [Need(NeedKind.DEFAULTS, len(defaults), "/console/payments"), *needs] if defaults else needs


def _asked(staff: StaffVisit) -> list[Need]:
    """Requests of others that wait for a second person."""
    with staff.alliance.database.engine.connect() as connection:
        now = staff.alliance.machine_clock()
        rows = list_approvals(connection, staff.alliance.id, ApprovalStatus.PENDING, None, MOST, now, staff.shop)
    count = sum(row.requested_by != staff.caller.id for row in rows)
    return [Need(NeedKind.APPROVALS, count, "/console/approvals")] if count else []


def _disputes(staff: StaffVisit) -> list[Need]:
    """Disputes that wait for the alliance's answer, to those who answer them."""
    if staff.caller.role not in TREASURERS:
        return []
    with staff.alliance.database.engine.connect() as connection:
        rows = list_disputes(connection, staff.alliance.id, None, None, MOST, DisputeStatus.OPEN)
    return [Need(NeedKind.DISPUTES, len(rows), "/console/disputes")] if rows else []


def _findings(staff: StaffVisit) -> list[Need]:
    """What looks like fraud and waits for somebody's decision: to a manager what is about the own shop."""
    with staff.alliance.database.engine.connect() as connection:
        rows = list_findings(connection, staff.alliance.id, staff.shop, None, MOST, FindingStatus.OPEN)
    return [Need(NeedKind.FINDINGS, len(rows), "/console/findings")] if rows else []


def _limits(staff: StaffVisit, session: Session) -> list[Need]:
    near = [row for row in exposures(staff.alliance.book, session) if row.level in NEAR and staff.may_see(row.shop)]
    stopped = [row for row in near if row.level is ExposureLevel.STOPPED]
    needs = [Need(NeedKind.STOPPED, len(stopped), "/console/backing?level=stopped")] if stopped else []
    others = len(near) - len(stopped)
    return [*needs, Need(NeedKind.NEAR_LIMIT, others, "/console/backing?level=near")] if others else needs


def _due(staff: StaffVisit, session: Session) -> list[Need]:
    if staff.caller.role not in TREASURERS:
        return []
    due = windows_due(staff.alliance.book, session, staff.alliance.clock())
    return [Need(NeedKind.WINDOW_DUE, len(due), f"/console/windows/{window_id(due[0])}")] if due else []
