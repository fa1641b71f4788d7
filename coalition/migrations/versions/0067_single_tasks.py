"""Of a single kind of long work, one that has not ended"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

# Of two that are open already, the older one keeps others out.
BEGIN = """
UPDATE tasks SET sole = kind WHERE kind = 'payments.run' AND id = (
    SELECT other.id FROM tasks AS other
    WHERE other.alliance_id = tasks.alliance_id AND other.kind = tasks.kind AND other.state IN ('waiting', 'running')
    ORDER BY other.requested_at, other.id LIMIT 1)
"""


def upgrade() -> None:
    with op.batch_alter_table("tasks") as batch:
        batch.add_column(sa.Column("sole", sa.Text(), nullable=True))
        batch.create_unique_constraint("uq_tasks_sole", ["alliance_id", "sole"])
        batch.create_check_constraint(op.f("ck_tasks_sole"), "sole IS NULL OR state IN ('waiting', 'running')")
    op.execute(BEGIN)


def downgrade() -> None:
    with op.batch_alter_table("tasks") as batch:
        batch.drop_constraint(op.f("ck_tasks_sole"), type_="check")
        batch.drop_constraint("uq_tasks_sole", type_="unique")
        batch.drop_column("sole")
