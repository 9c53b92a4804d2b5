# SPDX-License-Identifier: EUPL-1.2
"""Keep what everyone may read of a quarter as it was when the quarter was closed.

One table is added, with its wall on PostgreSQL. Quarters that were closed before have no row: they
are counted, as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
TABLE = "published_quarter"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("quarter_on", sa.Date(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f(f"fk_{TABLE}_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "quarter_on", name=op.f(f"pk_{TABLE}")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY own_timebank ON {TABLE} USING (timebank_id = {ENTERED})")
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")


def downgrade():
    op.drop_table(TABLE)
