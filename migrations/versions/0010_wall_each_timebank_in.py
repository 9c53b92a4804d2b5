# SPDX-License-Identifier: EUPL-1.2
"""Wall each timebank in, on PostgreSQL: a transaction sees the rows of the one it entered.

FORCE binds the owner of the tables too. An unset or empty setting means no row and no error.
A table that a later migration makes needs the same three statements; a test holds it to that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TENANT_TABLES = sa.text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
    " AND a.attname = 'timebank_id' AND NOT a.attisdropped ORDER BY c.relname"
)
ON_TIMEBANK = [
    # Whoever signs in, or reads a public page, finds the timebank by its short name first.
    "CREATE POLICY everyone_reads ON timebank FOR SELECT USING (true)",
    "CREATE POLICY anyone_opens ON timebank FOR INSERT WITH CHECK (true)",
    f"CREATE POLICY own_timebank ON timebank FOR UPDATE USING (id = {ENTERED})",
]


def upgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in op.get_bind().scalars(TENANT_TABLES).all():
        op.execute(f"CREATE POLICY own_timebank ON {table} USING (timebank_id = {ENTERED})")
        _wall_in(table)
    for statement in ON_TIMEBANK:
        op.execute(statement)
    _wall_in("timebank")


def downgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in op.get_bind().scalars(TENANT_TABLES).all():
        _open(table, "own_timebank")
    _open("timebank", "everyone_reads", "anyone_opens", "own_timebank")


def _wall_in(table):
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _open(table, *policies):
    for policy in policies:
        op.execute(f"DROP POLICY {policy} ON {table}")
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
