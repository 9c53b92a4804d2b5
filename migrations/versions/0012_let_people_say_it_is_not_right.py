# SPDX-License-Identifier: EUPL-1.2
"""Let people say that it is not right, let groups do something together, and let people thank.

An exchange gets two states and its history five lines more; six tables are added.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEW_WORDS = (
    ("exchange", "state", ("disputed", "reversed")),
    (
        "exchange_event",
        "action",
        (
            "exchange:dispute",
            "exchange:let_stand",
            "exchange:correct",
            "exchange:take_back",
            "exchange:change_kind",
        ),
    ),
)
TABLES = (
    "activity_part",
    "group_activity",
    "thank_you",
    "exchange_kind_change",
    "exchange_correction",
    "exchange_dispute",
)
ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"


def upgrade():
    for table, column, words in NEW_WORDS:
        known = _known(table, column)
        _allow(table, column, [*known, *(word for word in words if word not in known)])
    _make_disputes()
    _make_activities()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    """Go back where nobody used what this brought: no part of a history is thrown away."""
    for table, column, words in NEW_WORDS:
        if _count(table, sa.column(column).in_(words)):
            raise RuntimeError(f"{table}.{column} holds what the schema before does not know")
    if _count("group_activity"):
        raise RuntimeError("activities were booked, which the schema before does not know")
    for table in TABLES:
        op.drop_table(table)
    for table, column, words in NEW_WORDS:
        _allow(table, column, [word for word in _known(table, column) if word not in words])


def _count(table, condition=None):
    question = sa.select(sa.func.count()).select_from(sa.table(table))
    return op.get_bind().scalar(question if condition is None else question.where(condition))


def _known(table, column):
    """Return the words that a column may hold: what stands in quotes in its check."""
    return _check_of(table, column).split("'")[1::2]


def _check_of(table, column):
    name = f"ck_{table}_{column}_known"
    if op.get_bind().dialect.name == "postgresql":
        definition = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :n")
        return op.get_bind().scalar(definition, {"n": name})
    sql = _sql_of(table)
    start = sql.index(f"CONSTRAINT {name} CHECK")
    return sql[start : sql.index("))", start) + 2]


def _sql_of(table):
    found = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :n")
    return op.get_bind().scalar(found, {"n": table})


def _allow(table, column, words):
    """Say anew which words a column may hold, whatever else was changed about the table.

    SQLite cannot change a check: the table is made anew from its own text, filled, and renamed.
    """
    name = f"ck_{table}_{column}_known"
    check = f"CHECK ({column} IN ({', '.join(repr(word) for word in words)}))"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {check}")
        return
    sql = _sql_of(table).replace(_check_of(table, column), f"CONSTRAINT {name} {check}")
    beside = sa.text(
        "SELECT sql FROM sqlite_master WHERE tbl_name = :n AND type <> 'table' AND sql IS NOT NULL"
    )
    kept = op.get_bind().scalars(beside, {"n": table}).all()
    run = op.get_bind().exec_driver_sql
    run(f"CREATE TABLE _new_{table} {sql[sql.index('(') :]}")
    run(f"INSERT INTO _new_{table} SELECT * FROM {table}")
    run(f"DROP TABLE {table}")
    run(f"ALTER TABLE _new_{table} RENAME TO {table}")
    for statement in kept:
        run(statement)


def _words(name, *words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _to(table, column, target):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        [f"{target}.timebank_id", f"{target}.id"],
        name=op.f(f"fk_{table}_timebank_id_{column}_{target}"),
    )


def _by_code(table, column, target):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        [f"{target}.timebank_id", f"{target}.code"],
        name=op.f(f"fk_{table}_timebank_id_{column}_{target}"),
    )


def _index(table, *columns):
    name = op.f(f"ix_{table}_timebank_id_{'_'.join(columns)}")
    op.create_index(name, table, ["timebank_id", *columns])


def _make_disputes():
    op.create_table(
        "exchange_dispute",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            _words(
                "reason_known",
                "did_not_happen",
                "wrong_time",
                "wrong_day",
                "wrong_person",
                "twice",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            _words("outcome_known", "stands", "corrected", "taken_back"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)",
            name=op.f("ck_exchange_dispute_closed_with_an_outcome"),
        ),
        _to("exchange_dispute", "exchange_id", "exchange"),
        _to("exchange_dispute", "raised_by", "member"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_exchange_dispute")),
    )
    op.create_index(
        "ix_exchange_dispute_open",
        "exchange_dispute",
        ["timebank_id", "exchange_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    _index("exchange_dispute", "exchange_id", "id")
    op.create_table(
        "exchange_correction",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "replaced_by <> exchange_id", name=op.f("ck_exchange_correction_another_exchange")
        ),
        _to("exchange_correction", "exchange_id", "exchange"),
        _to("exchange_correction", "replaced_by", "exchange"),
        sa.PrimaryKeyConstraint("timebank_id", "exchange_id", name=op.f("pk_exchange_correction")),
        sa.UniqueConstraint(
            "timebank_id", "replaced_by", name=op.f("uq_exchange_correction_timebank_id_replaced_by")
        ),
        sa.UniqueConstraint(
            "timebank_id", "undone_by", name=op.f("uq_exchange_correction_timebank_id_undone_by")
        ),
    )
    op.create_table(
        "exchange_kind_change",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("old_code", sa.String(length=40), nullable=False),
        sa.Column("new_code", sa.String(length=40), nullable=False),
        _to("exchange_kind_change", "exchange_id", "exchange"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_exchange_kind_change")),
    )
    _index("exchange_kind_change", "exchange_id", "id")


def _make_activities():
    op.create_table(
        "group_activity",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column(
            "initiated_by", _words("initiator_known", "resident", "professional"), nullable=False
        ),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("booked_by", sa.Uuid(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "guests BETWEEN 0 AND 5000", name=op.f("ck_group_activity_guests_counted")
        ),
        _by_code("group_activity", "category_code", "help_category"),
        _by_code("group_activity", "neighbourhood_code", "neighbourhood"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_group_activity")),
        sa.UniqueConstraint(
            "timebank_id", "form_key", name=op.f("uq_group_activity_timebank_id_form_key")
        ),
    )
    _index("group_activity", "neighbourhood_code", "held_on")
    op.create_table(
        "activity_part",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("helped_id", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("helper_id <> helped_id", name=op.f("ck_activity_part_two_people")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_activity_part_some_minutes")),
        _to("activity_part", "activity_id", "group_activity"),
        _to("activity_part", "helper_id", "member"),
        _to("activity_part", "helped_id", "member"),
        sa.PrimaryKeyConstraint("timebank_id", "transfer_id", name=op.f("pk_activity_part")),
    )
    _index("activity_part", "activity_id", "position")
    _index("activity_part", "helper_id")
    _index("activity_part", "helped_id")
    op.create_table(
        "thank_you",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_shown", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(read_at IS NULL) = (is_shown IS NULL)",
            name=op.f("ck_thank_you_read_with_a_decision"),
        ),
        _to("thank_you", "exchange_id", "exchange"),
        _to("thank_you", "written_by", "member"),
        sa.PrimaryKeyConstraint("timebank_id", "exchange_id", name=op.f("pk_thank_you")),
    )
    op.create_index(
        "ix_thank_you_unread",
        "thank_you",
        ["timebank_id", "written_at"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
