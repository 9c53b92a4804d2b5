# SPDX-License-Identifier: EUPL-1.2
"""Let the triggers alone find both accounts of a transfer, on PostgreSQL.

The trigger that books a transfer locks both accounts and finds what it refers to; nothing in the
books is ever deleted. The foreign keys said the same once more, and held every account a second
time while others waited for it. SQLite keeps them: there they cost next to nothing. The trigger now
says which account it did not find, which a key said before.
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

OWN_TABLES_FIRST = (
    "SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)"
)
BOOK = """CREATE OR REPLACE FUNCTION ledger_book() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
DECLARE
    moved integer;
BEGIN
    IF NEW.refers_to IS NOT NULL THEN
        IF NOT EXISTS (SELECT 1 FROM ledger_transfer f WHERE f.timebank_id = NEW.timebank_id AND f.id = NEW.refers_to AND f.effective_on = NEW.effective_on AND CASE NEW.kind WHEN 'reverse' THEN f.kind IN ('post', 'post_pending') AND f.debit_account_id = NEW.credit_account_id AND f.credit_account_id = NEW.debit_account_id AND f.minutes >= NEW.minutes WHEN 'post_pending' THEN f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes AND (f.expires_at IS NULL OR f.expires_at > NEW.recorded_at) WHEN 'expire' THEN f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes AND f.expires_at <= NEW.recorded_at ELSE f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes END) THEN
            RAISE EXCEPTION 'the books refuse: misfit' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.kind IN ('post', 'post_pending', 'reverse') THEN
        WITH moved AS (UPDATE ledger_account SET credited_minutes = credited_minutes + CASE WHEN id = NEW.debit_account_id THEN -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END ELSE CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END END, debited_minutes = debited_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END ELSE -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END END, pending_out_minutes = pending_out_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END ELSE 0 END, pending_in_minutes = pending_in_minutes + CASE WHEN id = NEW.debit_account_id THEN 0 ELSE CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END END, last_seq = last_seq + CASE WHEN NEW.kind IN ('post', 'post_pending', 'reverse') THEN 1 ELSE 0 END, last_number = CASE WHEN id = NEW.debit_account_id THEN NEW.number ELSE last_number END, last_recorded_at = NEW.recorded_at WHERE timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND status = 'open' RETURNING *)
        INSERT INTO ledger_entry (timebank_id, account_id, seq, transfer_id, minutes, balance_minutes, neighbourhood_code, recorded_at) SELECT timebank_id, id, last_seq, NEW.id, CASE WHEN id = NEW.debit_account_id THEN -NEW.minutes ELSE NEW.minutes END, credited_minutes - debited_minutes, neighbourhood_code, NEW.recorded_at FROM  moved;
    ELSE
        UPDATE ledger_account SET credited_minutes = credited_minutes + CASE WHEN id = NEW.debit_account_id THEN -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END ELSE CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END END, debited_minutes = debited_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END ELSE -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END END, pending_out_minutes = pending_out_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END ELSE 0 END, pending_in_minutes = pending_in_minutes + CASE WHEN id = NEW.debit_account_id THEN 0 ELSE CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END END, last_seq = last_seq + CASE WHEN NEW.kind IN ('post', 'post_pending', 'reverse') THEN 1 ELSE 0 END, last_number = CASE WHEN id = NEW.debit_account_id THEN NEW.number ELSE last_number END, last_recorded_at = NEW.recorded_at WHERE timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND status = 'open';
    END IF;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> 2 THEN
        RAISE EXCEPTION 'the books refuse: %', (
            SELECT side || CASE WHEN a.id IS NULL THEN '-unknown' ELSE '-closed' END
            FROM (VALUES (1, 'debit', NEW.debit_account_id), (2, 'credit', NEW.credit_account_id))
                AS s (place, side, id)
            LEFT JOIN ledger_account a ON a.timebank_id = NEW.timebank_id AND a.id = s.id
            WHERE a.id IS NULL OR a.status <> 'open' ORDER BY s.place LIMIT 1
            ) USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END$body$"""
BOOK_BEFORE = """CREATE OR REPLACE FUNCTION ledger_book() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
DECLARE
    moved integer;
BEGIN
    IF NEW.refers_to IS NOT NULL THEN
        IF NOT EXISTS (SELECT 1 FROM ledger_transfer f WHERE f.timebank_id = NEW.timebank_id AND f.id = NEW.refers_to AND f.effective_on = NEW.effective_on AND CASE NEW.kind WHEN 'reverse' THEN f.kind IN ('post', 'post_pending') AND f.debit_account_id = NEW.credit_account_id AND f.credit_account_id = NEW.debit_account_id AND f.minutes >= NEW.minutes WHEN 'post_pending' THEN f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes AND (f.expires_at IS NULL OR f.expires_at > NEW.recorded_at) WHEN 'expire' THEN f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes AND f.expires_at <= NEW.recorded_at ELSE f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes END) THEN
            RAISE EXCEPTION 'the books refuse: misfit' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.kind IN ('post', 'post_pending', 'reverse') THEN
        WITH moved AS (UPDATE ledger_account SET credited_minutes = credited_minutes + CASE WHEN id = NEW.debit_account_id THEN -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END ELSE CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END END, debited_minutes = debited_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END ELSE -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END END, pending_out_minutes = pending_out_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END ELSE 0 END, pending_in_minutes = pending_in_minutes + CASE WHEN id = NEW.debit_account_id THEN 0 ELSE CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END END, last_seq = last_seq + CASE WHEN NEW.kind IN ('post', 'post_pending', 'reverse') THEN 1 ELSE 0 END, last_number = CASE WHEN id = NEW.debit_account_id THEN NEW.number ELSE last_number END, last_recorded_at = NEW.recorded_at WHERE timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND status = 'open' RETURNING *)
        INSERT INTO ledger_entry (timebank_id, account_id, seq, transfer_id, minutes, balance_minutes, neighbourhood_code, recorded_at) SELECT timebank_id, id, last_seq, NEW.id, CASE WHEN id = NEW.debit_account_id THEN -NEW.minutes ELSE NEW.minutes END, credited_minutes - debited_minutes, neighbourhood_code, NEW.recorded_at FROM  moved;
    ELSE
        UPDATE ledger_account SET credited_minutes = credited_minutes + CASE WHEN id = NEW.debit_account_id THEN -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END ELSE CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END END, debited_minutes = debited_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END ELSE -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END END, pending_out_minutes = pending_out_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END ELSE 0 END, pending_in_minutes = pending_in_minutes + CASE WHEN id = NEW.debit_account_id THEN 0 ELSE CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END END, last_seq = last_seq + CASE WHEN NEW.kind IN ('post', 'post_pending', 'reverse') THEN 1 ELSE 0 END, last_number = CASE WHEN id = NEW.debit_account_id THEN NEW.number ELSE last_number END, last_recorded_at = NEW.recorded_at WHERE timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND status = 'open';
    END IF;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> 2 THEN
        RAISE EXCEPTION 'the books refuse: %', (SELECT CASE WHEN id = NEW.debit_account_id THEN 'debit' ELSE 'credit' END
            FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND status <> 'open' ORDER BY id = NEW.debit_account_id DESC LIMIT 1
            ) || '-closed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END$body$"""


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        _say(OWN_TABLES_FIRST, BOOK)
        for table, column, referred in KEYS:
            op.drop_constraint(_name(table, column, referred), table, type_="foreignkey")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        _say(OWN_TABLES_FIRST, BOOK_BEFORE)
        for table, column, referred in KEYS:
            here, there = ["timebank_id", column], ["timebank_id", "id"]
            op.create_foreign_key(_name(table, column, referred), table, referred, here, there)


def _say(*statements):
    for statement in statements:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _name(table, column, referred):
    """Return the name of the key, as long as PostgreSQL keeps it."""
    return op.f(f"fk_{table}_timebank_id_{column}_{referred}")
