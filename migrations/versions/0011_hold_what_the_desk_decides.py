# SPDX-License-Identifier: EUPL-1.2
"""Let the desk hold decisions, ask and give back, and let each neighbourhood have its own rules.

Six tables are added; an exchange may be held or returned, and its history may say so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "neighbourhood_rule",
    "held_decision",
    "exchange_confirmation",
    "first_approval",
    "automatic_approval",
    "exchange_question",
)
RULES = (
    "auto_approve_minutes",
    "sample_percentage",
    "four_eyes_minutes",
    "alert_pair_week_minutes",
    "alert_trade_week_minutes",
    "alert_person_day_minutes",
    "step_minutes",
    "days_back",
    "remind_after_days",
    "most_received_minutes",
    "most_given_minutes",
)
STATES = ("submitted", "approved", "rejected", "withdrawn")
ACTIONS = ("exchange:log", "exchange:approve", "exchange:reject", "exchange:withdraw")
REASONS = ("already_logged", "wrong_person", "wrong_day_or_time", "professional", "other")
ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"


def upgrade():
    _restrict("exchange", "state", (*STATES, "held", "returned"))
    _restrict("exchange_event", "action", (*ACTIONS, "exchange:return"))
    _create_rules()
    _create_what_stands_beside_an_exchange()
    _create_questions()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    _refuse_what_would_be_lost()
    for table in reversed(TABLES):
        op.drop_table(table)
    _restrict("exchange_event", "action", ACTIONS)
    _restrict("exchange", "state", STATES)


def _refuse_what_would_be_lost():
    """What was given back has no name in the schema before: somebody must decide first."""
    kept = op.get_bind().scalar(
        sa.text("SELECT count(*) FROM exchange WHERE state IN ('held', 'returned')")
    )
    if kept:
        raise RuntimeError(f"{kept} exchanges are held or were given back; undo that first")


def _restrict(table, column, words):
    """Name the words that a column may hold anew; on SQLite the table is rebuilt."""
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f(f"ck_{table}_{column}_known")
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"{column} IN ({listed})")


def _create_rules():
    op.create_table(
        "neighbourhood_rule",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        *(sa.Column(rule, sa.Integer(), nullable=False) for rule in RULES),
        sa.Column("limits_block", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
            name=op.f("fk_neighbourhood_rule_timebank_id_neighbourhood_code_neighbourhood"),
        ),
        sa.PrimaryKeyConstraint(
            "timebank_id", "neighbourhood_code", name=op.f("pk_neighbourhood_rule")
        ),
    )


def _create_what_stands_beside_an_exchange():
    op.create_table(
        "held_decision",
        *_exchange_columns(),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _words("kind_known", "approve", "reject", "return"), nullable=False),
        sa.Column("reason", _words("reason_known", *REASONS), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _exchange_key("held_decision"),
        _member_key("held_decision", "decided_by"),
        sa.PrimaryKeyConstraint("timebank_id", "exchange_id", name=op.f("pk_held_decision")),
    )
    op.create_index(
        op.f("ix_held_decision_timebank_id_due_at"), "held_decision", ["timebank_id", "due_at"]
    )
    op.create_table(
        "exchange_confirmation",
        *_exchange_columns(),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        _exchange_key("exchange_confirmation"),
        _member_key("exchange_confirmation", "member_id"),
        sa.PrimaryKeyConstraint(
            "timebank_id", "exchange_id", "member_id", name=op.f("pk_exchange_confirmation")
        ),
    )
    op.create_table(
        "first_approval",
        *_exchange_columns(),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        _exchange_key("first_approval"),
        _member_key("first_approval", "approved_by"),
        sa.PrimaryKeyConstraint("timebank_id", "exchange_id", name=op.f("pk_first_approval")),
    )
    op.create_table(
        "automatic_approval",
        *_exchange_columns(),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        _exchange_key("automatic_approval"),
        _member_key("automatic_approval", "checked_by"),
        sa.PrimaryKeyConstraint("timebank_id", "exchange_id", name=op.f("pk_automatic_approval")),
    )


def _create_questions():
    op.create_table(
        "exchange_question",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        _exchange_key("exchange_question"),
        _member_key("exchange_question", "asked_by"),
        _member_key("exchange_question", "answered_by"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_exchange_question")),
    )
    op.create_index(
        op.f("ix_exchange_question_timebank_id_exchange_id"),
        "exchange_question",
        ["timebank_id", "exchange_id"],
    )


def _exchange_columns():
    return (
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
    )


def _exchange_key(table):
    return sa.ForeignKeyConstraint(
        ["timebank_id", "exchange_id"],
        ["exchange.timebank_id", "exchange.id"],
        name=op.f(f"fk_{table}_timebank_id_exchange_id_exchange"),
    )


def _member_key(table, column):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        ["member.timebank_id", "member.id"],
        name=op.f(f"fk_{table}_timebank_id_{column}_member"),
    )


def _words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
