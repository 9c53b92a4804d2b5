# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import expiry
from tests.ledger.conftest import BANK, LATER, NOW, Books
from tests.ledger.racing import race

MOMENT = datetime.timedelta(microseconds=1)
TERM = NOW + datetime.timedelta(hours=1)
NOTHING = ledger.Receipt(uuid.UUID(int=0), ledger.TransferKind.EXPIRE, 0, NOW, replayed=True)


def _due(books: Books, now: datetime.datetime = TERM, **limit: int) -> list[uuid.UUID]:
    """Expire what is due, commit, and return the reservations."""
    receipts = ledger.expire_due(books.session, timebank_id=BANK, now=now, **limit)
    books.session.commit()
    assert {receipt.kind for receipt in receipts} <= {ledger.TransferKind.EXPIRE}
    named = [books.transfer(receipt.transfer_id).refers_to for receipt in receipts]
    return [reservation for reservation in named if reservation is not None]


def test_a_reservation_expires_at_its_term_and_gives_the_pending_minutes_up(books: Books) -> None:
    reservation = books.reserved(90, expires_at=TERM)

    expiring = books.resolved("expire", reservation, now=TERM)

    stored = books.transfer(expiring)
    assert (stored.kind, stored.refers_to) == (ledger.TransferKind.EXPIRE, reservation)
    assert (stored.minutes, stored.expires_at) == (90, None)
    assert books.transfer(reservation).expires_at == TERM
    assert books.balance(books.helper) == ledger.Balance(0, 0, 0, 0, 0)
    assert books.balance(books.helped) == ledger.Balance(0, 0, 0, 0, 0)
    assert books.violations() == []


@pytest.mark.parametrize("expires_at", [TERM, None])
def test_nothing_expires_before_its_term(
    books: Books, expires_at: datetime.datetime | None
) -> None:
    reservation = books.reserved(expires_at=expires_at)
    before = books.rows()

    with pytest.raises(ledger.NotExpired) as refusal:
        ledger.expire(books.session, books.resolution(reservation), now=TERM - MOMENT)
    books.session.rollback()

    assert (refusal.value.transfer_id, refusal.value.expires_at) == (reservation, expires_at)
    assert str(refusal.value).endswith(f"at {TERM}" if expires_at else "expires never")
    assert books.rows() == before


def test_a_reservation_is_posted_until_just_before_its_term(books: Books) -> None:
    reservation = books.reserved(90, expires_at=TERM)

    books.resolved("post_pending", reservation, now=TERM - MOMENT)

    assert books.balance(books.helper).posted_minutes == 90
    assert books.violations() == []


def test_a_reservation_is_not_posted_from_its_term_on(books: Books) -> None:
    reservation = books.reserved(expires_at=TERM)
    before = books.rows()

    with pytest.raises(ledger.ReservationExpired) as refusal:
        ledger.post_pending(books.session, books.resolution(reservation), now=TERM)
    books.session.rollback()

    assert (refusal.value.transfer_id, refusal.value.expires_at) == (reservation, TERM)
    assert str(refusal.value) == f"reservation {reservation} expired at {TERM}"
    assert books.rows() == before


def test_a_clock_behind_the_account_posts_nothing_that_expired_on_it(books: Books) -> None:
    reservation = books.reserved(expires_at=TERM)
    books.posted(now=TERM)

    with pytest.raises(ledger.ReservationExpired):
        ledger.post_pending(books.session, books.resolution(reservation), now=TERM - MOMENT)


@pytest.mark.parametrize("now", [NOW, TERM, LATER])
def test_a_reservation_is_voided_before_and_after_its_term(
    books: Books, now: datetime.datetime
) -> None:
    reservation = books.reserved(expires_at=TERM)

    books.resolved("void", reservation, now=now)

    assert books.balance(books.helper).pending_in_minutes == 0
    assert books.violations() == []


def test_only_a_reservation_has_a_term(books: Books) -> None:
    with pytest.raises(ledger.InvalidMoment) as refusal:
        ledger.post(books.session, books.order(expires_at=TERM), now=NOW)

    assert refusal.value.moment == TERM


def test_a_term_without_a_zone_is_refused(books: Books) -> None:
    with pytest.raises(ledger.InvalidMoment):
        ledger.reserve(books.session, books.order(expires_at=TERM.replace(tzinfo=None)), now=NOW)


def test_a_reservation_with_another_term_is_another_one(books: Books) -> None:
    order = books.order(expires_at=TERM)
    ledger.reserve(books.session, order, now=NOW)
    elsewhere = TERM.astimezone(datetime.timezone(datetime.timedelta(hours=5)))

    again = ledger.reserve(
        books.session,
        books.order(transfer_id=order.transfer_id, expires_at=elsewhere),
        now=NOW,
    )
    with pytest.raises(ledger.KeyConflict):
        ledger.reserve(books.session, books.order(transfer_id=order.transfer_id), now=NOW)

    assert again.replayed


@pytest.mark.parametrize("made", ["posted", "voided"])
def test_what_was_resolved_does_not_expire(books: Books, made: str) -> None:
    reservation = books.reserved(expires_at=TERM)
    books.resolved("post_pending" if made == "posted" else "void", reservation)

    assert _due(books) == []
    with pytest.raises(ledger.AlreadyResolved):
        ledger.expire(books.session, books.resolution(reservation), now=TERM)


def test_only_a_reservation_expires(books: Books) -> None:
    first = books.posted()

    with pytest.raises(ledger.NotPending):
        ledger.expire(books.session, books.resolution(first), now=LATER)


def test_everything_that_is_due_expires_oldest_term_first(books: Books) -> None:
    second = books.reserved(2, expires_at=TERM)
    first = books.reserved(1, expires_at=TERM - MOMENT)
    books.reserved(4, expires_at=TERM + MOMENT)
    books.reserved(8)
    books.posted(16)

    expired = _due(books)

    assert expired == [first, second]
    assert books.balance(books.helper).pending_in_minutes == 12
    assert books.violations() == []


def test_what_is_due_at_the_same_term_expires_in_the_order_of_its_ids(books: Books) -> None:
    reservations = sorted(books.reserved(expires_at=TERM) for _ in range(5))

    assert _due(books) == reservations


def test_only_what_is_due_here_is_tried(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others would be refused one by one, and a run would grow with what is not due."""
    helper, helped = (books.open_account(timebank_id=BANK + 1) for _ in "ab")
    elsewhere = {"timebank_id": BANK + 1, "debit_account_id": helped, "credit_account_id": helper}
    books.reserved(expires_at=TERM, **elsewhere)
    due = books.reserved(expires_at=TERM)
    books.reserved(expires_at=TERM + MOMENT)
    books.resolved("void", books.reserved(expires_at=TERM))
    books.posted(5)
    tried: list[ledger.Step] = []

    def note(_books: object, steps: list[ledger.Step], **_named: object) -> list[ledger.Receipt]:
        tried.extend(steps)
        return []

    monkeypatch.setattr(expiry, "book_all", note)
    _due(books)

    wishes = [step.wish for step in tried]
    assert wishes == [ledger.Resolution(BANK, expiry.expiry_key(due), due)]


def test_a_run_expires_no_more_than_its_limit_and_the_next_goes_on(books: Books) -> None:
    reservations = [
        books.reserved(expires_at=TERM - number * MOMENT) for number in reversed(range(5))
    ]

    runs = [_due(books, limit=2) for _ in range(4)]

    assert runs == [reservations[:2], reservations[2:4], reservations[4:], []]


def test_a_run_of_which_nothing_was_said_expires_five_hundred(books: Books) -> None:
    steps = [
        ledger.Step(ledger.TransferKind.RESERVE, books.order(1, expires_at=TERM))
        for _ in range(501)
    ]
    ledger.book_all(books.session, steps, now=NOW)

    runs = [len(ledger.expire_due(books.session, timebank_id=BANK, now=TERM)) for _ in "ab"]

    assert runs == [500, 1]


def test_one_whose_account_is_far_ahead_of_the_clock_holds_up_no_other(books: Books) -> None:
    ahead = books.open_account()
    stuck = books.reserved(credit_account_id=ahead, expires_at=TERM - MOMENT)
    others = sorted(books.reserved(expires_at=TERM) for _ in range(2))
    elsewhere = books.open_account()
    far = TERM + datetime.timedelta(days=1)
    books.posted(credit_account_id=ahead, debit_account_id=elsewhere, now=far)

    assert _due(books) == others
    assert _due(books, now=far) == [stuck]
    assert books.violations() == []


def test_a_refusal_by_the_database_itself_is_passed_on(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    reservation = books.reserved(expires_at=TERM)

    def refuse(*_args: object, **_named: object) -> list[ledger.Receipt]:
        known_better = ledger.BatchRefused(0, reservation, ledger.AccountClosed(books.helper))
        raise known_better from sa.exc.IntegrityError("INSERT", {}, Exception())

    monkeypatch.setattr(expiry, "book_all", refuse)
    with pytest.raises(ledger.BatchRefused):
        _due(books)


def test_nothing_expires_in_another_timebank(books: Books) -> None:
    helper, helped = (books.open_account(timebank_id=BANK + 1) for _ in "ab")
    books.reserved(
        timebank_id=BANK + 1, debit_account_id=helped, credit_account_id=helper, expires_at=TERM
    )

    assert _due(books) == []


def test_the_same_reservation_id_resolved_in_another_timebank_still_expires(books: Books) -> None:
    order = books.order(expires_at=TERM)
    helper, helped = (books.open_account(timebank_id=BANK + 1) for _ in "ab")
    ledger.reserve(books.session, order, now=NOW)
    ledger.reserve(
        books.session,
        books.order(
            transfer_id=order.transfer_id,
            timebank_id=BANK + 1,
            debit_account_id=helped,
            credit_account_id=helper,
        ),
        now=NOW,
    )
    ledger.void(
        books.session, ledger.Resolution(BANK + 1, uuid.uuid4(), order.transfer_id), now=NOW
    )

    assert _due(books) == [order.transfer_id]


def test_what_is_due_is_asked_at_a_moment_with_a_zone(books: Books) -> None:
    with pytest.raises(ledger.InvalidMoment):
        ledger.expire_due(books.session, timebank_id=BANK, now=TERM.replace(tzinfo=None))


def test_whoever_expires_a_reservation_uses_the_same_key(books: Books) -> None:
    reservation = books.reserved(expires_at=TERM)

    _due(books)

    again = ledger.expire(
        books.session,
        books.resolution(reservation, transfer_id=ledger.expiry_key(reservation)),
        now=LATER,
    )
    assert again.replayed
    fixed = uuid.UUID("00000000-0000-7000-8000-000000000001")
    assert str(ledger.expiry_key(fixed)) == "768cfddf-ba14-54b6-b758-21a9d6ed8519"


def test_two_jobs_at_once_expire_each_reservation_once(engine: sa.Engine, books: Books) -> None:
    reservations = {books.reserved(expires_at=TERM) for _ in range(5)}

    def expire(session: Session, _number: int) -> ledger.Receipt:
        receipts = ledger.expire_due(session, timebank_id=BANK, now=TERM)
        return receipts[0] if receipts else NOTHING

    answers = race(engine, 4, expire)

    assert all(isinstance(answer, ledger.Receipt) for answer in answers)
    assert books.balance(books.helper).pending_in_minutes == 0
    assert {books.transfer(ledger.expiry_key(r)).refers_to for r in reservations} == reservations
    assert books.violations() == []
