# SPDX-License-Identifier: EUPL-1.2
"""What the roles of PostgreSQL may do with each table; one without a line fails (docs/adr/0024).

The owner makes and changes tables. The application reads and writes rows and owns nothing; what it
may do with the books is said by the ledger. The reader sees columns that name nobody.
"""

from __future__ import annotations

from collections.abc import Collection

import ledger

# Nothing else at this door needs the room, and the tables below would miss one of its.
from timebank.audit import models as _audit_models  # noqa: F401

_KEEP = "SELECT, INSERT"
_CHANGE = "SELECT, INSERT, UPDATE"
_FORGET = "SELECT, INSERT, UPDATE, DELETE"

APPLICATION = {
    "alembic_version": "SELECT",
    "area": "SELECT",
    # Areas and where they lie are imported by the owner.
    "area_shape": "SELECT",
    # Opening a timebank is the owner's work, see docs/operating.md; the policy of the table lets
    # each timebank change its own row only.
    "timebank": "SELECT, UPDATE",
    "neighbourhood": _CHANGE,
    "help_category": _CHANGE,
    "member": _CHANGE,
    "person": _FORGET,
    "role_grant": _CHANGE,
    "exchange": _CHANGE,
    "exchange_event": _KEEP,
    "exchange_note": _FORGET,
    "exchange_draft": _FORGET,
    "sign_in_request": _FORGET,
    "printed_code": _FORGET,
    "member_session": _FORGET,
    "second_factor": _FORGET,
    "rate_count": _FORGET,
    "application": _FORGET,
    "call_task": _FORGET,
    "member_support": _FORGET,
    "member_pause": _FORGET,
    "member_note": _FORGET,
    "note_reading": _FORGET,
    "email_change": _FORGET,
    "stand_in": _FORGET,
    "member_consent": _FORGET,
    "import_file": _FORGET,
    "exchange_on_behalf": _KEEP,
    "member_check": _FORGET,
    "boundary_override": _FORGET,
    "concern": _FORGET,
    "referral": _FORGET,
    "appointment": _FORGET,
    "appointment_reminder": _FORGET,
    "talent": _FORGET,
    "talent_words": _FORGET,
    "need": _FORGET,
    "match_preference": _FORGET,
    "muted_category": _FORGET,
    "avoidance": _FORGET,
    "match_run": _FORGET,
    "suggestion": _FORGET,
    "suggestion_rest": _FORGET,
    "neighbourhood_place": _CHANGE,
    "community_account": _KEEP,
    "exchange_dispute": _FORGET,
    "exchange_correction": _KEEP,
    "exchange_kind_change": _KEEP,
    "group_activity": _KEEP,
    "activity_part": _KEEP,
    "thank_you": _FORGET,
    "staff_time": _CHANGE,
    "slip_range": _KEEP,
    "paper_slip": _CHANGE,
    "member_number": _KEEP,
    "letter_print": _KEEP,
    "member_letter": _FORGET,
    "mail": _FORGET,
    "books_proof": _CHANGE,
    # Roll-ups can be made again from the journal; what a closed month said is only added to.
    "figure_reach": _CHANGE,
    "figure_day": _FORGET,
    "figure_balance": _FORGET,
    "figure_pair": _FORGET,
    "figure_proof": _CHANGE,
    "service_area_part": _FORGET,
    "month_rule": _CHANGE,
    "closed_month": _KEEP,
    "closed_line": _KEEP,
    "neighbourhood_rule": _CHANGE,
    # An old row stays: what was shown with it is shown again.
    "publication_rule": _CHANGE,
    "published_quarter": _KEEP,
    "held_decision": _FORGET,
    "exchange_confirmation": _KEEP,
    "first_approval": _KEEP,
    "automatic_approval": _CHANGE,
    "exchange_question": _FORGET,
    # Its trigger refuses to delete what is younger than a year.
    "audit_event": "SELECT, INSERT, DELETE",
}
"""What the application may do with a table; the tables of the books are the ledger's own."""
READER = {
    "area": "SELECT",
    "area_shape": "SELECT",
    "timebank": "SELECT",
    "neighbourhood": "SELECT",
    "help_category": "SELECT",
    "books_proof": "SELECT",
    "ledger_entry": "SELECT (timebank_id, neighbourhood_code, minutes, recorded_at)",
    "ledger_seal": "SELECT (timebank_id, number, transfers, digest)",
}
"""Columns that hold no number of a person, an account, an exchange or a transfer."""
_FUTURE = f"{_FORGET} ON TABLES"


def making(role: str) -> str:
    """Return the statement that makes a role which may sign in and nothing else.

    Args:
        role: a plain identifier.
    """
    return f"CREATE ROLE {role} LOGIN"


def application_grants(role: str, tables: Collection[str]) -> list[str]:
    """Return the statements that give the application its rights, and take all others away.

    Args:
        role: the name of an existing role, a plain identifier.
        tables: the names of the tables that stand in the database.
    """
    own = [table for table in APPLICATION if table in tables]
    return [
        *_entrance(role),
        *(f"REVOKE ALL ON {table} FROM {role}" for table in own),
        *(f"GRANT {APPLICATION[table]} ON {table} TO {role}" for table in own),
        *ledger.grant_statements(role),
        # Until this command runs again after an upgrade, a new table would stop the application.
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {_FUTURE} TO {role}",
    ]


def reader_grants(role: str, tables: Collection[str]) -> list[str]:
    """Return the statements that let the reader see what names nobody, and nothing else.

    Args:
        role: the name of an existing role, a plain identifier.
        tables: the names of the tables that stand in the database.
    """
    return [
        *_entrance(role),
        *(f"REVOKE ALL ON {table} FROM {role}" for table in sorted(tables)),
        *(f"GRANT {what} ON {table} TO {role}" for table, what in READER.items()),
        f"ALTER ROLE {role} SET default_transaction_read_only = on",
    ]


def without_a_line(tables: Collection[str]) -> frozenset[str]:
    """Return the tables of which nobody has said what the application may do."""
    books = {table for table in tables if table.startswith("ledger_")}
    return frozenset(tables) - set(APPLICATION) - books


def _entrance(role: str) -> list[str]:
    return [
        f"REVOKE CREATE ON SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
    ]
