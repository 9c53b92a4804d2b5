# SPDX-License-Identifier: EUPL-1.2
"""Let people correct, pause and leave, and let coordinators write notes that have an end.

Nothing that stood before changes: five tables are added.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _member(table, column="member_id"):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        ["member.timebank_id", "member.id"],
        name=op.f(f"fk_{table}_timebank_id_{column}_member"),
    )


def upgrade():
    op.create_table(
        "member_pause",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_member_pause_ends_after_start")
        ),
        _member("member_pause"),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", name=op.f("pk_member_pause")),
    )
    op.create_table(
        "email_change",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("new_address", sa.String(length=254), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _member("email_change"),
        sa.PrimaryKeyConstraint("timebank_id", "digest", name=op.f("pk_email_change")),
    )
    op.create_index(
        op.f("ix_email_change_timebank_id_member_id"),
        "email_change",
        ["timebank_id", "member_id"],
    )
    op.create_table(
        "member_note",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "note",
                "concern",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _member("member_note", "about_id"),
        _member("member_note", "author_id"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_member_note")),
    )
    op.create_index(
        op.f("ix_member_note_timebank_id_about_id_id"),
        "member_note",
        ["timebank_id", "about_id", "id"],
    )
    op.create_table(
        "note_reading",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        _member("note_reading", "about_id"),
        _member("note_reading", "reader_id"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_note_reading")),
    )
    op.create_index(
        op.f("ix_note_reading_timebank_id_about_id_id"),
        "note_reading",
        ["timebank_id", "about_id", "id"],
    )
    op.create_table(
        "community_account",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_community_account_timebank_id_timebank")
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "account_id"],
            ["ledger_account.timebank_id", "ledger_account.id"],
            name=op.f("fk_community_account_timebank_id_account_id_ledger_account"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", name=op.f("pk_community_account")),
    )


def downgrade():
    for table in (
        "community_account",
        "note_reading",
        "member_note",
        "email_change",
        "member_pause",
    ):
        op.drop_table(table)
