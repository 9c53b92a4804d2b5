# SPDX-License-Identifier: EUPL-1.2
"""The proof of the books: each invariant is a function that returns what violates it.

An empty list from :func:`violations` means: the books are sound, in both directions, from the
journal to the stored balances and back, and nothing differs from what was sealed. Every function
reads the whole history of one timebank, so this is for the command line and for the night, never
for a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.account_checks import (
    accounts_equal_their_entries,
    closed_accounts_are_empty,
    entries_run_without_gap,
    limits_hold,
    pending_equals_open_reservations,
    time_runs_forward,
    timebank_sums_to_zero,
)
from ledger.dialects import Books, connection_of
from ledger.guards import missing_guards
from ledger.transfer_checks import (
    nothing_is_resolved_twice,
    resolutions_fit_their_transfers,
    transfers_have_their_entries,
    transfers_run_without_gap,
    what_is_named_is_there,
)
from ledger.verification import verify
from ledger.violation import Violation


def violations(books: Books, *, timebank_id: int) -> list[Violation]:
    """Run every check on one timebank, in the order of ``CHECKS``."""
    return [found for check in CHECKS for found in check(books, timebank_id)]


def seals_hold(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find rows that differ from what was sealed, and seals that do not chain."""
    return [
        Violation("seals", found.subject, f"{found.detail} (sealed {found.day})")
        for found in verify(books, timebank_id=timebank_id).findings
    ]


def guards_stand(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find triggers that should keep the journal append-only and are not there."""
    return [
        Violation("guards of the journal", name, "the trigger is missing or switched off")
        for name in sorted(missing_guards(connection_of(books)))
    ]


Check = Callable[[Books, int], Sequence[Violation]]

CHECKS: tuple[Check, ...] = (
    transfers_have_their_entries,
    entries_run_without_gap,
    accounts_equal_their_entries,
    pending_equals_open_reservations,
    resolutions_fit_their_transfers,
    nothing_is_resolved_twice,
    transfers_run_without_gap,
    what_is_named_is_there,
    time_runs_forward,
    limits_hold,
    closed_accounts_are_empty,
    timebank_sums_to_zero,
    seals_hold,
    guards_stand,
)
