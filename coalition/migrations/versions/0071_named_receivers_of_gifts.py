"""How their givers named the receivers of gifts"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gifts", sa.Column("named", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("gifts", "named")
