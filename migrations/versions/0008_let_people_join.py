# SPDX-License-Identifier: EUPL-1.2
"""Let people join, trust somebody, and be helped with the form.

Who enrolled somebody and who gave a role is kept. Applications, calls that must be made, support,
consents, stand-ins and help that was filled in for somebody each get a table of their own, so that
retention and reach can differ.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROLES = ("resident", "coordinator", "administrator", "municipality_reader")


def upgrade():
    _widen_what_stands()
    _create_application()
    _create_call_task()
    _create_member_support()
    _create_member_consent()
    _create_stand_in()
    _create_exchange_on_behalf()


def downgrade():
    for table in (
        "exchange_on_behalf",
        "stand_in",
        "member_consent",
        "member_support",
        "call_task",
        "application",
    ):
        op.drop_table(table)
    op.execute("DELETE FROM role_grant WHERE role = 'professional'")
    _restrict_roles_to(ROLES)
    for table, column in (
        ("role_grant", "removed_at"),
        ("role_grant", "removed_by"),
        ("role_grant", "granted_by"),
        ("member", "enrolled_by"),
        ("person", "phone"),
        ("person", "birth_year"),
        ("timebank", "takes_applications"),
    ):
        op.drop_column(table, column)


def _widen_what_stands():
    op.add_column(
        "timebank",
        sa.Column("takes_applications", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("person", sa.Column("birth_year", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("phone", sa.String(length=20), nullable=True))
    op.add_column("member", sa.Column("enrolled_by", sa.Uuid(), nullable=True))
    op.add_column("role_grant", sa.Column("granted_by", sa.Uuid(), nullable=True))
    op.add_column("role_grant", sa.Column("removed_by", sa.Uuid(), nullable=True))
    op.add_column(
        "role_grant", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True)
    )
    _restrict_roles_to((*ROLES, "professional"))


def _restrict_roles_to(roles):
    """Name the roles anew; on SQLite the table is rebuilt, and nothing refers to it."""
    listed = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.drop_constraint(op.f("ck_role_grant_role_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_role_grant_role_known"), f"role IN ({listed})")


def _member_key(table, column):
    return sa.ForeignKeyConstraint(
        ["timebank_id", column],
        ["member.timebank_id", "member.id"],
        name=op.f(f"fk_{table}_timebank_id_{column}_member"),
    )


def _neighbourhood_key(table):
    return sa.ForeignKeyConstraint(
        ["timebank_id", "neighbourhood_code"],
        ["neighbourhood.timebank_id", "neighbourhood.code"],
        name=op.f(f"fk_{table}_timebank_id_neighbourhood_code_neighbourhood"),
    )


def _words(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _create_application():
    op.create_table(
        "application",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.String(length=60), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("search_name", sa.String(length=141), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_by", sa.Uuid(), nullable=True),
        _neighbourhood_key("application"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_applied_at"), "application", ["applied_at"])


def _create_call_task():
    op.create_table(
        "call_task",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("reason", _words("reason_known", "joined", "filled_in"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        _member_key("call_task", "member_id"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_call_task")),
    )
    waiting = sa.text("done_at IS NULL")
    op.create_index(
        "ix_call_task_waiting",
        "call_task",
        ["timebank_id", "asked_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _create_member_support():
    op.create_table(
        "member_support",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("support", _words("support_known", "none", "some", "extra"), nullable=False),
        sa.Column("buddy_id", sa.Uuid(), nullable=True),
        sa.Column("conduct_certificate_date", sa.Date(), nullable=True),
        sa.CheckConstraint("buddy_id <> member_id", name=op.f("ck_member_support_two_people")),
        _member_key("member_support", "member_id"),
        _member_key("member_support", "buddy_id"),
        sa.PrimaryKeyConstraint("timebank_id", "member_id", name=op.f("pk_member_support")),
    )


def _create_member_consent():
    op.create_table(
        "member_consent",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "professional_id <> member_id", name=op.f("ck_member_consent_two_people")
        ),
        _member_key("member_consent", "member_id"),
        _member_key("member_consent", "professional_id"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_member_consent")),
    )
    counting = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "ix_member_consent_counting",
        "member_consent",
        ["timebank_id", "professional_id", "member_id"],
        unique=True,
        sqlite_where=counting,
        postgresql_where=counting,
    )


def _create_stand_in():
    op.create_table(
        "stand_in",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("stand_in_id <> member_id", name=op.f("ck_stand_in_two_people")),
        _member_key("stand_in", "member_id"),
        _member_key("stand_in", "stand_in_id"),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_stand_in")),
    )
    counting = sa.text("until IS NULL")
    op.create_index(
        "ix_stand_in_counting",
        "stand_in",
        ["timebank_id", "stand_in_id", "member_id"],
        unique=True,
        sqlite_where=counting,
        postgresql_where=counting,
    )


def _create_exchange_on_behalf():
    op.create_table(
        "exchange_on_behalf",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("acting_for_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "entered_by_id <> acting_for_id", name=op.f("ck_exchange_on_behalf_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "exchange_id"],
            ["exchange.timebank_id", "exchange.id"],
            name=op.f("fk_exchange_on_behalf_timebank_id_exchange_id_exchange"),
        ),
        _member_key("exchange_on_behalf", "acting_for_id"),
        _member_key("exchange_on_behalf", "entered_by_id"),
        sa.PrimaryKeyConstraint("timebank_id", "exchange_id", name=op.f("pk_exchange_on_behalf")),
    )
