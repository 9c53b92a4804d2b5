# SPDX-License-Identifier: EUPL-1.2
"""Let the triggers alone find both accounts of a transfer, on PostgreSQL.

The trigger that books a transfer locks both accounts and finds what it refers to; nothing in the
books is ever deleted. The foreign keys said the same once more, and held every account a second
time while others waited for it. SQLite keeps them: there they cost next to nothing.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEYS = [
    ("ledger_transfer", "debit_account_id", "ledger_account"),
    ("ledger_transfer", "credit_account_id", "ledger_account"),
    ("ledger_transfer", "refers_to", "ledger_transfer"),
    ("ledger_entry", "account_id", "ledger_account"),
    ("ledger_entry", "transfer_id", "ledger_transfer"),
]


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        for table, column, referred in KEYS:
            op.drop_constraint(_name(table, column, referred), table, type_="foreignkey")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        for table, column, referred in KEYS:
            here, there = ["timebank_id", column], ["timebank_id", "id"]
            op.create_foreign_key(_name(table, column, referred), table, referred, here, there)


def _name(table, column, referred):
    """Return the name of the key, as long as PostgreSQL keeps it."""
    return op.f(f"fk_{table}_timebank_id_{column}_{referred}")
