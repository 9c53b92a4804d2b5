# SPDX-License-Identifier: EUPL-1.2
"""Keep the hours of staff beside those of residents, outside the books.

One table is added, with its wall on PostgreSQL.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLE = "staff_time"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "minutes BETWEEN 15 AND 1440 AND minutes = 15 * (minutes / 15)",
            name=op.f(f"ck_{TABLE}_quarters_of_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
            name=op.f(f"fk_{TABLE}_timebank_id_neighbourhood_code_neighbourhood"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "written_by"],
            ["member.timebank_id", "member.id"],
            name=op.f(f"fk_{TABLE}_timebank_id_written_by_member"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    for columns in (["neighbourhood_code", "worked_on"], ["written_at"]):
        name = op.f(f"ix_{TABLE}_timebank_id_{'_'.join(columns)}")
        op.create_index(name, TABLE, ["timebank_id", *columns])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY own_timebank ON {TABLE} USING (timebank_id = {ENTERED})")
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")


def downgrade():
    op.drop_table(TABLE)
