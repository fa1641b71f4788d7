"""Requests that whoever made them withdrew"""

from alembic import op

revision = "0084"
down_revision = "0080"
branch_labels = None
depends_on = None

STATUS = op.f("ck_approvals_status")
TWO_PEOPLE = op.f("ck_approvals_two_people")


def upgrade() -> None:
    _set_checks(
        "status IN ('pending', 'approved', 'rejected', 'withdrawn', 'done', 'refused')",
        "(status = 'withdrawn') = (decided_by = requested_by)",
    )


def downgrade() -> None:
    # An older program knows of no withdrawal, and of nobody who decides on an own request.
    op.execute("UPDATE approvals SET status = 'rejected', decided_by = 'command' WHERE status = 'withdrawn'")
    _set_checks("status IN ('pending', 'approved', 'rejected', 'done', 'refused')", "decided_by <> requested_by")


def _set_checks(status: str, two_people: str) -> None:
    with op.batch_alter_table("approvals") as batch:
        batch.drop_constraint(STATUS, type_="check")
        batch.drop_constraint(TWO_PEOPLE, type_="check")
        batch.create_check_constraint(STATUS, status)
        batch.create_check_constraint(TWO_PEOPLE, two_people)
