# SPDX-License-Identifier: EUPL-1.2
"""Let a call be about what was decided, about a question, and about what is looked at again."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KNOWN = ("joined", "filled_in", "appointment_tomorrow", "appointment_news")
ADDED = (
    "question",
    "rejected",
    "returned",
    "corrected",
    "taken_back",
    "stands",
    "looked_at_again",
    "approved",
)


def _restrict(words):
    """Name anew what a call may be about; on SQLite the table is rebuilt."""
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f("ck_call_task_reason_known")
    with op.batch_alter_table("call_task") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"reason IN ({listed})")


def upgrade():
    _restrict((*KNOWN, *ADDED))


def downgrade():
    # A call that the schema before has no word for cannot stay; what it was about stays.
    listed = ", ".join(f"'{word}'" for word in ADDED)
    op.execute(f"DELETE FROM call_task WHERE reason IN ({listed})")
    _restrict(KNOWN)
