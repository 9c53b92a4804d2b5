# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import time
from collections.abc import Iterator

import pytest

import ledger
from tests.ledger.conftest import BANK, NOW, Books

MOMENT = datetime.timedelta(microseconds=1)
HOUR = datetime.timedelta(hours=1)
AHEAD = NOW + 5 * HOUR
BEHIND = [MOMENT, HOUR / 2, HOUR]


def _somebody_ahead(books: Books, side: str, moment: datetime.datetime = AHEAD) -> None:
    """Let one of the two accounts have something written down at a later moment."""
    third = books.open_account()
    if side == "helper":
        books.posted(debit_account_id=third, now=moment)
    else:
        books.posted(credit_account_id=third, now=moment)


@pytest.fixture
def in_india(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine stand five and a half hours from Greenwich."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_india")
def test_where_the_machine_stands_changes_nothing_in_the_books(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = books.order(30)

    receipt = ledger.post(books.session, order, now=NOW.astimezone())
    opened = ledger.open_account(
        books.session, timebank_id=BANK, neighbourhood_code="BU1", now=NOW.astimezone()
    )
    books.session.commit()
    there = ledger.next_block(books.session, timebank_id=BANK, now=NOW)
    assert there is not None
    slip = ledger.digest_slip(there, name="Leiden")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()

    assert datetime.datetime.now().astimezone().utcoffset() == datetime.timedelta(0)
    assert (receipt.recorded_at, receipt.recorded_at.tzname()) == (NOW, "UTC")
    assert books.transfer(order.transfer_id).recorded_at == NOW
    assert books.session.get_one(ledger.Account, (BANK, opened)).opened_at == NOW
    assert books.entries(books.helper)[0].recorded_at == NOW
    assert there == ledger.next_block(books.session, timebank_id=BANK, now=NOW)
    assert slip == ledger.digest_slip(there, name="Leiden")
    assert "closed 2026-03-10 09:00 UTC" in slip


@pytest.mark.usefixtures("in_india")
def test_a_refusal_tells_its_moments_in_utc_wherever_the_machine_stands(books: Books) -> None:
    books.posted(now=AHEAD)

    with pytest.raises(ledger.ClockWentBack) as refusal:
        ledger.post(books.session, books.order(), now=NOW)

    assert str(refusal.value).endswith(f"written down at {AHEAD}")


@pytest.mark.parametrize("side", ["helper", "helped"])
@pytest.mark.parametrize("behind", BEHIND)
def test_a_clock_a_little_behind_writes_the_last_moment_of_the_accounts(
    books: Books, side: str, behind: datetime.timedelta
) -> None:
    _somebody_ahead(books, side)
    order = books.order(30)

    receipt = ledger.post(books.session, order, now=AHEAD - behind)
    books.session.commit()

    assert receipt.recorded_at == AHEAD
    assert books.transfer(order.transfer_id).recorded_at == AHEAD
    assert books.entries(books.helper)[-1].recorded_at == AHEAD
    assert books.entries(books.helped)[-1].recorded_at == AHEAD
    assert books.violations() == []


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_a_clock_more_than_an_hour_behind_is_refused(books: Books, side: str) -> None:
    _somebody_ahead(books, side)
    now = AHEAD - HOUR - MOMENT
    before = books.rows()

    with pytest.raises(ledger.ClockWentBack) as refusal:
        ledger.post(books.session, books.order(), now=now)
    books.session.rollback()

    assert (refusal.value.now, refusal.value.last_recorded_at) == (now, AHEAD)
    assert str(refusal.value) == (f"it cannot be {now} when something was written down at {AHEAD}")
    assert books.rows() == before


@pytest.mark.parametrize("verb", ["post_pending", "void", "reverse"])
def test_a_resolution_keeps_to_the_clock_too(books: Books, verb: str) -> None:
    first = books.posted() if verb == "reverse" else books.reserved()
    books.posted(now=AHEAD)

    with pytest.raises(ledger.ClockWentBack):
        getattr(ledger, verb)(books.session, books.resolution(first), now=AHEAD - HOUR - MOMENT)
    books.session.rollback()
    receipt = getattr(ledger, verb)(books.session, books.resolution(first), now=AHEAD - HOUR)

    assert receipt.recorded_at == AHEAD


def test_a_reservation_moves_the_clock_of_both_accounts(books: Books) -> None:
    books.reserved(now=AHEAD)
    third = books.open_account()

    receipts = [
        ledger.post(books.session, books.order(debit_account_id=third), now=AHEAD - HOUR),
        ledger.post(books.session, books.order(credit_account_id=third), now=AHEAD - HOUR),
    ]

    assert [receipt.recorded_at for receipt in receipts] == [AHEAD, AHEAD]


def test_an_account_is_used_no_more_than_an_hour_before_it_was_opened(books: Books) -> None:
    with pytest.raises(ledger.ClockWentBack):
        ledger.post(books.session, books.order(), now=NOW - HOUR - MOMENT)
    books.session.rollback()

    assert ledger.post(books.session, books.order(), now=NOW - HOUR).recorded_at == NOW


def test_other_accounts_go_by_their_own_clock(books: Books) -> None:
    books.posted(now=AHEAD)
    pair = {"debit_account_id": books.open_account(), "credit_account_id": books.open_account()}

    receipt = ledger.post(books.session, books.order(**pair), now=NOW)

    assert receipt.recorded_at == NOW


def test_a_repeat_is_answered_whatever_the_clock_says(books: Books) -> None:
    order = books.order()
    ledger.post(books.session, order, now=AHEAD)
    books.session.commit()

    again = ledger.post(books.session, order, now=NOW)

    assert (again.replayed, again.recorded_at) == (True, AHEAD)
