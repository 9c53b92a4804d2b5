# SPDX-License-Identifier: EUPL-1.2
"""Find the questions that nobody answered yet without reading those that were.

The start page of everybody asks whether a question waits; questions stay for a year.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UNANSWERED = sa.text("answered_at IS NULL")


def upgrade():
    op.create_index(
        "ix_exchange_question_unanswered",
        "exchange_question",
        ["timebank_id", "asked_at", "exchange_id"],
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    )


def downgrade():
    op.drop_index("ix_exchange_question_unanswered", table_name="exchange_question")
