# SPDX-License-Identifier: EUPL-1.2
"""Open doors by sessions that stand in the database, and by codes.

A link alone opens nothing any more: it belongs to the browser that asked, or six digits are typed
there. Who has no e-mail gets a printed code. Who sees other people's data proves a second factor.
Tries are counted here, for all processes. Links of the old kind live ten minutes and are dropped.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DIGEST = sa.LargeBinary(length=32)


def upgrade():
    _create_requests()
    _create("printed_code", "digest", [("digest", DIGEST, False)], ("issued_at", "expires_at"))
    op.create_index(
        op.f("ix_printed_code_timebank_id_member_id"), "printed_code", ["timebank_id", "member_id"]
    )
    _create_sessions()
    _create_factors()
    op.create_table(
        "rate_count",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        _to_timebank("rate_count"),
        sa.PrimaryKeyConstraint(
            "timebank_id", "what", "digest", "begins_at", name=op.f("pk_rate_count")
        ),
    )
    op.drop_table("sign_in_link")


def _create(table, key, columns, moments):
    """Create a table of what opens a door for a member."""
    op.create_table(
        table,
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in columns),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=False) for name in moments),
        sa.Column("used_at", MOMENT, nullable=True),
        _to_member(table),
        sa.PrimaryKeyConstraint("timebank_id", key, name=op.f(f"pk_{table}")),
    )


def _create_requests():
    op.create_table(
        "sign_in_request",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("link_digest", DIGEST, nullable=False),
        sa.Column("browser_digest", DIGEST, nullable=False),
        sa.Column("code_digest", DIGEST, nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        _to_timebank("sign_in_request"),
        _to_member("sign_in_request"),
        sa.PrimaryKeyConstraint("timebank_id", "link_digest", name=op.f("pk_sign_in_request")),
    )
    op.create_index(
        op.f("ix_sign_in_request_timebank_id_browser_digest"),
        "sign_in_request",
        ["timebank_id", "browser_digest"],
    )


def _create_sessions():
    op.create_table(
        "member_session",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=True),
        sa.Column("verified_at", MOMENT, nullable=True),
        _to_member("member_session"),
        sa.PrimaryKeyConstraint("timebank_id", "digest", name=op.f("pk_member_session")),
    )
    op.create_index(
        op.f("ix_member_session_timebank_id_member_id"),
        "member_session",
        ["timebank_id", "member_id"],
    )


def _create_factors():
    op.create_table(
        "second_factor",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _to_member("second_factor"),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", name=op.f("pk_second_factor")),
    )


def _to_member(table):
    return sa.ForeignKeyConstraint(
        ["timebank_id", "member_id"],
        ["member.timebank_id", "member.id"],
        name=op.f(f"fk_{table}_timebank_id_member_id_member"),
    )


def _to_timebank(table):
    return sa.ForeignKeyConstraint(
        ["timebank_id"], ["timebank.id"], name=op.f(f"fk_{table}_timebank_id_timebank")
    )


def downgrade():
    for table in (
        "rate_count",
        "second_factor",
        "member_session",
        "printed_code",
        "sign_in_request",
    ):
        op.drop_table(table)
    _create("sign_in_link", "digest", [("digest", DIGEST, False)], ("expires_at",))
