# SPDX-License-Identifier: EUPL-1.2
"""Open the journal.

The books come first and stand alone: accounts, transfers, entries, and the triggers that refuse
every change of what was written. SQLite's batch mode drops triggers: a later migration that rebuilds
one of these tables must put them back, and a test looks for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_GUARDS = [
    "CREATE TRIGGER ledger_transfer_no_update BEFORE UPDATE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only: UPDATE is refused'); END",
    "CREATE TRIGGER ledger_transfer_no_delete BEFORE DELETE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only: DELETE is refused'); END",
    "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only: UPDATE is refused'); END",
    "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only: DELETE is refused'); END",
    "CREATE TRIGGER ledger_transfer_no_replace BEFORE INSERT ON ledger_transfer WHEN EXISTS (SELECT 1 FROM ledger_transfer WHERE timebank_id = NEW.timebank_id AND (id = NEW.id OR refers_to = NEW.refers_to)) BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE timebank_id = NEW.timebank_id AND account_id = NEW.account_id AND seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only: REPLACE is refused'); END",
    "CREATE TRIGGER ledger_account_no_replace BEFORE INSERT ON ledger_account WHEN EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger_account: REPLACE is refused'); END",
    "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account BEGIN SELECT RAISE(ABORT, 'ledger_account: DELETE is refused'); END",
    "CREATE TRIGGER ledger_account_seq_forward BEFORE UPDATE ON ledger_account WHEN NEW.last_seq < OLD.last_seq OR NEW.id <> OLD.id OR NEW.timebank_id <> OLD.timebank_id BEGIN SELECT RAISE(ABORT, 'ledger_account: the entry number never goes back'); END",
]

POSTGRESQL_GUARDS = [
    "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $refuse$BEGIN RAISE EXCEPTION '% on % is refused: the books are append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END$refuse$",
    "CREATE TRIGGER ledger_transfer_no_update BEFORE UPDATE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_transfer_no_delete BEFORE DELETE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_account_seq_forward BEFORE UPDATE ON ledger_account FOR EACH ROW WHEN (NEW.last_seq < OLD.last_seq OR NEW.id <> OLD.id OR NEW.timebank_id <> OLD.timebank_id) EXECUTE FUNCTION ledger_refuse()",
]


def upgrade():
    op.create_table(
        "ledger_account",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "closed",
                name="status_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("credited_minutes", sa.BigInteger(), nullable=False),
        sa.Column("debited_minutes", sa.BigInteger(), nullable=False),
        sa.Column("pending_in_minutes", sa.BigInteger(), nullable=False),
        sa.Column("pending_out_minutes", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "credited_minutes >= 0", name=op.f("ck_ledger_account_credited_not_negative")
        ),
        sa.CheckConstraint(
            "debited_minutes >= 0", name=op.f("ck_ledger_account_debited_not_negative")
        ),
        sa.CheckConstraint("last_seq >= 0", name=op.f("ck_ledger_account_last_seq_not_negative")),
        sa.CheckConstraint(
            "pending_in_minutes >= 0", name=op.f("ck_ledger_account_pending_in_not_negative")
        ),
        sa.CheckConstraint(
            "pending_out_minutes >= 0", name=op.f("ck_ledger_account_pending_out_not_negative")
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_ledger_account")),
    )
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_account_timebank_id_neighbourhood_code"),
            ["timebank_id", "neighbourhood_code"],
            unique=False,
        )
    op.create_table(
        "ledger_transfer",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "post",
                "reserve",
                "post_pending",
                "void",
                "reverse",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("debit_account_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_account_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("refers_to", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint(
            "(refers_to IS NULL) = (kind IN ('post', 'reserve'))",
            name=op.f("ck_ledger_transfer_refers_when_it_resolves"),
        ),
        sa.CheckConstraint(
            "debit_account_id <> credit_account_id", name=op.f("ck_ledger_transfer_two_accounts")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_ledger_transfer_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["timebank_id", "credit_account_id"],
            ["ledger_account.timebank_id", "ledger_account.id"],
            name=op.f("fk_ledger_transfer_timebank_id_credit_account_id_ledger_account"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "debit_account_id"],
            ["ledger_account.timebank_id", "ledger_account.id"],
            name=op.f("fk_ledger_transfer_timebank_id_debit_account_id_ledger_account"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "refers_to"],
            ["ledger_transfer.timebank_id", "ledger_transfer.id"],
            name=op.f("fk_ledger_transfer_timebank_id_refers_to_ledger_transfer"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint(
            "timebank_id", "refers_to", name=op.f("uq_ledger_transfer_timebank_id_refers_to")
        ),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("timebank_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("balance_minutes", sa.BigInteger(), nullable=False),
        sa.Column("neighbourhood_code", sa.String(length=12), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes <> 0", name=op.f("ck_ledger_entry_minutes_not_zero")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_ledger_entry_seq_positive")),
        sa.ForeignKeyConstraint(
            ["timebank_id", "account_id"],
            ["ledger_account.timebank_id", "ledger_account.id"],
            name=op.f("fk_ledger_entry_timebank_id_account_id_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["timebank_id", "transfer_id"],
            ["ledger_transfer.timebank_id", "ledger_transfer.id"],
            name=op.f("fk_ledger_entry_timebank_id_transfer_id_ledger_transfer"),
        ),
        sa.PrimaryKeyConstraint("timebank_id", "account_id", "seq", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_timebank_id_neighbourhood_code_recorded_at"),
            ["timebank_id", "neighbourhood_code", "recorded_at"],
            unique=False,
        )

    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_GUARDS if sqlite else POSTGRESQL_GUARDS:
        op.execute(sa.DDL(statement.replace("%", "%%")))


def downgrade():
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_ledger_entry_timebank_id_neighbourhood_code_recorded_at")
        )
    op.drop_table("ledger_entry")
    op.drop_table("ledger_transfer")
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_account_timebank_id_neighbourhood_code"))
    op.drop_table("ledger_account")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_refuse()")
