# SPDX-License-Identifier: EUPL-1.2
"""Keep a file that is brought between its dry run and its booking, for a day at most.

Nothing that stood before changes: one table is added, walled in on PostgreSQL as 0010 does it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"


def upgrade():
    op.create_table(
        "import_file",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brought_by", sa.Uuid(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("layout", sa.String(length=20), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("approve", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("people", sa.LargeBinary(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=True),
        sa.Column("bad", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["timebank_id", "brought_by"],
            ["member.timebank_id", "member.id"],
            name=op.f("fk_import_file_timebank_id_brought_by_member"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_import_file")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY own_timebank ON import_file USING (timebank_id = {ENTERED})")
        op.execute("ALTER TABLE import_file ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE import_file FORCE ROW LEVEL SECURITY")


def downgrade():
    op.drop_table("import_file")
