# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import random

import pytest

import ledger
from tests.ledger.conftest import BANK, LATER, NOW, Books

MOMENT = datetime.timedelta(microseconds=1)
LONG_AGO = datetime.datetime(1999, 1, 1, tzinfo=datetime.UTC)
FAR_OFF = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)


def _at(books: Books, moment: datetime.datetime, account_id: int | None = None) -> int:
    return ledger.balance_at(
        books.session, timebank_id=BANK, account_id=account_id or books.helper, moment=moment
    )


def test_a_balance_at_a_moment_counts_what_was_written_until_then(books: Books) -> None:
    books.posted(30, now=NOW)
    books.posted(15, now=LATER)

    moments = [LONG_AGO, NOW - MOMENT, NOW, LATER - MOMENT, LATER, FAR_OFF]
    assert [_at(books, moment) for moment in moments] == [0, 0, 30, 30, 45, 45]
    assert [_at(books, moment, books.helped) for moment in moments] == [0, 0, -30, -30, -45, -45]


def test_a_balance_at_a_moment_counts_everything_of_that_moment(books: Books) -> None:
    for minutes in (1, 2, 4, 8):
        books.posted(minutes, now=NOW)
    books.posted(16, now=LATER)

    assert (_at(books, NOW), _at(books, NOW - MOMENT)) == (15, 0)


def test_what_is_pending_is_no_balance_at_any_moment(books: Books) -> None:
    reservation = books.reserved(90, now=NOW)
    books.resolved("post_pending", reservation, now=LATER)

    assert [_at(books, moment) for moment in (NOW, LATER - MOMENT, LATER)] == [0, 0, 90]


def test_an_account_without_entries_stood_at_zero(books: Books) -> None:
    assert [_at(books, moment) for moment in (LONG_AGO, NOW, FAR_OFF)] == [0, 0, 0]


def test_a_moment_in_any_zone_is_the_same_moment(books: Books) -> None:
    books.posted(30, now=LATER)

    assert _at(books, LATER.astimezone(datetime.timezone(datetime.timedelta(hours=-9)))) == 30


@pytest.mark.parametrize("timebank_id", [BANK, BANK + 1])
def test_an_unknown_account_had_no_balance(books: Books, timebank_id: int) -> None:
    account_id = 17 if timebank_id == BANK else books.helper

    with pytest.raises(ledger.UnknownAccount) as refusal:
        ledger.balance_at(books.session, timebank_id=timebank_id, account_id=account_id, moment=NOW)

    assert (refusal.value.timebank_id, refusal.value.account_id) == (timebank_id, account_id)


def test_a_moment_without_a_zone_is_no_moment(books: Books) -> None:
    with pytest.raises(ledger.InvalidMoment):
        _at(books, NOW.replace(tzinfo=None))


def test_balances_at_a_moment_leave_out_whom_nobody_asked_for(books: Books) -> None:
    third, foreign = books.open_account(), books.open_account(timebank_id=BANK + 1)
    books.posted(30)

    def asked(account_ids: list[int] | None) -> dict[int, int]:
        return ledger.balances_at(
            books.session, timebank_id=BANK, moment=NOW, account_ids=account_ids
        )

    assert asked(None) == {books.helper: 30, books.helped: -30, third: 0}
    assert asked([books.helped, third, foreign, 17]) == {books.helped: -30, third: 0}
    assert asked([]) == {}


def test_balances_at_any_moment_are_what_counting_gives(books: Books) -> None:
    chance = random.Random(7)  # noqa: S311 - the same history each time.
    accounts = [books.helper, books.helped, books.open_account(), books.open_account()]
    moment, history = NOW, list[tuple[datetime.datetime, int, int, int]]()
    for _ in range(120):
        debit, credit = chance.sample(accounts, 2)
        moment += chance.choice([0, 0, 1, 60]) * datetime.timedelta(minutes=1)
        minutes = chance.randint(1, 90)
        order = books.order(minutes, debit_account_id=debit, credit_account_id=credit)
        ledger.post(books.session, order, now=moment)
        history.append((moment, debit, credit, minutes))
    asked = sorted({line[0] + step for line in history for step in (-MOMENT, MOMENT * 0, MOMENT)})

    for then in asked[::4]:
        counted = dict.fromkeys(accounts, 0)
        for written, debit, credit, minutes in history:
            if written <= then:
                counted[debit] -= minutes
                counted[credit] += minutes
        found = ledger.balances_at(books.session, timebank_id=BANK, moment=then)
        assert found == counted
        assert sum(found.values()) == 0
