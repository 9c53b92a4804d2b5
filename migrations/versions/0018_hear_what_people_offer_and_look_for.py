# SPDX-License-Identifier: EUPL-1.2
"""Keep what people like to do, what they look for, and when and how they want to help.

Six tables come, each with its wall on PostgreSQL, and two marks on the kinds of help: an easy first
step, and done from home. The kinds that ship get the marks with which a new timebank begins.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLES = (
    "talent",
    "talent_words",
    "need",
    "match_preference",
    "muted_category",
    "avoidance",
)
EASY = (
    "coffee",
    "walk_together",
    "neighbourhood_meal",
    "phone_call",
    "groceries",
    "shop_together",
    "street_care",
)
REMOTE = ("phone_call", "newsletter")


def _member(table, column="member_id"):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        ["member.timebank_id", "member.id"],
        name=op.f(f"fk_{table}_timebank_id_{column}_member"),
    )


def _category(table):
    return sa.ForeignKeyConstraint(
        ["timebank_id", "category_code"],
        ["help_category.timebank_id", "help_category.code"],
        name=op.f(f"fk_{table}_timebank_id_category_code_help_category"),
    )


def _known(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _at(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _here():
    return sa.Column("timebank_id", sa.Integer(), nullable=False)


def _number(name, nullable=False):
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _code(nullable=False):
    return sa.Column("category_code", sa.String(length=40), nullable=nullable)


def upgrade():
    _marks()
    _talents()
    _needs()
    _preferences()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("help_category", "is_remote")
    op.drop_column("help_category", "is_easy")


def _marks():
    for name, codes in (("is_easy", EASY), ("is_remote", REMOTE)):
        column = sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("help_category", column)
        table = sa.table("help_category", sa.column("code"), sa.column(name, sa.Boolean()))
        op.execute(table.update().where(table.c.code.in_(codes)).values({name: True}))


def _talents():
    op.create_table(
        "talent",
        _here(),
        _number("member_id"),
        _code(),
        sa.Column("source", _known("source_known", "listed", "talent_talk"), nullable=False),
        _number("noted_by", nullable=True),
        _at("noted_at", nullable=False),
        _at("confirmed_at"),
        _number("confirmed_by", nullable=True),
        sa.CheckConstraint(
            "source = 'talent_talk' OR confirmed_at IS NOT NULL",
            name=op.f("ck_talent_own_list_is_a_yes"),
        ),
        _member("talent"),
        _category("talent"),
        sa.PrimaryKeyConstraint(
            "timebank_id", "member_id", "category_code", name=op.f("pk_talent")
        ),
    )
    op.create_index(
        op.f("ix_talent_timebank_id_category_code"), "talent", ["timebank_id", "category_code"]
    )
    op.create_table(
        "talent_words",
        _here(),
        _number("member_id"),
        sa.Column("words", sa.String(length=300), nullable=False),
        _member("talent_words"),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", name=op.f("pk_talent_words")),
    )


def _needs():
    states = ("open", "promised", "filled", "withdrawn", "expired")
    op.create_table(
        "need",
        _here(),
        _number("id"),
        _number("member_id"),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("deeper_words", sa.String(length=300), nullable=True),
        _code(nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("state", _known("state_known", *states), nullable=False),
        _number("asked_by", nullable=True),
        _at("asked_at", nullable=False),
        sa.Column("open_until", sa.Date(), nullable=False),
        _at("closed_at"),
        sa.CheckConstraint(
            "slots > 0 AND slots < 2097152", name=op.f("ck_need_half_days_of_a_week")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_need_takes_some_time")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (state IN ('open', 'promised'))",
            name=op.f("ck_need_closed_at_its_end"),
        ),
        _member("need"),
        _category("need"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_need")),
    )
    for columns in (["state", "asked_at"], ["member_id", "asked_at"]):
        name = op.f(f"ix_need_timebank_id_{'_'.join(columns)}")
        op.create_index(name, "need", ["timebank_id", *columns])


def _preferences():
    op.create_table(
        "match_preference",
        _here(),
        _number("member_id"),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("reach_metres", sa.Integer(), nullable=False),
        sa.Column("capacity_minutes", sa.Integer(), nullable=False),
        _at("changed_at", nullable=False),
        sa.CheckConstraint(
            "slots > 0 AND slots < 2097152", name=op.f("ck_match_preference_half_days_of_a_week")
        ),
        sa.CheckConstraint(
            "reach_metres > 0 AND capacity_minutes > 0",
            name=op.f("ck_match_preference_somewhere_and_some_time"),
        ),
        _member("match_preference"),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", name=op.f("pk_match_preference")),
    )
    op.create_table(
        "muted_category",
        _here(),
        _number("member_id"),
        _code(),
        _member("muted_category"),
        _category("muted_category"),
        sa.PrimaryKeyConstraint(
            "timebank_id", "member_id", "category_code", name=op.f("pk_muted_category")
        ),
    )
    op.create_table(
        "avoidance",
        _here(),
        _number("member_id"),
        _number("avoided_id"),
        _at("said_at", nullable=False),
        sa.CheckConstraint("member_id <> avoided_id", name=op.f("ck_avoidance_two_people")),
        _member("avoidance"),
        _member("avoidance", "avoided_id"),
        sa.PrimaryKeyConstraint(
            "timebank_id", "member_id", "avoided_id", name=op.f("pk_avoidance")
        ),
    )
    op.create_index(
        op.f("ix_avoidance_timebank_id_avoided_id"), "avoidance", ["timebank_id", "avoided_id"]
    )
