"""Payments that ask for what their participant is in default of"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

ASKED_FOR_IT = """
UPDATE payments SET for_default = (1 = 1)
WHERE route <> 'pay' AND purpose = 21 AND (state <> 'paid' OR moved_minor + written_off_minor < minor)
AND EXISTS (
    SELECT 1 FROM payment_defaults AS d
    WHERE d.alliance_id = payments.alliance_id AND d.participant = payments.participant
    AND d.open_minor > 0 AND d.at >= payments.planned_at
)
"""


def upgrade() -> None:
    op.add_column("payments", sa.Column("for_default", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(ASKED_FOR_IT)


def downgrade() -> None:
    op.drop_column("payments", "for_default")
