# SPDX-License-Identifier: EUPL-1.2
"""Write down who did what to whom, and let nobody change it.

The rows hold numbers and codes only. They are never changed, and not deleted within a year: after
that a job may forget them, as the rules of retention say.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GUARDS = {
    "sqlite": [
        "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN"
        " SELECT RAISE(ABORT, 'audit_event is append-only: UPDATE is refused'); END",
        "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event"
        " WHEN OLD.happened_at > datetime('now', '-365 days') BEGIN"
        " SELECT RAISE(ABORT, 'audit_event is kept for a year: DELETE is refused'); END",
        "CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event WHEN EXISTS"
        " (SELECT 1 FROM audit_event WHERE timebank_id = NEW.timebank_id AND id = NEW.id) BEGIN"
        " SELECT RAISE(ABORT, 'audit_event: REPLACE is refused'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_event_walls() RETURNS trigger LANGUAGE plpgsql AS $body$"
        " BEGIN"
        " IF TG_OP = 'DELETE' THEN"
        " IF OLD.happened_at <= now() - interval '365 days' THEN RETURN OLD; END IF;"
        " END IF;"
        " RAISE EXCEPTION 'audit_event: % is refused', TG_OP"
        " USING ERRCODE = 'restrict_violation';"
        " END $body$",
        "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event"
        " FOR EACH ROW EXECUTE FUNCTION audit_event_walls()",
        "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_event_walls()",
    ],
}


def upgrade():
    op.create_table(
        "audit_event",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("by_member_id", sa.Uuid(), nullable=True),
        sa.Column("about_member_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f("fk_audit_event_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_audit_event")),
    )
    op.create_index(
        op.f("ix_audit_event_timebank_id_about_member_id_id"),
        "audit_event",
        ["timebank_id", "about_member_id", "id"],
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade():
    op.drop_table("audit_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_event_walls()")
