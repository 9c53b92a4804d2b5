# SPDX-License-Identifier: EUPL-1.2
"""Suggest to people what they could do for each other.

Four tables come, each with its wall on PostgreSQL: the runs of a night, the suggestions, who wants
none for a while, and where neighbourhoods lie. A suggestion goes with the need that it is about.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLES = ("match_run", "suggestion", "suggestion_rest", "neighbourhood_place")
STATES = (
    *("proposed", "shown", "later", "asked", "accepted", "agreed"),
    *("declined", "expired", "withdrawn"),
)
CODES = ("no_time", "too_far", "not_this_kind", "not_this_person", "other")
TAKEN = sa.text("state IN ('asked', 'accepted', 'agreed')")


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


def _here():
    return sa.Column("timebank_id", sa.Integer(), nullable=False)


def _number(name, nullable=False):
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def upgrade():
    _runs()
    _suggestions()
    _rests()
    _places()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in ("neighbourhood_place", "suggestion_rest", "suggestion", "match_run"):
        op.drop_table(table)


def _runs():
    op.create_table(
        "match_run",
        _here(),
        _number("id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("engine_version", sa.String(length=20), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        _at("made_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_match_run_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_match_run")),
        sa.UniqueConstraint(
            "timebank_id",
            "day",
            "engine_version",
            name=op.f("uq_match_run_timebank_id_day_engine_version"),
        ),
    )


def _suggestions():
    table = "suggestion"
    op.create_table(
        table,
        _here(),
        _number("id"),
        _number("run_id", nullable=True),
        _number("giver_id"),
        _number("need_id"),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", _known("state_known", *STATES), nullable=False),
        _number("asked_by", nullable=True),
        _at("shown_at"),
        _at("answered_at"),
        sa.Column("decline_code", _known("decline_code_known", *CODES), nullable=True),
        _number("appointment_id", nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        _at("changed_at", nullable=False),
        sa.CheckConstraint(
            "(appointment_id IS NULL) = (state <> 'agreed')",
            name=op.f(f"ck_{table}_agreed_on_an_appointment"),
        ),
        sa.CheckConstraint(
            "decline_code IS NULL OR state = 'declined'", name=op.f(f"ck_{table}_code_of_a_no")
        ),
        _member(table, "giver_id"),
        sa.ForeignKeyConstraint(
            ["timebank_id", "need_id"],
            ["need.timebank_id", "need.id"],
            name=op.f(f"fk_{table}_timebank_id_need_id_need"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "timebank_id",
            "giver_id",
            "need_id",
            name=op.f(f"uq_{table}_timebank_id_giver_id_need_id"),
        ),
    )
    op.create_index(
        op.f(f"ix_{table}_timebank_id_need_id_state"), table, ["timebank_id", "need_id", "state"]
    )
    op.create_index(
        op.f(f"ix_{table}_timebank_id_state_changed_at"),
        table,
        ["timebank_id", "state", "changed_at"],
    )
    op.create_index(
        "ix_suggestion_taken",
        table,
        ["timebank_id", "need_id"],
        unique=True,
        sqlite_where=TAKEN,
        postgresql_where=TAKEN,
    )


def _rests():
    table = "suggestion_rest"
    op.create_table(
        table,
        _here(),
        _number("member_id"),
        sa.Column("kind", _known("kind_known", "give", "ask"), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        _member(table, "member_id"),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", "kind", name=op.f(f"pk_{table}")),
    )


def _places():
    table = "neighbourhood_place"
    op.create_table(
        table,
        _here(),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("east_metres", sa.Integer(), nullable=False),
        sa.Column("north_metres", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id", "code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
            name=op.f(f"fk_{table}_timebank_id_code_neighbourhood"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "code", name=op.f(f"pk_{table}")),
    )
