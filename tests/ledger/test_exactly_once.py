# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

import pytest

import ledger
from tests.ledger.conftest import BANK, LATER, NOW, SLAAGHWIJK, Books

ORDERS = ["reserve", "post"]
RESOLUTIONS = [("reserved", "post_pending"), ("reserved", "void"), ("posted", "reverse")]
OTHER_BANK = BANK + 1


def _do(verb: str, books: Books, wish: Any, now: datetime.datetime = NOW) -> ledger.Receipt:
    receipt: ledger.Receipt = getattr(ledger, verb)(books.session, wish, now=now)
    books.session.commit()
    return receipt


@pytest.mark.parametrize("verb", ORDERS)
def test_a_repeated_order_gives_the_first_answer_and_books_nothing_twice(
    books: Books, verb: str
) -> None:
    order = books.order(90)
    first = _do(verb, books, order)
    before = books.rows()

    again = _do(verb, books, order, now=LATER)

    assert again == dataclasses.replace(first, replayed=True)
    assert books.rows() == before


@pytest.mark.parametrize(("made", "verb"), RESOLUTIONS)
def test_a_repeated_resolution_gives_the_first_answer_and_books_nothing_twice(
    books: Books, made: str, verb: str
) -> None:
    resolution = books.resolution(getattr(books, made)(90))
    first = _do(verb, books, resolution)
    before = books.rows()

    again = _do(verb, books, resolution, now=LATER)

    assert again == dataclasses.replace(first, replayed=True)
    assert books.rows() == before


def test_a_repeat_is_answered_although_the_account_was_closed_since(books: Books) -> None:
    order = books.order()
    _do("post", books, order)
    books.empty(books.helper)
    books.close(books.helper)

    again = _do("post", books, order)

    assert again.replayed


def test_a_repeat_is_answered_although_the_reservation_was_resolved_since(books: Books) -> None:
    order = books.order()
    _do("reserve", books, order)
    books.resolved("void", order.transfer_id)

    again = _do("reserve", books, order)

    assert (again.replayed, again.kind) == (True, ledger.TransferKind.RESERVE)
    assert books.balance(books.helper).pending_in_minutes == 0


def test_a_repeat_by_somebody_else_is_the_same_transfer(books: Books) -> None:
    order = books.order(recorded_by=uuid.uuid4())
    _do("post", books, order)

    again = _do("post", books, dataclasses.replace(order, recorded_by=uuid.uuid4()))

    assert again.replayed
    assert books.transfer(order.transfer_id).recorded_by == order.recorded_by


@pytest.mark.parametrize("verb", ORDERS)
@pytest.mark.parametrize("change", ["minutes", "effective_on", "debit", "credit", "swapped"])
def test_an_order_with_a_used_id_and_other_content_conflicts(
    books: Books, verb: str, change: str
) -> None:
    order, third = books.order(90), books.open_account()
    changes: dict[str, dict[str, Any]] = {
        "minutes": {"minutes": 91},
        "effective_on": {"effective_on": NOW.date() - datetime.timedelta(days=1)},
        "debit": {"debit_account_id": third},
        "credit": {"credit_account_id": third},
        "swapped": {"debit_account_id": books.helper, "credit_account_id": books.helped},
    }
    _do(verb, books, order)
    before = books.rows()

    with pytest.raises(ledger.KeyConflict) as refusal:
        _do(verb, books, dataclasses.replace(order, **changes[change]))
    books.session.rollback()

    assert refusal.value.transfer_id == order.transfer_id
    assert books.rows() == before


@pytest.mark.parametrize(("first", "second"), [("reserve", "post"), ("post", "reserve")])
def test_an_order_with_a_used_id_and_another_verb_conflicts(
    books: Books, first: str, second: str
) -> None:
    order = books.order()
    _do(first, books, order)

    with pytest.raises(ledger.KeyConflict):
        _do(second, books, order)


@pytest.mark.parametrize(("first", "second"), [("post_pending", "void"), ("void", "post_pending")])
def test_a_resolution_with_a_used_id_and_another_verb_conflicts(
    books: Books, first: str, second: str
) -> None:
    resolution = books.resolution(books.reserved())
    _do(first, books, resolution)

    with pytest.raises(ledger.KeyConflict):
        _do(second, books, resolution)


@pytest.mark.parametrize(("made", "verb"), RESOLUTIONS)
def test_a_resolution_with_a_used_id_of_another_transfer_conflicts(
    books: Books, made: str, verb: str
) -> None:
    resolution = books.resolution(getattr(books, made)())
    other = getattr(books, made)()
    _do(verb, books, resolution)

    with pytest.raises(ledger.KeyConflict) as refusal:
        _do(verb, books, dataclasses.replace(resolution, refers_to=other))

    assert refusal.value.transfer_id == resolution.transfer_id


@pytest.mark.parametrize(("made", "verb"), RESOLUTIONS)
def test_a_resolution_with_the_id_of_what_it_resolves_conflicts(
    books: Books, made: str, verb: str
) -> None:
    first = getattr(books, made)()

    with pytest.raises(ledger.KeyConflict):
        _do(verb, books, books.resolution(first, transfer_id=first))


@pytest.mark.parametrize("second", ["post_pending", "void"])
@pytest.mark.parametrize("first", ["post_pending", "void"])
def test_a_reservation_is_resolved_once_and_the_second_hears_who_was_first(
    books: Books, first: str, second: str
) -> None:
    reservation = books.reserved()
    books.resolved(first, reservation, now=LATER)
    before = books.rows()

    with pytest.raises(ledger.AlreadyResolved) as refusal:
        _do(second, books, books.resolution(reservation))
    books.session.rollback()

    assert refusal.value.transfer_id == reservation
    assert (refusal.value.resolved_as, refusal.value.resolved_at) == (first, LATER)
    assert books.rows() == before


def test_a_transfer_is_reversed_once_and_the_second_hears_when(books: Books) -> None:
    transfer_id = books.posted()
    books.resolved("reverse", transfer_id, now=LATER)
    before = books.rows()

    with pytest.raises(ledger.AlreadyResolved) as refusal:
        _do("reverse", books, books.resolution(transfer_id))
    books.session.rollback()

    assert refusal.value.transfer_id == transfer_id
    assert (refusal.value.resolved_as, refusal.value.resolved_at) == ("reverse", LATER)
    assert books.rows() == before


def test_the_same_id_in_two_timebanks_is_two_transfers(books: Books) -> None:
    order = books.order(90)
    helper, helped = (books.open_account(SLAAGHWIJK, timebank_id=OTHER_BANK) for _ in "ab")
    elsewhere = dataclasses.replace(
        order,
        timebank_id=OTHER_BANK,
        debit_account_id=helped,
        credit_account_id=helper,
        minutes=15,
    )
    _do("post", books, order)

    receipt = _do("post", books, elsewhere)

    assert not receipt.replayed
    assert books.balance(books.helper).posted_minutes == 90
    assert ledger.violations(books.session, timebank_id=OTHER_BANK) == []


def _reserved_in_both(books: Books) -> uuid.UUID:
    """Reserve under one id in two timebanks, and void it in the first."""
    order = books.order(90)
    helper, helped = (books.open_account(SLAAGHWIJK, timebank_id=OTHER_BANK) for _ in "ab")
    elsewhere = dataclasses.replace(
        order, timebank_id=OTHER_BANK, debit_account_id=helped, credit_account_id=helper
    )
    _do("reserve", books, order)
    _do("reserve", books, elsewhere)
    books.resolved("void", order.transfer_id)
    return order.transfer_id


def test_the_same_reservation_id_in_two_timebanks_is_resolved_in_each(books: Books) -> None:
    reservation = _reserved_in_both(books)

    posting = ledger.Resolution(OTHER_BANK, uuid.uuid4(), reservation)
    receipt = _do("post_pending", books, posting)

    assert not receipt.replayed
    assert books.balance(books.helper).posted_minutes == 0
    assert ledger.violations(books.session, timebank_id=OTHER_BANK) == []


def test_the_second_hears_who_was_first_in_the_same_timebank(books: Books) -> None:
    reservation = _reserved_in_both(books)
    _do("post_pending", books, ledger.Resolution(OTHER_BANK, uuid.uuid4(), reservation), now=LATER)

    with pytest.raises(ledger.AlreadyResolved) as refusal:
        _do("void", books, ledger.Resolution(OTHER_BANK, uuid.uuid4(), reservation))

    assert (refusal.value.resolved_as, refusal.value.resolved_at) == ("post_pending", LATER)
