# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest

import ledger
from tests.ledger.conftest import BANK, LATER, NOW, SLAAGHWIJK, ZIJLWIJK, Books

DAY_BEFORE = NOW.date() - datetime.timedelta(days=1)


def test_an_account_opens_at_zero(books: Books) -> None:
    account_id = books.open_account()

    assert books.balance(account_id) == ledger.Balance(0, 0, 0, 0, 0)
    account = books.session.get_one(ledger.Account, (BANK, account_id))
    assert (account.status, account.opened_at) == (ledger.AccountStatus.OPEN, NOW)
    assert account.neighbourhood_code == SLAAGHWIJK


def test_posting_credits_the_helper_and_debits_the_helped(books: Books) -> None:
    books.posted(90)

    assert books.balance(books.helper) == ledger.Balance(90, 0, 0, 0, 1)
    assert books.balance(books.helped) == ledger.Balance(0, 90, 0, 0, 1)
    assert books.balance(books.helper).posted_minutes == 90
    assert books.balance(books.helped).posted_minutes == -90
    assert books.violations() == []


def test_posting_writes_one_credit_entry_and_one_debit_entry(books: Books) -> None:
    transfer_id = books.posted(90)

    (credit,), (debit,) = books.entries(books.helper), books.entries(books.helped)
    assert (credit.minutes, debit.minutes) == (90, -90)
    assert (credit.balance_minutes, debit.balance_minutes) == (90, -90)
    assert credit.transfer_id == debit.transfer_id == transfer_id
    assert credit.recorded_at == debit.recorded_at == NOW


def test_the_receipt_says_what_was_recorded(books: Books) -> None:
    order = books.order(90)

    receipt = ledger.post(books.session, order, now=NOW)

    assert receipt == ledger.Receipt(
        order.transfer_id, ledger.TransferKind.POST, 90, NOW, replayed=False
    )


def test_entries_are_numbered_without_gap_and_carry_the_running_balance(books: Books) -> None:
    books.posted(30)
    books.reserved(500)
    books.posted(45, debit_account_id=books.helper, credit_account_id=books.helped)
    books.resolved("reverse", books.posted(20))

    helper, helped = books.entries(books.helper), books.entries(books.helped)
    assert [(e.seq, e.minutes, e.balance_minutes) for e in helper] == [
        (1, 30, 30),
        (2, -45, -15),
        (3, 20, 5),
        (4, -20, -15),
    ]
    assert [(e.seq, e.balance_minutes) for e in helped] == [(1, -30), (2, 15), (3, -5), (4, 15)]
    assert books.balance(books.helper).last_seq == 4


def test_reserving_moves_only_what_is_pending(books: Books) -> None:
    books.reserved(90)

    assert books.balance(books.helper) == ledger.Balance(0, 0, 90, 0, 0)
    assert books.balance(books.helped) == ledger.Balance(0, 0, 0, 90, 0)
    assert not books.entries(books.helper)
    assert not books.entries(books.helped)
    assert books.violations() == []


def test_posting_a_reservation_turns_pending_minutes_into_balance(books: Books) -> None:
    reservation = books.reserved(90)

    posting = books.resolved("post_pending", reservation)

    assert books.balance(books.helper) == ledger.Balance(90, 0, 0, 0, 1)
    assert books.balance(books.helped) == ledger.Balance(0, 90, 0, 0, 1)
    assert [e.transfer_id for e in books.entries(books.helper)] == [posting]
    assert books.transfer(posting).refers_to == reservation
    assert books.violations() == []


def test_voiding_a_reservation_gives_the_pending_minutes_up(books: Books) -> None:
    reservation = books.reserved(90)

    voiding = books.resolved("void", reservation)

    assert books.balance(books.helper) == books.balance(books.helped)
    assert books.balance(books.helper) == ledger.Balance(0, 0, 0, 0, 0)
    assert not books.entries(books.helper)
    assert books.transfer(voiding).refers_to == reservation
    assert books.violations() == []


def test_resolving_one_reservation_leaves_the_others_pending(books: Books) -> None:
    books.reserved(15)
    reservation = books.reserved(90)

    books.resolved("void", reservation)

    assert books.balance(books.helper).pending_in_minutes == 15
    assert books.balance(books.helped).pending_out_minutes == 15


@pytest.mark.parametrize("reserved_first", [False, True])
def test_reversing_lowers_the_sides_it_undoes(books: Books, reserved_first: bool) -> None:
    books.posted(30)
    first = (
        books.resolved("post_pending", books.reserved(90)) if reserved_first else books.posted(90)
    )

    reversal = books.resolved("reverse", first)

    assert books.balance(books.helper) == ledger.Balance(30, 0, 0, 0, 3)
    assert books.balance(books.helped) == ledger.Balance(0, 30, 0, 0, 3)
    stored = books.transfer(reversal)
    assert (stored.debit_account_id, stored.credit_account_id) == (books.helper, books.helped)
    assert (stored.kind, stored.refers_to) == (ledger.TransferKind.REVERSE, first)
    assert books.violations() == []


def test_a_reversed_transfer_keeps_its_own_entries(books: Books) -> None:
    first = books.posted(90)

    reversal = books.resolved("reverse", first)

    assert [(e.transfer_id, e.minutes) for e in books.entries(books.helper)] == [
        (first, 90),
        (reversal, -90),
    ]


def test_an_entry_keeps_the_neighbourhood_of_its_moment_when_the_account_moves(
    books: Books,
) -> None:
    first = books.posted()

    books.move(books.helper, ZIJLWIJK)
    books.posted()
    books.resolved("reverse", first)

    stamps = [entry.neighbourhood_code for entry in books.entries(books.helper)]
    assert stamps == [SLAAGHWIJK, ZIJLWIJK, ZIJLWIJK]
    assert {entry.neighbourhood_code for entry in books.entries(books.helped)} == {ZIJLWIJK}


def test_moving_an_account_moves_no_other_account(books: Books) -> None:
    neighbour = books.open_account(SLAAGHWIJK)

    books.move(books.helper, ZIJLWIJK)

    assert books.session.get_one(ledger.Account, (BANK, neighbour)).neighbourhood_code == SLAAGHWIJK


def test_the_day_it_happened_stands_apart_from_the_moment_it_was_written(books: Books) -> None:
    transfer_id = books.posted(effective_on=DAY_BEFORE)

    stored = books.transfer(transfer_id)
    assert (stored.effective_on, stored.recorded_at) == (DAY_BEFORE, NOW)


@pytest.mark.parametrize(
    ("made", "verb"), [("reserved", "post_pending"), ("reserved", "void"), ("posted", "reverse")]
)
def test_a_resolution_keeps_the_day_and_has_its_own_moment(
    books: Books, made: str, verb: str
) -> None:
    first = getattr(books, made)(effective_on=DAY_BEFORE)

    resolution = books.resolved(verb, first, now=LATER)

    stored = books.transfer(resolution)
    assert (stored.effective_on, stored.recorded_at) == (DAY_BEFORE, LATER)
    assert books.transfer(first).recorded_at == NOW


def test_the_journal_keeps_who_wrote_it_down(books: Books) -> None:
    clerk, coordinator = uuid.uuid4(), uuid.uuid4()

    reservation = books.reserved(recorded_by=clerk)
    posting = books.resolution(reservation, recorded_by=coordinator)
    ledger.post_pending(books.session, posting, now=NOW)

    assert books.transfer(reservation).recorded_by == clerk
    assert books.transfer(posting.transfer_id).recorded_by == coordinator


def test_nothing_stands_when_the_caller_does_not_commit(books: Books) -> None:
    before = books.rows()

    ledger.post(books.session, books.order(), now=NOW)
    books.session.rollback()

    assert books.rows() == before


@pytest.mark.parametrize("minutes", [1, 2**31 - 1])
def test_the_fewest_and_the_most_minutes_can_be_posted(books: Books, minutes: int) -> None:
    books.posted(minutes)
    books.posted(minutes)

    assert books.balance(books.helper).posted_minutes == 2 * minutes
    assert books.violations() == []
