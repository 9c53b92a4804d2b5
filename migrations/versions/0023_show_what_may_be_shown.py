# SPDX-License-Identifier: EUPL-1.2
"""Let a timebank be stricter with what everyone reads, and draw where its areas lie.

Two tables are added; the one of a timebank has its wall on PostgreSQL.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ENTERED = "nullif(current_setting('timebank.id', true), '')::integer"
THRESHOLDS = (
    "least_active",
    "least_givers",
    "least_receivers",
    "largest_share_percent",
    "round_minutes",
    "round_people",
    "least_beside",
)


def upgrade():
    rule = "publication_rule"
    op.create_table(
        rule,
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in THRESHOLDS),
        sa.ForeignKeyConstraint(
            ["timebank_id"], ["timebank.id"], name=op.f(f"fk_{rule}_timebank_id_timebank")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "counts_from", name=op.f(f"pk_{rule}")),
    )
    op.create_table(
        "area_shape",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("polygons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code", "year"], ["area.code", "area.year"], name=op.f("fk_area_shape_code_year_area")
        ),
        sa.PrimaryKeyConstraint("code", "year", name=op.f("pk_area_shape")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY own_timebank ON {rule} USING (timebank_id = {ENTERED})")
        op.execute(f"ALTER TABLE {rule} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {rule} FORCE ROW LEVEL SECURITY")


def downgrade():
    op.drop_table("area_shape")
    op.drop_table("publication_rule")
