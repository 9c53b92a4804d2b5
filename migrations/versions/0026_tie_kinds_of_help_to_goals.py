# SPDX-License-Identifier: EUPL-1.2
"""Let a kind of help serve a goal of policy; empty means none in particular."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "help_category", sa.Column("goal", sa.String(length=40), nullable=False, server_default="")
    )


def downgrade():
    op.drop_column("help_category", "goal")
