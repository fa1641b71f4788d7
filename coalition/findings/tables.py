"""Tables of findings. Times are microseconds since 1970 UTC."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text

from coalition.findings.finding import FindingStatus
from settlement.ledger import metadata

findings = Table(
    "findings",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("pattern", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("shop", Text),
    Column("member", Text),
    Column("till", Text),
    Column("cashier", Text),
    # JSON: numbers by name, and public ids of sales and refunds.
    Column("figures", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("by_contact", Boolean, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    # Up to which number of the feed its pattern has counted what its subject did.
    Column("until_seq", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", Text),
    Column("reason", Text),
    # Whether points are still to be held, or to be released; and until when they are held at the latest.
    Column("hold_due", Boolean, nullable=False),
    Column("hold_until", BigInteger),
    Column("hold", BigInteger),
    Column("points_held", BigInteger),
    Column("hold_refused", Text),
    Index("ix_findings_opened_at", "alliance_id", "opened_at"),
    Index("ix_findings_shop", "alliance_id", "shop", "opened_at"),
    Index("ix_findings_subject", "alliance_id", "pattern", "subject", "until_seq"),
    CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in FindingStatus)})", "status"),
    CheckConstraint("(status = 'open') = (decided_at IS NULL)", "decided"),
    CheckConstraint("(hold IS NULL) = (points_held IS NULL)", "held"),
    CheckConstraint("hold IS NULL OR hold_until IS NOT NULL", "hold_until"),
    CheckConstraint("points_held > 0", "points_held"),
    CheckConstraint("points >= 0", "points"),
)
_is_open, _is_due = findings.c.status == FindingStatus.OPEN.value, findings.c.hold_due.is_(True)
# What is open is not found a second time, whichever process looks.
Index(
    "uq_findings_open",
    findings.c.alliance_id,
    findings.c.pattern,
    findings.c.subject,
    unique=True,
    postgresql_where=_is_open,
    sqlite_where=_is_open,
)
Index("ix_findings_hold_due", findings.c.alliance_id, postgresql_where=_is_due, sqlite_where=_is_due)

# Up to which number of the feed an alliance's sales were looked at.
finding_cursors = Table(
    "finding_cursors",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
)

# How an alliance looks, where it has decided on that.
finding_settings = Table(
    "finding_settings",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("hold_days", Integer, nullable=False),
    # JSON: by pattern whether it is looked for, whether it holds points, and thresholds that differ from the first.
    Column("patterns", Text, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("hold_days BETWEEN 1 AND 92", "hold_days"),
)
