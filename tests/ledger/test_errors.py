# SPDX-License-Identifier: EUPL-1.2
"""What a refusal says to whoever reads a log: which thing was wrong, and how it was spelled."""

from __future__ import annotations

import uuid

import pytest

import ledger
from tests.ledger.conftest import NOW

KEY = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("kind", "wrong", "says"),
    [
        (ledger.InvalidKey, ["abc"], "the id of a transfer must be a UUID, not 'abc'"),
        (ledger.InvalidNumber, [-1], "an account or timebank has a whole number, not -1"),
        (ledger.InvalidMinutes, [0], "minutes must be a whole number from 1 up, not 0"),
        (ledger.InvalidDay, ["today"], "the day must be a date, not 'today'"),
        (ledger.InvalidLimits, [9, 4], "floor 9 and ceiling 4"),
        (ledger.KeyConflict, [KEY], f"transfer {KEY} exists with other content"),
        (ledger.OutcomeUnknown, [5], "5"),
        (ledger.AccountClosed, [12], "12"),
        (ledger.UnknownAccount, [900, 12], "12"),
        (ledger.InvalidMoment, ["noon"], "must be a datetime with a time zone, not 'noon'"),
        (ledger.AlreadyResolved, [KEY, "void", NOW], f"{KEY} was resolved before, by a void"),
        (ledger.NoTransaction, [], "several transfers need a transaction; this connection commits"),
        (ledger.UnsafeDatabase, [("one danger", "another")], "one danger; another"),
    ],
)
def test_a_refusal_names_what_was_wrong(
    kind: type[ledger.LedgerError], wrong: list[object], says: str
) -> None:
    assert says in str(kind(*wrong))


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ("k" * 10_000, "'" + "k" * 40 + "'"),
        ([0] * 10_000, repr([0] * 10_000)[:60]),
        (2**70 - 1, str(2**70 - 1)),
        (-(2**70), "a huge number"),
        (2**70, "a huge number"),
    ],
    ids=["long text", "long list", "long number", "huge negative number", "huge number"],
)
def test_what_is_too_long_for_a_log_is_shown_in_short(wrong: object, shown: str) -> None:
    refusal = ledger.InvalidKey(wrong)

    assert str(refusal) == f"the id of a transfer must be a UUID, not {shown}"
    assert refusal.key == wrong
