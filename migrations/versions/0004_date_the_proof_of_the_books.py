# SPDX-License-Identifier: EUPL-1.2
"""Date the proof of the books.

The nightly proof writes down what it found, so that a coordinator sees on the desk when the books
were last checked, and whether they were sound.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "books_proof",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_books_proof_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "day", name=op.f("pk_books_proof")),
    )


def downgrade():
    op.drop_table("books_proof")
