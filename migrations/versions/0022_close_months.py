# SPDX-License-Identifier: EUPL-1.2
"""Add the journal up by day, and close months.

Nine tables come, each with its wall on PostgreSQL: how far roll-ups reach, days, running sums,
pairs, what their proof found, service areas, the day of closing, closed months and their lines.
Needs that were filled in a quarter are found by a key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLES = (
    "figure_reach",
    "figure_day",
    "figure_balance",
    "figure_pair",
    "figure_proof",
    "service_area_part",
    "month_rule",
    "closed_month",
    "closed_line",
)


def upgrade():
    _sums()
    _pairs()
    _areas()
    _months()
    op.create_index(op.f("ix_need_timebank_id_closed_at"), "need", ["timebank_id", "closed_at"])
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    op.drop_index(op.f("ix_need_timebank_id_closed_at"), "need")
    for table in reversed(TABLES):
        op.drop_table(table)


def _here():
    return sa.Column("timebank_id", sa.Integer(), nullable=False)


def _text(name, length):
    return sa.Column(name, sa.String(length=length), nullable=False)


def _number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def _big(name):
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _day(name):
    return sa.Column(name, sa.Date(), nullable=False)


def _at(name):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _bank(table):
    return sa.ForeignKeyConstraint(
        ["timebank_id"], ["timebank.id"], name=op.f(f"fk_{table}_timebank_id_timebank")
    )


def _key(table, *columns):
    return sa.PrimaryKeyConstraint("timebank_id", *columns, name=op.f(f"pk_{table}"))


def _way_and_sums():
    return (
        _text("giver_code", 12),
        _text("receiver_code", 12),
        _text("category_code", 40),
        _number("exchanges"),
        _big("minutes"),
        _number("reversed_exchanges"),
        _big("reversed_minutes"),
        _number("assisted_exchanges"),
    )


def _sums():
    table = "figure_reach"
    op.create_table(table, _here(), _day("through"), _at("made_at"), _bank(table), _key(table))
    table = "figure_day"
    op.create_table(
        table,
        _here(),
        _day("day"),
        *_way_and_sums(),
        _bank(table),
        _key(table, "day", "giver_code", "receiver_code", "category_code"),
    )
    table = "figure_balance"
    op.create_table(
        table,
        _here(),
        _text("code", 12),
        _day("day"),
        _big("given_minutes"),
        _big("received_minutes"),
        _bank(table),
        _key(table, "code", "day"),
    )
    table = "figure_proof"
    op.create_table(
        table,
        _here(),
        _day("day"),
        _at("checked_at"),
        _number("differences"),
        _bank(table),
        _key(table, "day"),
    )


def _pairs():
    table = "figure_pair"
    op.create_table(
        table,
        _here(),
        _day("quarter_on"),
        _big("giver_account_id"),
        _big("receiver_account_id"),
        _text("giver_code", 12),
        _text("receiver_code", 12),
        _big("minutes"),
        _day("first_day"),
        _bank(table),
        _key(
            table,
            "giver_account_id",
            "receiver_account_id",
            "quarter_on",
            "giver_code",
            "receiver_code",
        ),
    )
    op.create_index(
        op.f(f"ix_{table}_timebank_id_quarter_on"), table, ["timebank_id", "quarter_on"]
    )
    op.create_index(
        op.f(f"ix_{table}_timebank_id_receiver_account_id_quarter_on"),
        table,
        ["timebank_id", "receiver_account_id", "quarter_on"],
    )


def _areas():
    table = "service_area_part"
    op.create_table(
        table,
        _here(),
        _text("code", 12),
        _text("area_name", 60),
        sa.ForeignKeyConstraint(
            ["timebank_id", "code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
            name=op.f(f"fk_{table}_timebank_id_code_neighbourhood"),
        ),
        _key(table, "code"),
    )


def _months():
    table = "month_rule"
    op.create_table(
        table,
        _here(),
        _number("closing_day"),
        sa.CheckConstraint(
            "closing_day BETWEEN 4 AND 28", name=op.f(f"ck_{table}_a_day_of_every_month")
        ),
        _bank(table),
        _key(table),
    )
    table = "closed_month"
    op.create_table(
        table,
        _here(),
        _day("month_on"),
        _at("closed_at"),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("previous_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        _bank(table),
        _key(table, "month_on"),
    )
    table = "closed_line"
    op.create_table(
        table,
        _here(),
        _day("month_on"),
        *_way_and_sums(),
        sa.ForeignKeyConstraint(
            ["timebank_id", "month_on"],
            ["closed_month.timebank_id", "closed_month.month_on"],
            name=op.f(f"fk_{table}_timebank_id_month_on_closed_month"),
        ),
        _key(table, "month_on", "giver_code", "receiver_code", "category_code"),
    )
