# SPDX-License-Identifier: EUPL-1.2
"""Let coordinators keep checks, allow exceptions, read worries and refer people.

Nothing that stood before changes: four tables are added, each with its wall on PostgreSQL.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLES = ("member_check", "boundary_override", "concern", "referral")


def _member(table, column="member_id"):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        ["member.timebank_id", "member.id"],
        name=op.f(f"fk_{table}_timebank_id_{column}_member"),
    )


def _known(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _at(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade():
    _checks()
    _overrides()
    _concerns()
    _referrals()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)


def _checks():
    op.create_table(
        "member_check",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _known("kind_known", "talk", "training"), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        _at("seen_at", nullable=False),
        _member("member_check"),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", "kind", name=op.f("pk_member_check")),
    )


def _overrides():
    table = "boundary_override"
    op.create_table(
        table,
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("helped_id", sa.Uuid(), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("allowed_by", sa.Uuid(), nullable=False),
        _at("allowed_at", nullable=False),
        sa.Column("used_for", sa.Uuid(), nullable=True),
        sa.CheckConstraint("helper_id <> helped_id", name=op.f(f"ck_{table}_two_people")),
        _member(table, "helper_id"),
        _member(table, "helped_id"),
        _member(table, "allowed_by"),
        sa.ForeignKeyConstraint(
            ["timebank_id", "category_code"],
            ["help_category.timebank_id", "help_category.code"],
            name=op.f(f"fk_{table}_timebank_id_category_code_help_category"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_timebank_id_helped_id"), table, ["timebank_id", "helped_id"])


def _concerns():
    outcomes = ("talked", "referred", "reported", "nothing_needed")
    op.create_table(
        "concern",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("exchange_id", sa.Uuid(), nullable=True),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column(
            "audience",
            _known("audience_known", "coordinators", "administrators"),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        _at("sent_at", nullable=False),
        sa.Column("taken_up_by", sa.Uuid(), nullable=True),
        _at("taken_up_at"),
        sa.Column("outcome", _known("outcome_known", *outcomes), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        _at("closed_at"),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_concern_closed_with_outcome")
        ),
        _member("concern", "author_id"),
        _member("concern", "about_id"),
        sa.ForeignKeyConstraint(
            ["timebank_id", "exchange_id"],
            ["exchange.timebank_id", "exchange.id"],
            name=op.f("fk_concern_timebank_id_exchange_id_exchange"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_concern")),
    )
    op.create_index(
        op.f("ix_concern_timebank_id_closed_at_sent_at"),
        "concern",
        ["timebank_id", "closed_at", "sent_at"],
    )


def _referrals():
    outcomes = ("helped", "still_waiting", "did_not_come", "not_needed")
    op.create_table(
        "referral",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        _at("asked_at", nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=True),
        _at("consented_at"),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("handed_over_by", sa.Uuid(), nullable=True),
        sa.Column("ask_on", sa.Date(), nullable=True),
        sa.Column("outcome", _known("outcome_known", *outcomes), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        _at("closed_at"),
        sa.CheckConstraint(
            "handed_over_on IS NULL"
            " OR (partner IS NOT NULL AND consented_at IS NOT NULL AND ask_on IS NOT NULL)",
            name=op.f("ck_referral_handed_over_with_consent"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_referral_closed_with_outcome")
        ),
        _member("referral", "about_id"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_referral")),
    )
    op.create_index(
        op.f("ix_referral_timebank_id_closed_at_asked_at"),
        "referral",
        ["timebank_id", "closed_at", "asked_at"],
    )
