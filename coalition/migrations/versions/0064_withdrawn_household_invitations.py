"""Household invitations that were withdrawn, and the contact to which an open one was sent"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

STATE = op.f("ck_household_invitations_state")
CONTACT = op.f("ck_household_invitations_contact")


def upgrade() -> None:
    with op.batch_alter_table("household_invitations") as batch:
        batch.add_column(sa.Column("contact", sa.Text(), nullable=True))
        batch.drop_constraint(STATE, type_="check")
        batch.create_check_constraint(STATE, "state IN ('open', 'accepted', 'declined', 'withdrawn')")
        batch.create_check_constraint(CONTACT, "contact IS NULL OR state = 'open'")


def downgrade() -> None:
    op.execute("UPDATE household_invitations SET state = 'declined' WHERE state = 'withdrawn'")
    with op.batch_alter_table("household_invitations") as batch:
        batch.drop_constraint(CONTACT, type_="check")
        batch.drop_constraint(STATE, type_="check")
        batch.create_check_constraint(STATE, "state IN ('open', 'accepted', 'declined')")
        batch.drop_column("contact")
