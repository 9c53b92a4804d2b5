# SPDX-License-Identifier: EUPL-1.2
"""How the database keeps the books itself: a row in the journal moves two accounts.

Writing a transfer is the only thing that anyone does. A trigger numbers it, changes both account
rows and writes both entries, or refuses; nobody can book one half (docs/adr/0014). The statements
that move minutes are the same text on both engines. PostgreSQL locks the accounts in the order of
their numbers first; SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.models import TRANSFER_RULES

REFUSAL = "the books refuse: "
"""How a refusal begins; one of the codes of ``ledger.refusals`` follows."""
CLOCK_TOLERANCE_HOURS = 1
"""A clock may step back so far: what is written then gets the moment of what stands before it."""

_POSTS = "NEW.kind IN ('post', 'post_pending', 'reverse')"
_BOTH = "timebank_id = NEW.timebank_id AND id IN (NEW.debit_account_id, NEW.credit_account_id)"
_DEBITED = "id = NEW.debit_account_id"
_NEW_MINUTES = "CASE WHEN NEW.kind IN ('post', 'post_pending') THEN NEW.minutes ELSE 0 END"
_TAKEN_BACK = "CASE WHEN NEW.kind = 'reverse' THEN NEW.minutes ELSE 0 END"
_SET_ASIDE = (
    "CASE WHEN NEW.kind IN ('post', 'reverse') THEN 0"
    " WHEN NEW.kind = 'reserve' THEN NEW.minutes ELSE -NEW.minutes END"
)


def _by_side(on_debit: str, on_credit: str) -> str:
    return f"CASE WHEN {_DEBITED} THEN {on_debit} ELSE {on_credit} END"


_MOVE = (
    "UPDATE ledger_account SET"
    f" credited_minutes = credited_minutes + {_by_side('-' + _TAKEN_BACK, _NEW_MINUTES)},"
    f" debited_minutes = debited_minutes + {_by_side(_NEW_MINUTES, '-' + _TAKEN_BACK)},"
    f" pending_out_minutes = pending_out_minutes + {_by_side(_SET_ASIDE, '0')},"
    f" pending_in_minutes = pending_in_minutes + {_by_side('0', _SET_ASIDE)},"
    f" last_seq = last_seq + CASE WHEN {_POSTS} THEN 1 ELSE 0 END,"
    f" last_number = {_by_side('NEW.number', 'last_number')},"
    " last_recorded_at = NEW.recorded_at"
    f" WHERE {_BOTH} AND status = 'open'"
)
_ENTRIES = (
    "INSERT INTO ledger_entry (timebank_id, account_id, seq, transfer_id, minutes,"
    " balance_minutes, neighbourhood_code, recorded_at)"
    " SELECT timebank_id, id, last_seq, NEW.id,"
    f" {_by_side('-NEW.minutes', 'NEW.minutes')},"
    " credited_minutes - debited_minutes, neighbourhood_code, NEW.recorded_at FROM "
)
_SAME_PARTIES = (
    "f.kind = 'reserve' AND f.debit_account_id = NEW.debit_account_id"
    " AND f.credit_account_id = NEW.credit_account_id AND f.minutes = NEW.minutes"
)
_MISFITS = (
    "NOT EXISTS (SELECT 1 FROM ledger_transfer f"
    " WHERE f.timebank_id = NEW.timebank_id AND f.id = NEW.refers_to"
    " AND f.effective_on = NEW.effective_on AND CASE NEW.kind"
    " WHEN 'reverse' THEN f.kind IN ('post', 'post_pending')"
    " AND f.debit_account_id = NEW.credit_account_id"
    " AND f.credit_account_id = NEW.debit_account_id AND f.minutes >= NEW.minutes"
    f" WHEN 'post_pending' THEN {_SAME_PARTIES}"
    " AND (f.expires_at IS NULL OR f.expires_at > NEW.recorded_at)"
    f" WHEN 'expire' THEN {_SAME_PARTIES} AND f.expires_at <= NEW.recorded_at"
    f" ELSE {_SAME_PARTIES} END)"
)


def all_of(rules: Mapping[str, str], *left_out: str) -> str:
    """Return one condition that says that all rules hold, for a trigger function."""
    return " AND ".join(f"({rule})" for name, rule in rules.items() if name not in left_out)


STAMP_BODY = f"""
DECLARE
    side record;
    credit_known boolean := false;
    latest timestamptz;
BEGIN
    IF NOT ({all_of(TRANSFER_RULES, "number_positive")} AND NEW.number >= 0) THEN
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
        RAISE EXCEPTION '{REFUSAL}debit-unknown' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT credit_known THEN
        RAISE EXCEPTION '{REFUSAL}credit-unknown' USING ERRCODE = 'check_violation';
    END IF;
    IF latest <= NEW.recorded_at + interval '{CLOCK_TOLERANCE_HOURS} hour' THEN
        NEW.recorded_at := greatest(NEW.recorded_at, latest);
    END IF;
    RETURN NEW;
END"""
BOOK_BODY = f"""
DECLARE
    moved integer;
BEGIN
    IF NEW.refers_to IS NOT NULL THEN
        IF {_MISFITS} THEN
            RAISE EXCEPTION '{REFUSAL}misfit' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF {_POSTS} THEN
        WITH moved AS ({_MOVE} RETURNING *)
        {_ENTRIES} moved;
    ELSE
        {_MOVE};
    END IF;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> 2 THEN
        RAISE EXCEPTION '{REFUSAL}%', (
            SELECT side || CASE WHEN a.id IS NULL THEN '-unknown' ELSE '-closed' END
            FROM (VALUES (1, 'debit', NEW.debit_account_id), (2, 'credit', NEW.credit_account_id))
                AS s (place, side, id)
            LEFT JOIN ledger_account a ON a.timebank_id = NEW.timebank_id AND a.id = s.id
            WHERE a.id IS NULL OR a.status <> 'open' ORDER BY s.place LIMIT 1
            ) USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END"""
BODIES = {"ledger_stamp": STAMP_BODY, "ledger_book": BOOK_BODY}
"""What the functions of PostgreSQL do, by name."""


def sqlite_bookkeeping() -> list[str]:
    """Return the triggers that keep the books on SQLite."""
    known = [
        f"CREATE TRIGGER ledger_transfer_{side}_known BEFORE INSERT ON ledger_transfer"
        f" WHEN NOT EXISTS ({_account(side)}) BEGIN SELECT {_abort(f'{side}-unknown')}; END"
        for side in ("debit", "credit")
    ]
    closed = " ".join(
        f"SELECT {_abort(f'{side}-closed')} WHERE changes() <> 2"
        f" AND NOT EXISTS ({_account(side)} AND status = 'open');"
        for side in ("debit", "credit")
    )
    return [
        *known,
        "CREATE TRIGGER ledger_transfer_book AFTER INSERT ON ledger_transfer BEGIN"
        f" SELECT {_abort('misfit')} WHERE NEW.refers_to IS NOT NULL AND {_MISFITS};"
        f" {_MOVE}; {closed} {_ENTRIES} ledger_account WHERE {_BOTH} AND {_POSTS}; END",
    ]


def postgresql_bookkeeping() -> list[str]:
    """Return the functions and triggers that keep the books on PostgreSQL.

    The functions run with the rights of their owner, so that the application needs no right to
    change an account or to write an entry.
    """
    return [
        *(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path FROM CURRENT AS $body${body}$body$"
            for name, body in BODIES.items()
        ),
        "CREATE TRIGGER ledger_transfer_stamp BEFORE INSERT ON ledger_transfer FOR EACH ROW"
        " EXECUTE FUNCTION ledger_stamp()",
        "CREATE TRIGGER ledger_transfer_book AFTER INSERT ON ledger_transfer FOR EACH ROW"
        " EXECUTE FUNCTION ledger_book()",
    ]


def _account(side: str) -> str:
    return (
        "SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id"
        f" AND id = NEW.{side}_account_id"
    )


def _abort(code: str) -> str:
    return f"RAISE(ABORT, '{REFUSAL}{code}')"
