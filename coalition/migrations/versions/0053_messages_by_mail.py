"""Members' messages go by e-mail or SMS where no browser takes them"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("members") as batch:
        batch.add_column(sa.Column("notices_by", sa.Text(), nullable=True))
        batch.create_check_constraint(op.f("ck_members_notices_by"), "notices_by IN ('email', 'sms', 'none')")
    op.add_column("member_settings", sa.Column("sms_notices", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Where nobody had a browser nobody read on, and what happened until now is no news.
    op.execute("DELETE FROM push_feeds")
    op.execute("INSERT INTO push_feeds (alliance_id, next_seq) SELECT alliance_id, next_seq FROM event_feeds")


def downgrade() -> None:
    with op.batch_alter_table("member_settings") as batch:
        batch.drop_column("sms_notices")
    with op.batch_alter_table("members") as batch:
        batch.drop_constraint(op.f("ck_members_notices_by"), type_="check")
        batch.drop_column("notices_by")
