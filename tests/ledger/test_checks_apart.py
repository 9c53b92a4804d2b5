# SPDX-License-Identifier: EUPL-1.2
"""A check holds an account against what is its own: not another account's, nor another timebank's.

An id is unique within a timebank only. Two of them may use one number for an account, and one
key for a transfer; no check of one may count what stands in the other.
"""

from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa

import ledger
from ledger.account_checks import (
    accounts_equal_their_entries,
    entries_run_without_gap,
    limits_hold,
    time_runs_forward,
)
from ledger.transfer_checks import resolutions_fit_their_transfers, what_is_named_is_there
from tests.ledger import tampering
from tests.ledger.conftest import BANK, LATER, NOW, TABLES, Books

TWIN = BANK + 1
HOUR = datetime.timedelta(hours=1)


def _copy_to_twin(books: Books) -> None:
    """Give another timebank the same accounts, transfers and entries, by the same ids."""
    for model in TABLES:
        table = ledger.Base.metadata.tables[model.__tablename__]
        columns = [
            sa.literal(TWIN) if column.name == "timebank_id" else column for column in table.c
        ]
        chosen = sa.select(*columns).where(table.c.timebank_id == BANK)
        tampering.tamper(books.session, sa.insert(table).from_select(list(table.c), chosen))


def _sound(books: Books, timebank_id: int) -> bool:
    return ledger.violations(books.session, timebank_id=timebank_id) == []


def test_a_timebank_with_the_same_ids_does_not_count(full_books: Books) -> None:
    _copy_to_twin(full_books)

    assert (_sound(full_books, BANK), _sound(full_books, TWIN)) == (True, True)


@pytest.mark.parametrize("verb", ["post_pending", "void"])
def test_what_is_resolved_in_one_timebank_is_open_in_the_other(books: Books, verb: str) -> None:
    reservation = books.reserved(30)
    _copy_to_twin(books)

    books.resolved(verb, reservation)

    assert (_sound(books, BANK), _sound(books, TWIN)) == (True, True)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("ledger_account", {"status": ledger.AccountStatus.CLOSED, "closed_at": NOW}),
        ("ledger_account", {"credited_minutes": 1000}),
        ("ledger_account", {"pending_in_minutes": 1000}),
        ("ledger_account", {"last_recorded_at": NOW - HOUR}),
        ("ledger_account", {"last_number": 1000}),
        ("ledger_account", {"floor_minutes": 0, "ceiling_minutes": 0, "limited_at": NOW - HOUR}),
        ("ledger_transfer", {"minutes": 1000}),
        ("ledger_transfer", {"effective_on": NOW.date() - 24 * HOUR}),
        ("ledger_entry", {"minutes": 1000}),
        ("ledger_entry", {"balance_minutes": 1000}),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else value,
)
def test_what_is_changed_in_one_timebank_is_found_there_only(
    full_books: Books, table: str, change: dict[str, object]
) -> None:
    _copy_to_twin(full_books)
    changed = ledger.Base.metadata.tables[table]
    there = changed.c.timebank_id == TWIN
    if table == "ledger_transfer":
        there &= changed.c.kind == ledger.TransferKind.VOID

    tampering.force(full_books.session, sa.update(changed).where(there).values(change))

    assert (_sound(full_books, BANK), _sound(full_books, TWIN)) == (True, False)


def test_a_transfer_of_another_timebank_is_not_there_to_be_named(books: Books) -> None:
    reservation = books.reserved(30)
    books.resolved("void", reservation)
    _copy_to_twin(books)

    journal = ledger.Base.metadata.tables["ledger_transfer"]
    here = (journal.c.timebank_id == BANK) & (journal.c.id == reservation)
    tampering.force(books.session, sa.delete(journal).where(here))

    assert what_is_named_is_there(books.session, BANK) != []
    assert what_is_named_is_there(books.session, TWIN) == []


def test_a_limit_of_one_account_is_not_held_against_another(books: Books) -> None:
    books.limit(books.open_account(), floor=-10, ceiling=10)

    books.posted(90, now=LATER)

    assert books.violations() == []


def test_a_posting_past_a_limit_is_named_once_though_another_timebank_has_its_key(
    books: Books,
) -> None:
    books.posted(90)
    _copy_to_twin(books)
    there = {"floor_minutes": -10, "limited_at": NOW - HOUR}
    tampering.tamper(books.session, tampering.change_account(books.helped, **there))

    found = limits_hold(books.session, BANK)

    assert [one.subject for one in found] == [f"account {books.helped} entry 1"]


def test_the_time_of_one_account_does_not_run_for_another(books: Books) -> None:
    books.posted(90)
    books.posted(15)
    others = {"debit_account_id": books.open_account(), "credit_account_id": books.open_account()}

    books.posted(30, now=LATER, **others)

    assert books.violations() == []


def test_a_limit_is_held_against_new_postings_that_make_it_worse(books: Books) -> None:
    books.posted(90)
    reservation = books.reserved(30)
    books.limit(books.helped, floor=-10)
    books.limit(books.helper, ceiling=10)

    books.resolved("post_pending", reservation, now=LATER)
    back = {"debit_account_id": books.helper, "credit_account_id": books.helped}
    books.posted(20, now=LATER, **back)

    assert books.violations() == []


def test_gaps_are_named_by_account_and_then_by_entry(books: Books) -> None:
    books.posted(90)
    books.posted(15)
    low, high = sorted([books.helper, books.helped])
    for account_id, number in ((low, 2), (high, 1)):
        wrong = tampering.change_entry(account_id, number, balance_minutes=7)
        tampering.tamper(books.session, wrong)

    found = entries_run_without_gap(books.session, BANK)

    assert [one.subject for one in found] == [f"account {low} entry 2", f"account {high} entry 1"]


def test_times_are_named_by_account_and_then_by_entry(books: Books) -> None:
    books.posted(90)
    books.posted(15)
    low, high = sorted([books.helper, books.helped])
    for account_id, number, moment in ((low, 2, NOW - HOUR), (high, 1, LATER)):
        wrong = tampering.change_entry(account_id, number, recorded_at=moment)
        tampering.tamper(books.session, wrong)

    found = time_runs_forward(books.session, BANK)

    assert [one.subject for one in found] == [
        f"account {low} entry 2",
        f"account {high} entry 1",
        f"account {high} entry 2",
    ]


def test_a_reversal_that_goes_the_same_way_is_found(books: Books) -> None:
    voided = books.resolved("void", books.reserved(30))
    reverse = tampering.change_transfer(voided, kind=ledger.TransferKind.REVERSE)
    tampering.tamper(books.session, reverse)

    found = resolutions_fit_their_transfers(books.session, BANK)

    assert [one.subject for one in found] == [f"transfer {voided}"]


@pytest.mark.parametrize("figure", ["credited_minutes", "debited_minutes", "last_seq"])
def test_figures_of_an_account_without_any_entry_are_found(books: Books, figure: str) -> None:
    empty = books.open_account()

    tampering.tamper(books.session, tampering.change_account(empty, **{figure: 5}))

    found = accounts_equal_their_entries(books.session, BANK)
    assert [one.subject for one in found] == [f"account {empty}"]


def test_an_account_is_named_once_and_in_the_order_of_its_number(books: Books) -> None:
    books.posted(90)
    books.posted(15)
    sides = sorted([books.helper, books.helped], reverse=True)
    for account_id in sides:
        tampering.tamper(books.session, tampering.change_account(account_id, credited_minutes=7))

    found = accounts_equal_their_entries(books.session, BANK)

    assert [one.subject for one in found] == [f"account {one}" for one in reversed(sides)]


@pytest.mark.parametrize("limited", [BANK, TWIN])
def test_a_refusal_tells_the_limit_of_its_own_timebank(books: Books, limited: int) -> None:
    _copy_to_twin(books)
    for timebank_id, floor in ((BANK, -10), (TWIN, -20)):
        ledger.limit_account(
            books.session,
            timebank_id=timebank_id,
            account_id=books.helped,
            floor_minutes=floor,
            ceiling_minutes=None,
            now=NOW,
        )
    books.session.commit()

    with pytest.raises(ledger.LimitReached) as refusal:
        ledger.post(books.session, books.order(30, timebank_id=limited), now=NOW)
    books.session.rollback()

    assert refusal.value.limit_minutes == {BANK: -10, TWIN: -20}[limited]


def test_a_batch_takes_the_accounts_of_its_own_timebank(books: Books) -> None:
    _copy_to_twin(books)
    accounts = ledger.Base.metadata.tables["ledger_account"]
    closed = {"status": ledger.AccountStatus.CLOSED, "closed_at": NOW}
    there = accounts.c.timebank_id == TWIN
    tampering.tamper(books.session, sa.update(accounts).where(there).values(closed))

    ledger.book_all(books.session, [ledger.Step(ledger.TransferKind.POST, books.order())], now=NOW)
    books.session.commit()

    assert books.balance(books.helper).posted_minutes == 60


def test_a_batch_says_when_a_reservation_expires_that_has_not(books: Books) -> None:
    reservation = books.reserved(30, expires_at=LATER)
    wish = ledger.Resolution(BANK, uuid.uuid4(), reservation)
    step = ledger.Step(ledger.TransferKind.EXPIRE, wish)

    with pytest.raises(ledger.BatchRefused) as refusal:
        ledger.book_all(books.session, [step], now=LATER.replace(hour=10))
    books.session.rollback()

    cause = refusal.value.cause
    assert isinstance(cause, ledger.NotExpired)
    assert (cause.transfer_id, cause.expires_at) == (reservation, LATER)


def test_an_account_is_closed_whatever_another_timebank_has_under_its_number(books: Books) -> None:
    _copy_to_twin(books)
    table = ledger.Base.metadata.tables["ledger_account"]
    there = (table.c.timebank_id == TWIN) & (table.c.id == books.helper)
    tampering.force(books.session, sa.update(table).where(there).values(pending_in_minutes=5))
    other = (table.c.timebank_id == BANK) & (table.c.id == books.helped)
    tampering.force(books.session, sa.update(table).where(other).values(pending_in_minutes=5))

    books.close(books.helper)
    ledger.close_account(books.session, timebank_id=TWIN, account_id=books.helped, now=NOW)
    books.session.commit()

    for timebank_id, account_id in ((TWIN, books.helper), (BANK, books.helped)):
        with pytest.raises(ledger.AccountNotEmpty):
            ledger.close_account(
                books.session, timebank_id=timebank_id, account_id=account_id, now=NOW
            )
