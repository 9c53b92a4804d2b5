# SPDX-License-Identifier: EUPL-1.2
"""Let the database keep the books.

Transfers get a number on their debit account, reservations may expire, accounts may have a floor
and a ceiling, and seals are there. From here on a trigger moves the accounts and writes the entries
when a transfer is written. Both journal tables are written anew, because their columns stand in
another order; every row, number and balance stays what it was.

Going down is refused when the books hold what the schema before cannot say: an expiry, a reversal
in part. Seals are lost on the way down and are made again on the way up, by the sealing job.
"""

import hashlib
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OLD_TABLES_SQLITE = [
    "CREATE TABLE ledger_account (timebank_id INTEGER NOT NULL, id BIGINT NOT NULL, status VARCHAR(32) NOT NULL, neighbourhood_code VARCHAR(12) NOT NULL, credited_minutes BIGINT NOT NULL, debited_minutes BIGINT NOT NULL, pending_in_minutes BIGINT NOT NULL, pending_out_minutes BIGINT NOT NULL, last_seq INTEGER NOT NULL, opened_at DATETIME NOT NULL, CONSTRAINT pk_ledger_account PRIMARY KEY (timebank_id, id), CONSTRAINT ck_ledger_account_credited_not_negative CHECK (credited_minutes >= 0), CONSTRAINT ck_ledger_account_debited_not_negative CHECK (debited_minutes >= 0), CONSTRAINT ck_ledger_account_pending_in_not_negative CHECK (pending_in_minutes >= 0), CONSTRAINT ck_ledger_account_pending_out_not_negative CHECK (pending_out_minutes >= 0), CONSTRAINT ck_ledger_account_last_seq_not_negative CHECK (last_seq >= 0), CONSTRAINT ck_ledger_account_status_known CHECK (status IN ('open', 'closed')))",
    "CREATE INDEX ix_ledger_account_timebank_id_neighbourhood_code ON ledger_account (timebank_id, neighbourhood_code)",
    "CREATE TABLE ledger_transfer (timebank_id INTEGER NOT NULL, id CHAR(32) NOT NULL, kind VARCHAR(32) NOT NULL, debit_account_id BIGINT NOT NULL, credit_account_id BIGINT NOT NULL, minutes INTEGER NOT NULL, refers_to CHAR(32), effective_on DATE NOT NULL, recorded_at DATETIME NOT NULL, recorded_by CHAR(32), fingerprint BLOB NOT NULL, CONSTRAINT pk_ledger_transfer PRIMARY KEY (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_debit_account_id_ledger_account FOREIGN KEY(timebank_id, debit_account_id) REFERENCES ledger_account (timebank_id, id) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT fk_ledger_transfer_timebank_id_credit_account_id_ledger_account FOREIGN KEY(timebank_id, credit_account_id) REFERENCES ledger_account (timebank_id, id) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT fk_ledger_transfer_timebank_id_refers_to_ledger_transfer FOREIGN KEY(timebank_id, refers_to) REFERENCES ledger_transfer (timebank_id, id), CONSTRAINT uq_ledger_transfer_timebank_id_refers_to UNIQUE (timebank_id, refers_to), CONSTRAINT ck_ledger_transfer_minutes_positive CHECK (minutes > 0), CONSTRAINT ck_ledger_transfer_two_accounts CHECK (debit_account_id <> credit_account_id), CONSTRAINT ck_ledger_transfer_refers_when_it_resolves CHECK ((refers_to IS NULL) = (kind IN ('post', 'reserve'))), CONSTRAINT ck_ledger_transfer_kind_known CHECK (kind IN ('post', 'reserve', 'post_pending', 'void', 'reverse')))",
    "CREATE TABLE ledger_entry (timebank_id INTEGER NOT NULL, account_id BIGINT NOT NULL, seq INTEGER NOT NULL, transfer_id CHAR(32) NOT NULL, minutes INTEGER NOT NULL, balance_minutes BIGINT NOT NULL, neighbourhood_code VARCHAR(12) NOT NULL, recorded_at DATETIME NOT NULL, CONSTRAINT pk_ledger_entry PRIMARY KEY (timebank_id, account_id, seq), CONSTRAINT fk_ledger_entry_timebank_id_account_id_ledger_account FOREIGN KEY(timebank_id, account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_entry_timebank_id_transfer_id_ledger_transfer FOREIGN KEY(timebank_id, transfer_id) REFERENCES ledger_transfer (timebank_id, id), CONSTRAINT ck_ledger_entry_minutes_not_zero CHECK (minutes <> 0), CONSTRAINT ck_ledger_entry_seq_positive CHECK (seq > 0))",
    "CREATE INDEX ix_ledger_entry_timebank_id_neighbourhood_code_recorded_at ON ledger_entry (timebank_id, neighbourhood_code, recorded_at)",
]

OLD_GUARDS_SQLITE = [
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

OLD_TABLES_POSTGRESQL = [
    "CREATE TABLE ledger_transfer (timebank_id INTEGER NOT NULL, id UUID NOT NULL, kind VARCHAR(32) NOT NULL, debit_account_id BIGINT NOT NULL, credit_account_id BIGINT NOT NULL, minutes INTEGER NOT NULL, refers_to UUID, effective_on DATE NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, recorded_by UUID, fingerprint BYTEA NOT NULL, CONSTRAINT pk_ledger_transfer PRIMARY KEY (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_debit_account_id_ledger_account FOREIGN KEY(timebank_id, debit_account_id) REFERENCES ledger_account (timebank_id, id) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT fk_ledger_transfer_timebank_id_credit_account_id_ledger_account FOREIGN KEY(timebank_id, credit_account_id) REFERENCES ledger_account (timebank_id, id) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT fk_ledger_transfer_timebank_id_refers_to_ledger_transfer FOREIGN KEY(timebank_id, refers_to) REFERENCES ledger_transfer (timebank_id, id), CONSTRAINT uq_ledger_transfer_timebank_id_refers_to UNIQUE (timebank_id, refers_to), CONSTRAINT ck_ledger_transfer_minutes_positive CHECK (minutes > 0), CONSTRAINT ck_ledger_transfer_two_accounts CHECK (debit_account_id <> credit_account_id), CONSTRAINT ck_ledger_transfer_refers_when_it_resolves CHECK ((refers_to IS NULL) = (kind IN ('post', 'reserve'))), CONSTRAINT ck_ledger_transfer_kind_known CHECK (kind IN ('post', 'reserve', 'post_pending', 'void', 'reverse')))",
    "CREATE TABLE ledger_entry (timebank_id INTEGER NOT NULL, account_id BIGINT NOT NULL, seq INTEGER NOT NULL, transfer_id UUID NOT NULL, minutes INTEGER NOT NULL, balance_minutes BIGINT NOT NULL, neighbourhood_code VARCHAR(12) NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT pk_ledger_entry PRIMARY KEY (timebank_id, account_id, seq), CONSTRAINT fk_ledger_entry_timebank_id_account_id_ledger_account FOREIGN KEY(timebank_id, account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_entry_timebank_id_transfer_id_ledger_transfer FOREIGN KEY(timebank_id, transfer_id) REFERENCES ledger_transfer (timebank_id, id), CONSTRAINT ck_ledger_entry_minutes_not_zero CHECK (minutes <> 0), CONSTRAINT ck_ledger_entry_seq_positive CHECK (seq > 0))",
    "CREATE INDEX ix_ledger_entry_timebank_id_neighbourhood_code_recorded_at ON ledger_entry (timebank_id, neighbourhood_code, recorded_at)",
]

OLD_GUARDS_POSTGRESQL = [
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

NEW_TABLES_SQLITE = [
    "CREATE TABLE ledger_account (timebank_id INTEGER NOT NULL, id BIGINT NOT NULL, status VARCHAR(32) NOT NULL, neighbourhood_code VARCHAR(12) NOT NULL, credited_minutes BIGINT NOT NULL, debited_minutes BIGINT NOT NULL, pending_in_minutes BIGINT NOT NULL, pending_out_minutes BIGINT NOT NULL, floor_minutes BIGINT, ceiling_minutes BIGINT, limited_at DATETIME, last_seq INTEGER NOT NULL, last_number INTEGER NOT NULL, last_recorded_at DATETIME NOT NULL, opened_at DATETIME NOT NULL, closed_at DATETIME, CONSTRAINT pk_ledger_account PRIMARY KEY (timebank_id, id), CONSTRAINT ck_ledger_account_status_known CHECK (status IN ('open', 'closed')), CONSTRAINT ck_ledger_account_credited_not_negative CHECK (credited_minutes >= 0), CONSTRAINT ck_ledger_account_debited_not_negative CHECK (debited_minutes >= 0), CONSTRAINT ck_ledger_account_pending_in_not_negative CHECK (pending_in_minutes >= 0), CONSTRAINT ck_ledger_account_pending_out_not_negative CHECK (pending_out_minutes >= 0), CONSTRAINT ck_ledger_account_last_seq_not_negative CHECK (last_seq >= 0), CONSTRAINT ck_ledger_account_last_number_not_negative CHECK (last_number >= 0), CONSTRAINT ck_ledger_account_floor_below_ceiling CHECK ((floor_minutes IS NULL OR ceiling_minutes IS NULL OR floor_minutes <= ceiling_minutes)), CONSTRAINT ck_ledger_account_empty_when_closed CHECK ((status = 'open' OR (credited_minutes = debited_minutes AND pending_in_minutes = 0 AND pending_out_minutes = 0))), CONSTRAINT ck_ledger_account_closed_at_known CHECK ((status = 'closed') = (closed_at IS NOT NULL)))",
    "CREATE INDEX ix_ledger_account_timebank_id_neighbourhood_code ON ledger_account (timebank_id, neighbourhood_code)",
    "CREATE TABLE ledger_transfer (debit_account_id BIGINT NOT NULL, credit_account_id BIGINT NOT NULL, recorded_at DATETIME NOT NULL, timebank_id INTEGER NOT NULL, minutes INTEGER NOT NULL, number INTEGER NOT NULL, effective_on DATE NOT NULL, id CHAR(32) NOT NULL, kind VARCHAR(32) NOT NULL, refers_to CHAR(32), recorded_by CHAR(32), expires_at DATETIME, CONSTRAINT pk_ledger_transfer PRIMARY KEY (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_debit_account_id_ledger_account FOREIGN KEY(timebank_id, debit_account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_credit_account_id_ledger_account FOREIGN KEY(timebank_id, credit_account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_refers_to_ledger_transfer FOREIGN KEY(timebank_id, refers_to) REFERENCES ledger_transfer (timebank_id, id), CONSTRAINT ck_ledger_transfer_kind_known CHECK (kind IN ('post', 'reserve', 'post_pending', 'void', 'expire', 'reverse')), CONSTRAINT ck_ledger_transfer_minutes_positive CHECK (minutes > 0), CONSTRAINT ck_ledger_transfer_number_positive CHECK (number > 0), CONSTRAINT ck_ledger_transfer_two_accounts CHECK (debit_account_id <> credit_account_id), CONSTRAINT ck_ledger_transfer_refers_when_it_resolves CHECK ((refers_to IS NULL) = (kind IN ('post', 'reserve'))), CONSTRAINT ck_ledger_transfer_expires_when_it_reserves CHECK ((expires_at IS NULL OR kind = 'reserve'))) WITHOUT ROWID",
    "CREATE INDEX ix_ledger_transfer_expiry ON ledger_transfer (timebank_id, expires_at) WHERE expires_at IS NOT NULL",
    "CREATE UNIQUE INDEX ix_ledger_transfer_number ON ledger_transfer (timebank_id, debit_account_id, number)",
    "CREATE UNIQUE INDEX ix_ledger_transfer_resolution ON ledger_transfer (timebank_id, refers_to) WHERE refers_to IS NOT NULL",
    "CREATE TABLE ledger_entry (account_id BIGINT NOT NULL, balance_minutes BIGINT NOT NULL, recorded_at DATETIME NOT NULL, timebank_id INTEGER NOT NULL, seq INTEGER NOT NULL, minutes INTEGER NOT NULL, transfer_id CHAR(32) NOT NULL, neighbourhood_code VARCHAR(12) NOT NULL, CONSTRAINT pk_ledger_entry PRIMARY KEY (timebank_id, account_id, seq), CONSTRAINT fk_ledger_entry_timebank_id_account_id_ledger_account FOREIGN KEY(timebank_id, account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_entry_timebank_id_transfer_id_ledger_transfer FOREIGN KEY(timebank_id, transfer_id) REFERENCES ledger_transfer (timebank_id, id)) WITHOUT ROWID",
    "CREATE INDEX ix_ledger_entry_timebank_id_neighbourhood_code_recorded_at ON ledger_entry (timebank_id, neighbourhood_code, recorded_at)",
    "CREATE TABLE ledger_seal (timebank_id INTEGER NOT NULL, number INTEGER NOT NULL, sealed_at DATETIME NOT NULL, transfers INTEGER NOT NULL, posted_minutes BIGINT NOT NULL, marks BLOB NOT NULL, row_digests BLOB NOT NULL, previous_digest BLOB NOT NULL, digest BLOB NOT NULL, CONSTRAINT pk_ledger_seal PRIMARY KEY (timebank_id, number), CONSTRAINT ck_ledger_seal_number_positive CHECK (number > 0))",
]

NEW_GUARDS_SQLITE = [
    "CREATE TRIGGER ledger_transfer_no_update BEFORE UPDATE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only: UPDATE is refused'); END",
    "CREATE TRIGGER ledger_transfer_no_delete BEFORE DELETE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only: DELETE is refused'); END",
    "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only: UPDATE is refused'); END",
    "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only: DELETE is refused'); END",
    "CREATE TRIGGER ledger_seal_no_update BEFORE UPDATE ON ledger_seal BEGIN SELECT RAISE(ABORT, 'ledger_seal is append-only: UPDATE is refused'); END",
    "CREATE TRIGGER ledger_seal_no_delete BEFORE DELETE ON ledger_seal BEGIN SELECT RAISE(ABORT, 'ledger_seal is append-only: DELETE is refused'); END",
    "CREATE TRIGGER ledger_transfer_no_replace BEFORE INSERT ON ledger_transfer WHEN EXISTS (SELECT 1 FROM ledger_transfer WHERE timebank_id = NEW.timebank_id AND (id = NEW.id OR refers_to = NEW.refers_to)) BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER ledger_seal_no_replace BEFORE INSERT ON ledger_seal WHEN EXISTS (SELECT 1 FROM ledger_seal WHERE timebank_id = NEW.timebank_id AND number = NEW.number) BEGIN SELECT RAISE(ABORT, 'ledger_seal: REPLACE is refused'); END",
    "CREATE TRIGGER ledger_account_no_replace BEFORE INSERT ON ledger_account WHEN EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger_account: REPLACE is refused'); END",
    "CREATE TRIGGER ledger_entry_only_booked BEFORE INSERT ON ledger_entry WHEN NOT EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id = NEW.account_id AND last_seq = NEW.seq AND credited_minutes - debited_minutes = NEW.balance_minutes) OR NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE timebank_id = NEW.timebank_id AND id = NEW.transfer_id AND recorded_at = NEW.recorded_at AND minutes = abs(NEW.minutes)) OR EXISTS (SELECT 1 FROM ledger_entry WHERE timebank_id = NEW.timebank_id AND account_id = NEW.account_id AND seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'ledger_entry: INSERT is refused, only a transfer writes entries'); END",
    "CREATE TRIGGER ledger_account_opens_at_zero BEFORE INSERT ON ledger_account WHEN NEW.credited_minutes + NEW.debited_minutes + NEW.pending_in_minutes + NEW.pending_out_minutes + NEW.last_seq + NEW.last_number <> 0 BEGIN SELECT RAISE(ABORT, 'ledger_account: an account opens at zero'); END",
    "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account BEGIN SELECT RAISE(ABORT, 'ledger_account: DELETE is refused'); END",
    "CREATE TRIGGER ledger_account_walls BEFORE UPDATE ON ledger_account WHEN NEW.last_seq - OLD.last_seq NOT BETWEEN 0 AND 1 OR NEW.last_number - OLD.last_number NOT BETWEEN 0 AND 1 OR NEW.id <> OLD.id OR NEW.timebank_id <> OLD.timebank_id OR (NEW.floor_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < NEW.floor_minutes AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < (OLD.credited_minutes - OLD.debited_minutes - OLD.pending_out_minutes) AND NEW.credited_minutes >= OLD.credited_minutes) OR (NEW.ceiling_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > NEW.ceiling_minutes AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > (OLD.credited_minutes - OLD.debited_minutes + OLD.pending_in_minutes) AND NEW.debited_minutes >= OLD.debited_minutes) OR (NEW.last_recorded_at < OLD.last_recorded_at) OR (OLD.status = 'closed') BEGIN SELECT RAISE(ABORT, 'the books refuse: floor') WHERE NEW.floor_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < NEW.floor_minutes AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < (OLD.credited_minutes - OLD.debited_minutes - OLD.pending_out_minutes) AND NEW.credited_minutes >= OLD.credited_minutes; SELECT RAISE(ABORT, 'the books refuse: ceiling') WHERE NEW.ceiling_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > NEW.ceiling_minutes AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > (OLD.credited_minutes - OLD.debited_minutes + OLD.pending_in_minutes) AND NEW.debited_minutes >= OLD.debited_minutes; SELECT RAISE(ABORT, 'the books refuse: clock') WHERE NEW.last_recorded_at < OLD.last_recorded_at; SELECT RAISE(ABORT, 'the books refuse: closed') WHERE OLD.status = 'closed'; SELECT RAISE(ABORT, 'ledger_account: the entry number never goes back'); END",
    "CREATE TRIGGER ledger_transfer_debit_known BEFORE INSERT ON ledger_transfer WHEN NOT EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id = NEW.debit_account_id) BEGIN SELECT RAISE(ABORT, 'the books refuse: debit-unknown'); END",
    "CREATE TRIGGER ledger_transfer_credit_known BEFORE INSERT ON ledger_transfer WHEN NOT EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id = NEW.credit_account_id) BEGIN SELECT RAISE(ABORT, 'the books refuse: credit-unknown'); END",
    "CREATE TRIGGER ledger_transfer_book AFTER INSERT ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'the books refuse: misfit') WHERE NEW.refers_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_transfer f WHERE f.timebank_id = NEW.timebank_id AND f.id = NEW.refers_to AND f.effective_on = NEW.effective_on AND CASE NEW.kind WHEN 'reverse' THEN f.kind IN ('post', 'post_pending') AND f.debit_account_id = NEW.credit_account_id AND f.credit_account_id = NEW.debit_account_id AND f.minutes >= NEW.minutes WHEN 'post_pending' THEN f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes AND (f.expires_at IS NULL OR f.expires_at > NEW.recorded_at) WHEN 'expire' THEN f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes AND f.expires_at <= NEW.recorded_at ELSE f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes END); UPDATE ledger_account SET credited_minutes = credited_minutes + CASE WHEN id = NEW.debit_account_id THEN -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END ELSE CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END END, debited_minutes = debited_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END ELSE -CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END END, pending_out_minutes = pending_out_minutes + CASE WHEN id = NEW.debit_account_id THEN CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END ELSE 0 END, pending_in_minutes = pending_in_minutes + CASE WHEN id = NEW.debit_account_id THEN 0 ELSE CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0 WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END END, last_seq = last_seq + CASE WHEN NEW.kind IN ('post', 'post_pending', 'reverse') THEN 1 ELSE 0 END, last_number = CASE WHEN id = NEW.debit_account_id THEN NEW.number ELSE last_number END, last_recorded_at = NEW.recorded_at WHERE timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND status = 'open'; SELECT RAISE(ABORT, 'the books refuse: debit-closed') WHERE changes() <> 2 AND NOT EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id = NEW.debit_account_id AND status = 'open'); SELECT RAISE(ABORT, 'the books refuse: credit-closed') WHERE changes() <> 2 AND NOT EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id AND id = NEW.credit_account_id AND status = 'open'); INSERT INTO ledger_entry (timebank_id, account_id, seq, transfer_id, minutes, balance_minutes, neighbourhood_code, recorded_at) SELECT timebank_id, id, last_seq, NEW.id, CASE WHEN id = NEW.debit_account_id THEN -NEW.minutes ELSE NEW.minutes END, credited_minutes - debited_minutes, neighbourhood_code, NEW.recorded_at FROM  ledger_account WHERE timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND NEW.kind IN ('post', 'post_pending', 'reverse'); END",
]

NEW_TABLES_POSTGRESQL = [
    "CREATE TABLE ledger_transfer (debit_account_id BIGINT NOT NULL, credit_account_id BIGINT NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, timebank_id INTEGER NOT NULL, minutes INTEGER NOT NULL, number INTEGER NOT NULL, effective_on DATE NOT NULL, id UUID NOT NULL, kind VARCHAR(32) NOT NULL, refers_to UUID, recorded_by UUID, expires_at TIMESTAMP WITH TIME ZONE, CONSTRAINT pk_ledger_transfer PRIMARY KEY (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_debit_account_id_ledger_account FOREIGN KEY(timebank_id, debit_account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_credit_account_id_ledger_account FOREIGN KEY(timebank_id, credit_account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_transfer_timebank_id_refers_to_ledger_transfer FOREIGN KEY(timebank_id, refers_to) REFERENCES ledger_transfer (timebank_id, id))",
    "CREATE INDEX ix_ledger_transfer_expiry ON ledger_transfer (timebank_id, expires_at) WHERE expires_at IS NOT NULL",
    "CREATE UNIQUE INDEX ix_ledger_transfer_number ON ledger_transfer (timebank_id, debit_account_id, number)",
    "CREATE UNIQUE INDEX ix_ledger_transfer_resolution ON ledger_transfer (timebank_id, refers_to) WHERE refers_to IS NOT NULL",
    "CREATE TABLE ledger_entry (account_id BIGINT NOT NULL, balance_minutes BIGINT NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, timebank_id INTEGER NOT NULL, seq INTEGER NOT NULL, minutes INTEGER NOT NULL, transfer_id UUID NOT NULL, neighbourhood_code VARCHAR(12) NOT NULL, CONSTRAINT pk_ledger_entry PRIMARY KEY (timebank_id, account_id, seq), CONSTRAINT fk_ledger_entry_timebank_id_account_id_ledger_account FOREIGN KEY(timebank_id, account_id) REFERENCES ledger_account (timebank_id, id), CONSTRAINT fk_ledger_entry_timebank_id_transfer_id_ledger_transfer FOREIGN KEY(timebank_id, transfer_id) REFERENCES ledger_transfer (timebank_id, id))",
    "CREATE INDEX ix_ledger_entry_timebank_id_neighbourhood_code_recorded_at ON ledger_entry USING brin (timebank_id, neighbourhood_code, recorded_at) WITH (pages_per_range = 16, autosummarize = on)",
    "CREATE TABLE ledger_seal (timebank_id INTEGER NOT NULL, number INTEGER NOT NULL, sealed_at TIMESTAMP WITH TIME ZONE NOT NULL, transfers INTEGER NOT NULL, posted_minutes BIGINT NOT NULL, marks BYTEA NOT NULL, row_digests BYTEA NOT NULL, previous_digest BYTEA NOT NULL, digest BYTEA NOT NULL, CONSTRAINT pk_ledger_seal PRIMARY KEY (timebank_id, number), CONSTRAINT ck_ledger_seal_number_positive CHECK (number > 0))",
]

NEW_GUARDS_POSTGRESQL = [
    "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$BEGIN RAISE EXCEPTION '% on % is refused: the books are append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END$body$",
    r"""CREATE FUNCTION ledger_account_walls() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- A transfer is being booked: one condition, because this runs twice for each transfer.
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 AND NEW.credited_minutes >= 0 AND NEW.debited_minutes >= 0 AND NEW.pending_in_minutes >= 0 AND NEW.pending_out_minutes >= 0 AND NOT (NEW.last_seq - OLD.last_seq NOT BETWEEN 0 AND 1 OR NEW.last_number - OLD.last_number NOT BETWEEN 0 AND 1 OR NEW.id <> OLD.id OR NEW.timebank_id <> OLD.timebank_id) AND NOT ((NEW.floor_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < NEW.floor_minutes AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < (OLD.credited_minutes - OLD.debited_minutes - OLD.pending_out_minutes) AND NEW.credited_minutes >= OLD.credited_minutes) OR (NEW.ceiling_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > NEW.ceiling_minutes AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > (OLD.credited_minutes - OLD.debited_minutes + OLD.pending_in_minutes) AND NEW.debited_minutes >= OLD.debited_minutes) OR (NEW.last_recorded_at < OLD.last_recorded_at) OR (OLD.status = 'closed')) THEN
        RETURN NEW;
    END IF;
    IF NOT ((NEW.status IN ('open', 'closed')) AND (NEW.credited_minutes >= 0) AND (NEW.debited_minutes >= 0) AND (NEW.pending_in_minutes >= 0) AND (NEW.pending_out_minutes >= 0) AND (NEW.last_seq >= 0) AND (NEW.last_number >= 0) AND ((NEW.floor_minutes IS NULL OR NEW.ceiling_minutes IS NULL OR NEW.floor_minutes <= NEW.ceiling_minutes)) AND ((NEW.status = 'open' OR (NEW.credited_minutes = NEW.debited_minutes AND NEW.pending_in_minutes = 0 AND NEW.pending_out_minutes = 0))) AND ((NEW.status = 'closed') = (NEW.closed_at IS NOT NULL))) THEN
        RAISE EXCEPTION 'a row of ledger_account breaks a rule' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.credited_minutes + NEW.debited_minutes + NEW.pending_in_minutes + NEW.pending_out_minutes + NEW.last_seq + NEW.last_number <> 0 THEN
            RAISE EXCEPTION 'ledger_account: an account opens at zero'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.last_seq - OLD.last_seq NOT BETWEEN 0 AND 1 OR NEW.last_number - OLD.last_number NOT BETWEEN 0 AND 1 OR NEW.id <> OLD.id OR NEW.timebank_id <> OLD.timebank_id THEN
        RAISE EXCEPTION 'ledger_account: the entry number never goes back'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF pg_trigger_depth() = 1 AND (NEW.credited_minutes <> OLD.credited_minutes OR NEW.debited_minutes <> OLD.debited_minutes OR NEW.pending_in_minutes <> OLD.pending_in_minutes OR NEW.pending_out_minutes <> OLD.pending_out_minutes OR NEW.last_seq <> OLD.last_seq OR NEW.last_number <> OLD.last_number OR NEW.last_recorded_at <> OLD.last_recorded_at) THEN
        RAISE EXCEPTION 'ledger_account: UPDATE is refused, only a transfer moves minutes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.floor_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < NEW.floor_minutes AND (NEW.credited_minutes - NEW.debited_minutes - NEW.pending_out_minutes) < (OLD.credited_minutes - OLD.debited_minutes - OLD.pending_out_minutes) AND NEW.credited_minutes >= OLD.credited_minutes THEN
        RAISE EXCEPTION 'the books refuse: floor'
            USING ERRCODE = 'check_violation', DETAIL = row_to_json(OLD)::text;
    END IF;
    IF NEW.ceiling_minutes IS NOT NULL AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > NEW.ceiling_minutes AND (NEW.credited_minutes - NEW.debited_minutes + NEW.pending_in_minutes) > (OLD.credited_minutes - OLD.debited_minutes + OLD.pending_in_minutes) AND NEW.debited_minutes >= OLD.debited_minutes THEN
        RAISE EXCEPTION 'the books refuse: ceiling'
            USING ERRCODE = 'check_violation', DETAIL = row_to_json(OLD)::text;
    END IF;
    IF NEW.last_recorded_at < OLD.last_recorded_at THEN
        RAISE EXCEPTION 'the books refuse: clock'
            USING ERRCODE = 'check_violation', DETAIL = row_to_json(OLD)::text;
    END IF;
    IF OLD.status = 'closed' THEN
        RAISE EXCEPTION 'the books refuse: closed'
            USING ERRCODE = 'check_violation', DETAIL = row_to_json(OLD)::text;
    END IF;
    RETURN NEW;
END$body$""",
    r"""CREATE FUNCTION ledger_entry_walls() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF pg_trigger_depth() = 1 THEN
        RAISE EXCEPTION 'ledger_entry: INSERT is refused, only a transfer writes entries'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END$body$""",
    "CREATE TRIGGER ledger_transfer_no_update BEFORE UPDATE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_transfer_no_delete BEFORE DELETE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_seal_no_update BEFORE UPDATE ON ledger_seal FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_seal_no_delete BEFORE DELETE ON ledger_seal FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_seal_no_truncate BEFORE TRUNCATE ON ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_account_walls BEFORE INSERT OR UPDATE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_walls()",
    "CREATE TRIGGER ledger_entry_walls BEFORE INSERT ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_walls()",
    r"""CREATE FUNCTION ledger_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
DECLARE
    side record;
    credit_known boolean := false;
    latest timestamptz;
BEGIN
    IF NOT ((NEW.kind IN ('post', 'reserve', 'post_pending', 'void', 'expire', 'reverse')) AND (NEW.minutes > 0) AND (NEW.debit_account_id <> NEW.credit_account_id) AND ((NEW.refers_to IS NULL) = (NEW.kind IN ('post', 'reserve'))) AND ((NEW.expires_at IS NULL OR NEW.kind = 'reserve')) AND NEW.number >= 0) THEN
        RAISE EXCEPTION 'a row of ledger_transfer breaks a rule' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.number > 0 THEN
        RETURN NEW;
    END IF;
    FOR side IN SELECT id, last_number, last_recorded_at FROM ledger_account
        WHERE timebank_id = NEW.timebank_id
        AND id IN (NEW.debit_account_id, NEW.credit_account_id) ORDER BY id FOR NO KEY UPDATE
    LOOP
        IF side.id = NEW.debit_account_id THEN
            NEW.number := side.last_number + 1;
        ELSE
            credit_known := true;
        END IF;
        latest := greatest(latest, side.last_recorded_at);
    END LOOP;
    IF NEW.number = 0 THEN
        RAISE EXCEPTION 'the books refuse: debit-unknown' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT credit_known THEN
        RAISE EXCEPTION 'the books refuse: credit-unknown' USING ERRCODE = 'check_violation';
    END IF;
    IF latest <= NEW.recorded_at + interval '1 hour' THEN
        NEW.recorded_at := greatest(NEW.recorded_at, latest);
    END IF;
    RETURN NEW;
END$body$""",
    r"""CREATE FUNCTION ledger_book() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
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
END$body$""",
    "CREATE TRIGGER ledger_transfer_stamp BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_stamp()",
    "CREATE TRIGGER ledger_transfer_book AFTER INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_book()",
]

OLD_FINGERPRINT = ("kind", "debit_account_id", "credit_account_id", "minutes", "refers_to", "effective_on")
MEMBER_KEY = "fk_member_timebank_id_account_id_ledger_account"
POSTGRESQL_CHECKS = (
    "credited_not_negative",
    "debited_not_negative",
    "last_seq_not_negative",
    "pending_in_not_negative",
    "pending_out_not_negative",
    "status_known",
)


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        _run("CREATE TEMP TABLE old_account AS SELECT * FROM ledger_account")
    _set_aside()
    _widen_accounts()
    _run(*_for_dialect("NEW_TABLES"))
    if op.get_bind().dialect.name == "sqlite":
        _run(
            "INSERT INTO ledger_account (timebank_id, id, status, neighbourhood_code, credited_minutes,"
            " debited_minutes, pending_in_minutes, pending_out_minutes, last_seq, last_number,"
            " last_recorded_at, opened_at, closed_at)"
            " SELECT timebank_id, id, status, neighbourhood_code, credited_minutes, debited_minutes,"
            f" pending_in_minutes, pending_out_minutes, last_seq, {LAST_NUMBER}, {LAST_MOMENT}, opened_at,"
            f" CASE WHEN status = 'closed' THEN {LAST_MOMENT} END FROM old_account a"
        )
    _run(
        "INSERT INTO ledger_transfer (debit_account_id, credit_account_id, recorded_at, timebank_id,"
        " minutes, number, effective_on, id, kind, refers_to, recorded_by, expires_at)"
        " SELECT debit_account_id, credit_account_id, recorded_at, timebank_id, minutes,"
        " row_number() OVER (PARTITION BY timebank_id, debit_account_id ORDER BY recorded_at, id),"
        " effective_on, id, kind, refers_to, recorded_by, NULL FROM old_transfer ORDER BY recorded_at, id",
        "INSERT INTO ledger_entry (account_id, balance_minutes, recorded_at, timebank_id, seq, minutes,"
        " transfer_id, neighbourhood_code) SELECT account_id, balance_minutes, recorded_at, timebank_id,"
        " seq, minutes, transfer_id, neighbourhood_code FROM old_entry ORDER BY recorded_at, account_id, seq",
    )
    _clean_up()
    _run(*_for_dialect("NEW_GUARDS"))


LAST_NUMBER = (
    "(SELECT count(*) FROM old_transfer t WHERE t.timebank_id = a.timebank_id AND t.debit_account_id = a.id)"
)
LAST_MOMENT = (
    "coalesce((SELECT max(t.recorded_at) FROM old_transfer t WHERE t.timebank_id = a.timebank_id"
    " AND a.id IN (t.debit_account_id, t.credit_account_id)), a.opened_at)"
)


def _run(*statements):
    if op.get_bind().dialect.name == "postgresql":
        # The functions keep this: nobody can put tables of his own before those of the books.
        op.execute("SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)")
    for statement in statements:
        op.execute(sa.DDL(statement.replace("%", "%%")))


def _for_dialect(name):
    return globals()[f"{name}_{op.get_bind().dialect.name.upper()}"]


def _set_aside():
    """Keep both journals beside, and take the tables away; their triggers go with them."""
    _run(
        "CREATE TEMP TABLE old_transfer AS SELECT * FROM ledger_transfer",
        "CREATE TEMP TABLE old_entry AS SELECT * FROM ledger_entry",
        "CREATE INDEX temp_debit ON old_transfer (timebank_id, debit_account_id)",
        "CREATE INDEX temp_credit ON old_transfer (timebank_id, credit_account_id)",
        "DROP TABLE ledger_entry",
        "DROP TABLE ledger_transfer",
    )


def _widen_accounts():
    """Give the account rows their new columns. SQLite makes the table anew, in ``upgrade``."""
    if op.get_bind().dialect.name == "sqlite":
        _run("DROP TABLE ledger_account")
        return
    _run("DROP FUNCTION ledger_refuse() CASCADE")
    for name in POSTGRESQL_CHECKS:
        op.drop_constraint(op.f(f"ck_ledger_account_{name}"), "ledger_account")
    moment = sa.DateTime(timezone=True)
    for name, kind in (
        ("floor_minutes", sa.BigInteger()),
        ("ceiling_minutes", sa.BigInteger()),
        ("limited_at", moment),
        ("last_number", sa.Integer()),
        ("last_recorded_at", moment),
        ("closed_at", moment),
    ):
        op.add_column("ledger_account", sa.Column(name, kind, nullable=True))
    _run(
        f"UPDATE ledger_account a SET last_number = {LAST_NUMBER}, last_recorded_at = {LAST_MOMENT}",
        "UPDATE ledger_account SET closed_at = last_recorded_at WHERE status = 'closed'",
    )
    for name in ("last_number", "last_recorded_at"):
        op.alter_column("ledger_account", name, nullable=False)
    _run("ALTER TABLE ledger_account SET (fillfactor = 40)")


def _clean_up():
    _run("DROP TABLE old_entry", "DROP TABLE old_transfer")
    if op.get_bind().dialect.name == "sqlite":
        _run("DROP TABLE old_account")


def downgrade():
    bind = op.get_bind()
    unsayable = bind.execute(
        sa.text(
            "SELECT count(*) FROM ledger_transfer t WHERE t.kind = 'expire' OR t.expires_at IS NOT NULL"
            " OR (t.kind = 'reverse' AND t.minutes <> (SELECT f.minutes FROM ledger_transfer f"
            " WHERE f.timebank_id = t.timebank_id AND f.id = t.refers_to))"
        )
    ).scalar()
    if unsayable:
        raise RuntimeError(f"{unsayable} transfers expire or are reversed in part: no way down")
    sqlite = bind.dialect.name == "sqlite"
    if sqlite:
        _run("CREATE TEMP TABLE old_account AS SELECT * FROM ledger_account")
    _set_aside()
    _run("DROP TABLE ledger_seal")
    if sqlite:
        _run("DROP TABLE ledger_account")
    else:
        _narrow_accounts()
    _run(*_for_dialect("OLD_TABLES"))
    if sqlite:
        columns = (
            "timebank_id, id, status, neighbourhood_code, credited_minutes, debited_minutes,"
            " pending_in_minutes, pending_out_minutes, last_seq, opened_at"
        )
        _run(f"INSERT INTO ledger_account ({columns}) SELECT {columns} FROM old_account")
    _write_old_journals(bind)
    _clean_up()
    _run(*_for_dialect("OLD_GUARDS"))


def _narrow_accounts():
    _run("ALTER TABLE ledger_account RESET (fillfactor)")
    for name in ("refuse", "stamp", "book", "account_walls", "entry_walls"):
        _run(f"DROP FUNCTION ledger_{name}() CASCADE")
    for name in (
        "floor_minutes",
        "ceiling_minutes",
        "limited_at",
        "last_number",
        "last_recorded_at",
        "closed_at",
    ):
        op.drop_column("ledger_account", name)
    for name, rule in (
        ("credited_not_negative", "credited_minutes >= 0"),
        ("debited_not_negative", "debited_minutes >= 0"),
        ("last_seq_not_negative", "last_seq >= 0"),
        ("pending_in_not_negative", "pending_in_minutes >= 0"),
        ("pending_out_not_negative", "pending_out_minutes >= 0"),
        ("status_known", "status IN ('open', 'closed')"),
    ):
        op.create_check_constraint(op.f(f"ck_ledger_account_{name}"), "ledger_account", rule)


def _write_old_journals(bind):
    """Write the journals as they were, each transfer with the fingerprint that it had."""
    columns = (
        "timebank_id, id, kind, debit_account_id, credit_account_id, minutes, refers_to, effective_on,"
        " recorded_at, recorded_by"
    )
    fingerprints = _fingerprints(bind)
    _run("CREATE TEMP TABLE old_fingerprint (timebank_id integer, id " + ("char(32)" if bind.dialect.name == "sqlite" else "uuid") + ", fingerprint " + ("blob" if bind.dialect.name == "sqlite" else "bytea") + ")")
    if fingerprints:
        bind.execute(
            sa.text("INSERT INTO old_fingerprint VALUES (:timebank_id, :id, :fingerprint)"), fingerprints
        )
    _run(
        f"INSERT INTO ledger_transfer ({columns}, fingerprint) SELECT {columns}, f.fingerprint"
        " FROM old_transfer t JOIN old_fingerprint f USING (timebank_id, id)",
        "INSERT INTO ledger_entry (timebank_id, account_id, seq, transfer_id, minutes, balance_minutes,"
        " neighbourhood_code, recorded_at) SELECT timebank_id, account_id, seq, transfer_id, minutes,"
        " balance_minutes, neighbourhood_code, recorded_at FROM old_entry",
        "DROP TABLE old_fingerprint",
    )


def _fingerprints(bind):
    rows = bind.execute(
        sa.text("SELECT timebank_id, id, " + ", ".join(OLD_FINGERPRINT) + " FROM old_transfer")
    ).mappings()
    fingerprints = []
    for row in rows:
        values = dict(row)
        if values["refers_to"] is not None:
            values["refers_to"] = uuid.UUID(str(values["refers_to"]))
        content = "|".join(str(values[name]) for name in OLD_FINGERPRINT)
        digest = hashlib.blake2b(content.encode(), digest_size=16).digest()
        fingerprints.append({"timebank_id": row["timebank_id"], "id": row["id"], "fingerprint": digest})
    return fingerprints
