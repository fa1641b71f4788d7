"""Debts of members are counted under the terms of the sale that was refunded"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

DEBT = OWE = 6
"""The kind of account that a debt is, and the kind of move that makes one."""


def upgrade() -> None:
    # One account had them all. Those of a member at a shop are of the last terms that any of them was made under.
    terms = "SELECT alliance_id, debit, MAX(terms_id) AS terms_id FROM moves"
    made = f"{terms} WHERE kind = {OWE} GROUP BY alliance_id, debit"
    op.execute(
        f"UPDATE accounts SET terms_id = made.terms_id FROM ({made}) AS made "
        f"WHERE accounts.alliance_id = made.alliance_id AND accounts.id = made.debit AND accounts.kind = {DEBT}"
    )


def downgrade() -> None:
    """Debts that have terms are paid as if they had none."""
