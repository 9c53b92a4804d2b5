# SPDX-License-Identifier: EUPL-1.2
"""Take paper in: numbered slips, short numbers of members, and which letters were printed.

Nothing that stood before changes: five tables are added, each walled in where the database can.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLES = ("slip_range", "paper_slip", "member_number", "letter_print", "member_letter")


def upgrade():
    _slips()
    _numbers()
    _letters()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)


def _timebank():
    return sa.Column("timebank_id", sa.Integer(), nullable=False)


def _to(table, column, other, other_column="id"):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        [f"{other}.timebank_id", f"{other}.{other_column}"],
        name=op.f(f"fk_{table}_timebank_id_{column}_{other}"),
    )


def _key(table, *columns):
    return sa.PrimaryKeyConstraint("timebank_id", *columns, name=op.f(f"pk_{table}"))


def _once(table, column):
    return sa.UniqueConstraint("timebank_id", column, name=op.f(f"uq_{table}_timebank_id_{column}"))


def _slips():
    op.create_table(
        "slip_range",
        _timebank(),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "last_number >= first_number", name=op.f("ck_slip_range_ends_after_start")
        ),
        _to("slip_range", "neighbourhood_code", "neighbourhood", "code"),
        _key("slip_range", "first_number"),
        _once("slip_range", "form_key"),
    )
    op.create_table(
        "paper_slip",
        _timebank(),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        _to("paper_slip", "exchange_id", "exchange"),
        _key("paper_slip", "exchange_id"),
        _once("paper_slip", "number"),
    )


def _numbers():
    op.create_table(
        "member_number",
        _timebank(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        _to("member_number", "member_id", "member"),
        _key("member_number", "number"),
        _once("member_number", "member_id"),
    )


def _letters():
    op.create_table(
        "letter_print",
        _timebank(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        _to("letter_print", "neighbourhood_code", "neighbourhood", "code"),
        _key("letter_print", "id"),
    )
    op.create_index(
        op.f("ix_letter_print_timebank_id_neighbourhood_code_printed_at"),
        "letter_print",
        ["timebank_id", "neighbourhood_code", "printed_at"],
    )
    op.create_table(
        "member_letter",
        _timebank(),
        sa.Column("print_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        _to("member_letter", "print_id", "letter_print"),
        _to("member_letter", "member_id", "member"),
        _key("member_letter", "print_id", "member_id"),
    )
    op.create_index(
        op.f("ix_member_letter_timebank_id_member_id_until"),
        "member_letter",
        ["timebank_id", "member_id", "until"],
    )
