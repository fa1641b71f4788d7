"""At which till, and by which cashier, a member was enrolled"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

COLUMNS = ("enrolled_till", "enrolled_cashier")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("members", sa.Column(column, sa.Text(), nullable=True))


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column("members", column)
