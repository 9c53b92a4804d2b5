# SPDX-License-Identifier: EUPL-1.2
"""Furnish the rooms: places, people, kinds of help, exchanges, drafts, links and mail.

Everything that is said about people stands here, apart from the books.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "area",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "municipality",
                "wijk",
                "buurt",
                name="level_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("parent_code", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("code", "year", name=op.f("pk_area")),
    )
    op.create_table(
        "timebank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("municipality_code", sa.String(length=10), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "step_minutes BETWEEN 1 AND 60", name=op.f("ck_timebank_step_within_an_hour")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timebank")),
        sa.UniqueConstraint("slug", name=op.f("uq_timebank_slug")),
    )
    op.create_table(
        "help_category",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column(
            "boundary",
            sa.Enum(
                "voluntary",
                "voluntary_after_check",
                "professional_only",
                name="boundary_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_group_activity", sa.Boolean(), nullable=False),
        sa.Column("is_featured", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("label_nl", sa.String(length=80), nullable=False),
        sa.Column("label_en", sa.String(length=80), nullable=False),
        sa.Column("phrase_nl", sa.String(length=80), nullable=False),
        sa.Column("phrase_en", sa.String(length=80), nullable=False),
        sa.Column("refer_nl", sa.Text(), nullable=False),
        sa.Column("refer_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_help_category_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "code", name=op.f("pk_help_category")),
    )
    op.create_table(
        "mail",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_mail_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_mail")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mail_sent_at_queued_at"), ["sent_at", "queued_at"], unique=False
        )
    op.create_table(
        "neighbourhood",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("switched_on_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_neighbourhood_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "code", name=op.f("pk_neighbourhood")),
    )
    op.create_table(
        "member",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) = (neighbourhood_code IS NULL)",
            name=op.f("ck_member_lives_where_it_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "account_id"],
            ["ledger_account.timebank_id", "ledger_account.id"],
            name=op.f("fk_member_timebank_id_account_id_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
            name=op.f("fk_member_timebank_id_neighbourhood_code_neighbourhood"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_member_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_member")),
        sa.UniqueConstraint(
            "timebank_id", "account_id", name=op.f("uq_member_timebank_id_account_id")
        ),
    )
    op.create_table(
        "exchange",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("helped_id", sa.Uuid(), nullable=False),
        sa.Column("helper_neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("helped_neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("helped_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "approved",
                "rejected",
                "withdrawn",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("logged_by", sa.Uuid(), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("helper_id <> helped_id", name=op.f("ck_exchange_two_people")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_exchange_within_a_day")),
        sa.ForeignKeyConstraint(
            ["timebank_id", "category_code"],
            ["help_category.timebank_id", "help_category.code"],
            name=op.f("fk_exchange_timebank_id_category_code_help_category"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "helped_id"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_exchange_timebank_id_helped_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "helper_id"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_exchange_timebank_id_helper_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "logged_by"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_exchange_timebank_id_logged_by_member"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_exchange")),
        sa.UniqueConstraint(
            "timebank_id", "form_key", name=op.f("uq_exchange_timebank_id_form_key")
        ),
    )
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_exchange_timebank_id_helped_id_logged_at"),
            ["timebank_id", "helped_id", "logged_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_exchange_timebank_id_helper_id_logged_at"),
            ["timebank_id", "helper_id", "logged_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_exchange_waiting",
            ["timebank_id", "logged_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'submitted'"),
            postgresql_where=sa.text("state = 'submitted'"),
        )
    op.create_table(
        "exchange_draft",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id", "member_id"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_exchange_draft_timebank_id_member_id_member"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "form_key", name=op.f("pk_exchange_draft")),
    )
    with op.batch_alter_table("exchange_draft", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_exchange_draft_timebank_id_member_id_saved_at"),
            ["timebank_id", "member_id", "saved_at"],
            unique=False,
        )
    op.create_table(
        "person",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.String(length=60), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("search_given", sa.String(length=60), nullable=False),
        sa.Column("search_family", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id", "member_id"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_person_timebank_id_member_id_member"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", name=op.f("pk_person")),
        sa.UniqueConstraint("timebank_id", "email", name=op.f("uq_person_timebank_id_email")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_timebank_id_search_family"),
            ["timebank_id", "search_family"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_person_timebank_id_search_given"),
            ["timebank_id", "search_given"],
            unique=False,
        )
    op.create_table(
        "role_grant",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "resident",
                "coordinator",
                "administrator",
                "municipality_reader",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(role = 'coordinator') = (neighbourhood_code IS NOT NULL)",
            name=op.f("ck_role_grant_coordinator_of_somewhere"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_role_grant_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "member_id"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_role_grant_timebank_id_member_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
            name=op.f("fk_role_grant_timebank_id_neighbourhood_code_neighbourhood"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_role_grant_timebank_id_member_id"),
            ["timebank_id", "member_id"],
            unique=False,
        )
    op.create_table(
        "sign_in_link",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["timebank_id", "member_id"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_sign_in_link_timebank_id_member_id_member"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "digest", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "exchange_event",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "exchange:log",
                "exchange:approve",
                "exchange:reject",
                "exchange:withdraw",
                name="action_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "already_logged",
                "wrong_person",
                "wrong_day_or_time",
                "professional",
                "other",
                name="reason_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id", "exchange_id"],
            ["exchange.timebank_id", "exchange.id"],
            name=op.f("fk_exchange_event_timebank_id_exchange_id_exchange"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_exchange_event")),
    )
    with op.batch_alter_table("exchange_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_exchange_event_timebank_id_exchange_id"),
            ["timebank_id", "exchange_id"],
            unique=False,
        )
    op.create_table(
        "exchange_note",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "note",
                "reason",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id", "exchange_id"],
            ["exchange.timebank_id", "exchange.id"],
            name=op.f("fk_exchange_note_timebank_id_exchange_id_exchange"),
        ),
        sa.PrimaryKeyConstraint(
            "timebank_id", "exchange_id", "kind", name=op.f("pk_exchange_note")
        ),
    )


def downgrade():
    op.drop_table("exchange_note")
    with op.batch_alter_table("exchange_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_event_timebank_id_exchange_id"))
    op.drop_table("exchange_event")
    op.drop_table("sign_in_link")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grant_timebank_id_member_id"))
    op.drop_table("role_grant")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_timebank_id_search_given"))
        batch_op.drop_index(batch_op.f("ix_person_timebank_id_search_family"))
    op.drop_table("person")
    with op.batch_alter_table("exchange_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_draft_timebank_id_member_id_saved_at"))
    op.drop_table("exchange_draft")
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_exchange_waiting",
            sqlite_where=sa.text("state = 'submitted'"),
            postgresql_where=sa.text("state = 'submitted'"),
        )
        batch_op.drop_index(batch_op.f("ix_exchange_timebank_id_helper_id_logged_at"))
        batch_op.drop_index(batch_op.f("ix_exchange_timebank_id_helped_id_logged_at"))
    op.drop_table("exchange")
    op.drop_table("member")
    op.drop_table("neighbourhood")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_sent_at_queued_at"))
    op.drop_table("mail")
    op.drop_table("help_category")
    op.drop_table("timebank")
    op.drop_table("area")
