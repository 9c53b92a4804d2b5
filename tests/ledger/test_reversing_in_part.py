# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import uuid
from typing import Any

import pytest

import ledger
from tests.ledger.conftest import NOW, Books


def _reverse(books: Books, first: uuid.UUID, minutes: Any) -> ledger.Receipt:
    receipt = ledger.reverse(books.session, books.resolution(first, minutes=minutes), now=NOW)
    books.session.commit()
    return receipt


@pytest.mark.parametrize("reserved_first", [False, True])
@pytest.mark.parametrize("minutes", [1, 25, 89, 90])
def test_a_part_of_a_transfer_is_taken_back(
    books: Books, reserved_first: bool, minutes: int
) -> None:
    first = (
        books.resolved("post_pending", books.reserved(90)) if reserved_first else books.posted(90)
    )

    receipt = _reverse(books, first, minutes)

    assert receipt.minutes == minutes
    assert books.balance(books.helper) == ledger.Balance(90 - minutes, 0, 0, 0, 2)
    assert books.balance(books.helped) == ledger.Balance(0, 90 - minutes, 0, 0, 2)
    assert [line.minutes for line in books.statement(books.helper)] == [-minutes, 90]
    assert books.violations() == []


def test_more_than_was_posted_is_not_taken_back(books: Books) -> None:
    first = books.posted(90)
    before = books.rows()

    with pytest.raises(ledger.MoreThanPosted) as refusal:
        _reverse(books, first, 91)
    books.session.rollback()

    assert refusal.value.transfer_id == first
    assert (refusal.value.minutes, refusal.value.posted_minutes) == (91, 90)
    assert "91" in str(refusal.value)
    assert "90" in str(refusal.value)
    assert books.rows() == before


@pytest.mark.parametrize("minutes", [0, -1, 1.0, True, "1", 2**31])
def test_a_part_that_is_no_minutes_is_refused(books: Books, minutes: object) -> None:
    first = books.posted()

    with pytest.raises(ledger.InvalidMinutes) as refusal:
        _reverse(books, first, minutes)

    assert refusal.value.minutes is minutes


@pytest.mark.parametrize("verb", ["post_pending", "void", "expire"])
def test_a_reservation_is_never_resolved_in_part(books: Books, verb: str) -> None:
    resolution = books.resolution(books.reserved(60), minutes=60)

    with pytest.raises(ledger.InvalidMinutes) as refusal:
        getattr(ledger, verb)(books.session, resolution, now=NOW)

    assert refusal.value.minutes == 60


def test_what_was_reversed_in_part_is_not_reversed_again(books: Books) -> None:
    first = books.posted(90)
    _reverse(books, first, 30)

    for minutes in (None, 60, 30):
        with pytest.raises(ledger.AlreadyResolved) as refusal:
            _reverse(books, first, minutes)
        books.session.rollback()
        assert refusal.value.resolved_as == "reverse"

    assert books.balance(books.helper).posted_minutes == 60


def test_all_the_minutes_said_aloud_are_the_same_reversal_as_all_of_them(books: Books) -> None:
    resolution = books.resolution(books.posted(90))
    ledger.reverse(books.session, resolution, now=NOW)

    again = ledger.reverse(books.session, dataclasses.replace(resolution, minutes=90), now=NOW)

    assert again.replayed


def test_a_repeated_reversal_of_another_part_conflicts(books: Books) -> None:
    resolution = books.resolution(books.posted(90), minutes=30)
    ledger.reverse(books.session, resolution, now=NOW)
    assert ledger.reverse(books.session, resolution, now=NOW).replayed

    with pytest.raises(ledger.KeyConflict):
        ledger.reverse(books.session, dataclasses.replace(resolution, minutes=31), now=NOW)


def test_a_part_that_was_taken_back_is_not_taken_back_again(books: Books) -> None:
    first = books.posted(90)
    reversal = _reverse(books, first, 30).transfer_id

    with pytest.raises(ledger.NotPosted):
        _reverse(books, reversal, 10)
