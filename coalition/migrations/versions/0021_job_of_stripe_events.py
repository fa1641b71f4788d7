"""The job that handles Stripe's events is called by what it handles"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE jobs SET name = 'stripe.events' WHERE name = 'stripe.news'")


def downgrade() -> None:
    op.execute("UPDATE jobs SET name = 'stripe.news' WHERE name = 'stripe.events'")
