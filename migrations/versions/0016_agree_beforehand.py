# SPDX-License-Identifier: EUPL-1.2
"""Let people agree beforehand, and be reminded of it.

Two tables are added, each with its wall on PostgreSQL; a call may be about an appointment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLES = ("appointment", "appointment_reminder")
REASONS = ("joined", "filled_in")
ADDED = ("appointment_tomorrow", "appointment_news")
STATES = ("planned", "moved", "kept", "not_kept", "called_off")
PLANNED = sa.text("state = 'planned'")


def _member(table, column):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        ["member.timebank_id", "member.id"],
        name=op.f(f"fk_{table}_timebank_id_{column}_member"),
    )


def _known(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _at(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _restrict_calls(words):
    """Name anew what a call may be about; on SQLite the table is rebuilt."""
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f("ck_call_task_reason_known")
    with op.batch_alter_table("call_task") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"reason IN ({listed})")


def upgrade():
    _restrict_calls((*REASONS, *ADDED))
    _appointments()
    _reminders()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    # A call about an appointment says nothing any more when the appointments are gone.
    op.execute("DELETE FROM call_task WHERE reason IN ('appointment_tomorrow', 'appointment_news')")
    _restrict_calls(REASONS)


def _appointments():
    table = "appointment"
    op.create_table(
        table,
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("helped_id", sa.Uuid(), nullable=False),
        sa.Column("helper_neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("helped_neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("happens_on", sa.Date(), nullable=False),
        sa.Column("part", _known("part_known", "morning", "afternoon", "evening"), nullable=True),
        sa.Column("at_time", sa.Time(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("tasks", sa.String(length=300), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("state", _known("state_known", *STATES), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        _at("made_at", nullable=False),
        sa.Column("acting_for_id", sa.Uuid(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        _at("answered_at"),
        sa.Column("moved_from_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("helper_id <> helped_id", name=op.f(f"ck_{table}_two_people")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f(f"ck_{table}_within_a_day")),
        sa.CheckConstraint(
            "(state = 'planned') = (answered_at IS NULL)",
            name=op.f(f"ck_{table}_answered_at_the_end"),
        ),
        _member(table, "helper_id"),
        _member(table, "helped_id"),
        _member(table, "made_by"),
        sa.ForeignKeyConstraint(
            ["timebank_id", "category_code"],
            ["help_category.timebank_id", "help_category.code"],
            name=op.f(f"fk_{table}_timebank_id_category_code_help_category"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "timebank_id", "moved_from_id", name=op.f(f"uq_{table}_timebank_id_moved_from_id")
        ),
    )
    for columns in (["helper_id", "happens_on"], ["helped_id", "happens_on"], ["happens_on"]):
        name = op.f(f"ix_{table}_timebank_id_{'_'.join(columns)}")
        op.create_index(name, table, ["timebank_id", *columns])
    op.create_index(
        "ix_appointment_planned",
        table,
        ["timebank_id", "happens_on", "id"],
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )


def _reminders():
    table = "appointment_reminder"
    op.create_table(
        table,
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        _at("reminded_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id", "appointment_id"],
            ["appointment.timebank_id", "appointment.id"],
            name=op.f(f"fk_{table}_timebank_id_appointment_id_appointment"),
        ),
        _member(table, "member_id"),
        sa.PrimaryKeyConstraint(
            "timebank_id", "appointment_id", "member_id", name=op.f(f"pk_{table}")
        ),
    )
