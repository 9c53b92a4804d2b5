# SPDX-License-Identifier: EUPL-1.2
"""What a refusal says to whoever reads a log: which thing was wrong, and how it was spelled."""

from __future__ import annotations

import uuid

import pytest

import ledger

KEY = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (ledger.InvalidKey("abc"), "the id of a transfer must be a UUID, not 'abc'"),
        (ledger.InvalidNumber(-1), "an account or timebank has a whole number, not -1"),
        (ledger.InvalidMinutes(0), "minutes must be a whole number from 1 up, not 0"),
        (ledger.InvalidDay("today"), "the day must be a date, not 'today'"),
        (ledger.OutcomeUnknown(5), "5"),
        (ledger.AccountClosed(12), "12"),
        (ledger.UnknownAccount(900, 12), "12"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_a_refusal_names_what_was_wrong(refusal: ledger.LedgerError, says: str) -> None:
    assert says in str(refusal)
