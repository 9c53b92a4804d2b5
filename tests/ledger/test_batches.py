# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import TransferKind as Kind
from ledger import batches, dialects
from tests.ledger.conftest import BANK, LATER, NOW, SLAAGHWIJK, Books
from tests.ledger.racing import race

HOUR = datetime.timedelta(hours=1)
MOMENT = datetime.timedelta(microseconds=1)
NOWHERE = 17
ON_POSTGRESQL = pytest.mark.parametrize("templates", ["postgresql"], indirect=True)


def _post(books: Books, minutes: object = 60, **changes: Any) -> ledger.Step:
    return ledger.Step(Kind.POST, books.order(minutes, **changes))


def _book(books: Books, *steps: ledger.Step, now: datetime.datetime = NOW) -> list[ledger.Receipt]:
    receipts = ledger.book_all(books.session, steps, now=now)
    books.session.commit()
    return receipts


def _refused(
    books: Books, *steps: ledger.Step, now: datetime.datetime = NOW
) -> ledger.BatchRefused:
    """Book what must be refused, and hold that nothing of it is left."""
    before = books.rows()
    with pytest.raises(ledger.BatchRefused) as refusal:
        ledger.book_all(books.session, steps, now=now)
    books.session.rollback()
    assert books.rows() == before
    assert refusal.value.transfer_id == steps[refusal.value.position].wish.transfer_id
    return refusal.value


def test_all_steps_of_a_batch_are_booked_in_their_order(books: Books) -> None:
    third = books.open_account()
    steps = [
        _post(books, 30),
        _post(books, 15, credit_account_id=third),
        ledger.Step(Kind.RESERVE, books.order(10, expires_at=LATER)),
        _post(books, 5, debit_account_id=books.helper, credit_account_id=third),
    ]

    receipts = _book(books, *steps)

    assert receipts == [
        ledger.Receipt(step.wish.transfer_id, step.kind, minutes, NOW, replayed=False)
        for step, minutes in zip(steps, [30, 15, 10, 5], strict=True)
    ]
    assert [entry.minutes for entry in books.entries(books.helped)] == [-30, -15]
    assert [entry.balance_minutes for entry in books.entries(third)] == [15, 20]
    assert books.balance(books.helper) == ledger.Balance(30, 5, 10, 0, 2)
    numbers = [books.transfer(step.wish.transfer_id).number for step in steps]
    assert numbers == [1, 2, 3, 1]
    assert books.transfer(steps[2].wish.transfer_id).expires_at == LATER
    assert books.violations() == []


def test_a_batch_keeps_every_column_of_a_wish(books: Books) -> None:
    clerk, day = uuid.uuid4(), NOW.date() - datetime.timedelta(days=9)
    step = _post(books, 30, recorded_by=clerk, effective_on=day)

    _book(books, step)

    stored = books.transfer(step.wish.transfer_id)
    assert (stored.recorded_by, stored.effective_on, stored.refers_to) == (clerk, day, None)


def test_an_empty_batch_does_nothing(books: Books) -> None:
    assert _book(books) == []


def test_an_empty_batch_needs_a_moment_too(books: Books) -> None:
    with pytest.raises(ledger.InvalidMoment):
        _book(books, now=NOW.replace(tzinfo=None))


def test_a_group_is_reserved_and_resolved_together(books: Books) -> None:
    others = [books.open_account() for _ in "abc"]
    reserving = [
        ledger.Step(Kind.RESERVE, books.order(60, credit_account_id=other)) for other in others
    ]
    reserved = _book(books, *reserving)
    kinds = [Kind.POST_PENDING, Kind.VOID, Kind.POST_PENDING]

    resolved = _book(
        books,
        *(
            ledger.Step(kind, books.resolution(receipt.transfer_id))
            for kind, receipt in zip(kinds, reserved, strict=True)
        ),
        now=LATER,
    )

    assert [receipt.kind for receipt in resolved] == kinds
    assert [books.balance(other).posted_minutes for other in others] == [60, 0, 60]
    assert books.balance(books.helped) == ledger.Balance(0, 120, 0, 0, 2)
    assert books.violations() == []


def test_a_group_goes_through_a_pot_that_ends_at_zero(books: Books) -> None:
    pot = books.open_account()
    books.limit(pot, floor=0)
    helpers = [books.open_account() for _ in range(3)]

    _book(
        books,
        _post(books, 90, credit_account_id=pot),
        *(_post(books, 30, debit_account_id=pot, credit_account_id=one) for one in helpers),
    )

    assert [books.balance(one).posted_minutes for one in helpers] == [30, 30, 30]
    assert books.balance(pot) == ledger.Balance(90, 90, 0, 0, 4)
    assert books.violations() == []


def test_a_pot_gives_no_more_than_came_in_before(books: Books) -> None:
    pot = books.open_account()
    books.limit(pot, floor=0)
    into = _post(books, 90, credit_account_id=pot)
    out = _post(books, 90, debit_account_id=pot)

    refusal = _refused(books, out, into)

    assert refusal.position == 0
    assert isinstance(refusal.cause, ledger.LimitReached)
    assert refusal.cause.reached_minutes == -90


def test_transfers_are_reversed_together_whole_and_in_part(books: Books) -> None:
    whole, part = books.posted(60), books.posted(90)

    receipts = _book(
        books,
        ledger.Step(Kind.REVERSE, books.resolution(whole)),
        ledger.Step(Kind.REVERSE, books.resolution(part, minutes=30)),
    )

    assert [receipt.minutes for receipt in receipts] == [60, 30]
    assert books.balance(books.helper) == ledger.Balance(60, 0, 0, 0, 4)
    assert books.balance(books.helped) == ledger.Balance(0, 60, 0, 0, 4)
    assert books.violations() == []


def _invalid(books: Books) -> dict[str, tuple[type[ledger.LedgerError], ledger.Step]]:
    """Return a step for each way in which a batch is refused."""
    reservation, posted = books.reserved(expires_at=LATER), books.posted()
    voided, reversed_one, taken = books.reserved(), books.posted(), books.posted()
    books.resolved("void", voided)
    books.resolved("reverse", reversed_one)
    closed, full = books.open_account(), books.open_account()
    books.close(closed)
    books.limit(full, floor=0, ceiling=0)

    def step(kind: Kind, refers_to: Any, **changes: Any) -> ledger.Step:
        return ledger.Step(kind, books.resolution(refers_to, **changes))

    return {
        "minutes": (ledger.InvalidMinutes, _post(books, 0)),
        "day": (ledger.InvalidDay, _post(books, effective_on=NOW)),
        "key": (ledger.InvalidKey, _post(books, transfer_id="a")),
        "number": (ledger.InvalidNumber, _post(books, debit_account_id=-1)),
        "twice": (ledger.SameAccountTwice, _post(books, debit_account_id=books.helper)),
        "term": (ledger.InvalidMoment, _post(books, expires_at=LATER)),
        "debit unknown": (ledger.UnknownAccount, _post(books, debit_account_id=NOWHERE)),
        "credit unknown": (ledger.UnknownAccount, _post(books, credit_account_id=NOWHERE)),
        "debit closed": (ledger.AccountClosed, _post(books, debit_account_id=closed)),
        "credit closed": (ledger.AccountClosed, _post(books, credit_account_id=closed)),
        "floor": (ledger.LimitReached, _post(books, 1, debit_account_id=full)),
        "ceiling": (ledger.LimitReached, _post(books, 1, credit_account_id=full)),
        "conflict": (ledger.KeyConflict, _post(books, 61, transfer_id=taken)),
        "unknown": (ledger.UnknownTransfer, step(Kind.VOID, uuid.uuid4())),
        "no key": (ledger.InvalidKey, step(Kind.VOID, "a")),
        "part": (ledger.InvalidMinutes, step(Kind.VOID, reservation, minutes=1)),
        "not pending": (ledger.NotPending, step(Kind.POST_PENDING, posted)),
        "not posted": (ledger.NotPosted, step(Kind.REVERSE, reservation)),
        "more": (ledger.MoreThanPosted, step(Kind.REVERSE, posted, minutes=61)),
        "not expired": (ledger.NotExpired, step(Kind.EXPIRE, reservation)),
        "resolved": (ledger.AlreadyResolved, step(Kind.POST_PENDING, voided)),
        "reversed": (ledger.AlreadyResolved, step(Kind.REVERSE, reversed_one)),
    }


INVALID = [
    "minutes",
    "day",
    "key",
    "number",
    "twice",
    "term",
    "debit_unknown",
    "credit_unknown",
    "debit_closed",
    "credit_closed",
    "floor",
    "ceiling",
    "conflict",
    "unknown",
    "no_key",
    "part",
    "not_pending",
    "not_posted",
    "more",
    "not_expired",
    "resolved",
    "reversed",
]


@pytest.mark.parametrize("name", INVALID)
def test_the_first_offender_is_named_and_nothing_is_booked(books: Books, name: str) -> None:
    steps = _invalid(books)
    cause, offender = steps[name.replace("_", " ")]
    assert sorted(INVALID) == sorted(name.replace(" ", "_") for name in steps)

    refusal = _refused(books, _post(books), _post(books), offender, _post(books))

    assert refusal.position == 2
    assert type(refusal.cause) is cause
    assert refusal.__cause__ is refusal.cause
    assert str(refusal) == (
        f"number 3 of the batch, transfer {offender.wish.transfer_id}: {refusal.cause}"
    )


def test_what_is_no_order_is_named_before_what_cannot_be_booked(books: Books) -> None:
    refusal = _refused(books, _post(books, credit_account_id=NOWHERE), _post(books, 0))

    assert refusal.position == 1


def test_the_first_of_two_that_cannot_be_booked_is_named(books: Books) -> None:
    refusal = _refused(
        books,
        _post(books),
        _post(books, debit_account_id=NOWHERE),
        _post(books, credit_account_id=18),
    )

    assert isinstance(refusal.cause, ledger.UnknownAccount)
    assert (refusal.position, refusal.cause.account_id) == (1, NOWHERE)


@pytest.mark.parametrize("side", ["debit_account_id", "credit_account_id"])
def test_a_batch_says_which_account_is_closed(books: Books, side: str) -> None:
    closed = books.open_account()
    books.close(closed)

    refusal = _refused(books, _post(books), _post(books, **{side: closed}))

    assert isinstance(refusal.cause, ledger.AccountClosed)
    assert (refusal.position, refusal.cause.account_id) == (1, closed)


def test_timebank_zero_has_transfers_to_resolve_too(books: Books) -> None:
    sides = {
        side: ledger.open_account(
            books.session, timebank_id=0, neighbourhood_code=SLAAGHWIJK, now=NOW
        )
        for side in ("debit_account_id", "credit_account_id")
    }
    books.session.commit()
    reservation = books.reserved(timebank_id=0, **sides)

    _book(books, ledger.Step(Kind.VOID, ledger.Resolution(0, uuid.uuid4(), reservation)))

    assert ledger.violations(books.session, timebank_id=0) == []


def test_the_last_timebank_that_a_number_can_name_has_transfers_to_resolve_too(
    books: Books,
) -> None:
    last = ledger.orders.MAX_TIMEBANK
    sides = {
        side: books.open_account(timebank_id=last)
        for side in ("debit_account_id", "credit_account_id")
    }
    reservation = books.reserved(timebank_id=last, **sides)

    _book(books, ledger.Step(Kind.VOID, ledger.Resolution(last, uuid.uuid4(), reservation)))

    assert ledger.violations(books.session, timebank_id=last) == []


def test_a_reversal_leaves_nothing_pending_for_the_steps_after_it(books: Books) -> None:
    first = books.posted(60)
    books.limit(books.helper, floor=-10)
    books.limit(books.helped, ceiling=10)
    back = _post(books, 10, debit_account_id=books.helper, credit_account_id=books.helped)

    _book(books, ledger.Step(Kind.REVERSE, books.resolution(first)), back)

    assert books.balance(books.helper).posted_minutes == -10


def test_a_batch_says_which_account_of_which_timebank_is_unknown(books: Books) -> None:
    refusal = _refused(books, _post(books, credit_account_id=NOWHERE))

    assert isinstance(refusal.cause, ledger.UnknownAccount)
    assert (refusal.cause.timebank_id, refusal.cause.account_id) == (BANK, NOWHERE)


def test_a_long_batch_asks_no_more_than_a_short_one(books: Books, engine: sa.Engine) -> None:
    others = [books.open_account() for _ in range(40)]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    def count(accounts: list[int]) -> int:
        asked.clear()
        _book(books, *(_post(books, 1, credit_account_id=one) for one in accounts))
        return sum(statement.lstrip().startswith("SELECT") for statement in asked)

    sa.event.listen(engine, "before_cursor_execute", note)
    short, long = count(others[:2]), count(others)
    sa.event.remove(engine, "before_cursor_execute", note)

    assert 0 < short == long


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("whose", "lock"), [("third", "UPDATE"), ("helper", "KEY SHARE"), ("helped", "KEY SHARE")]
)
def test_a_batch_waits_for_nobody_who_does_not_change_its_accounts(
    books: Books, engine: sa.Engine, whose: str, lock: str
) -> None:
    accounts = {"helper": books.helper, "helped": books.helped, "third": books.open_account()}

    with engine.begin() as other:
        other.exec_driver_sql(f"SELECT FROM ledger_account WHERE id = {accounts[whose]} FOR {lock}")
        books.session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        _book(books, _post(books, 30))

    assert books.balance(books.helper).posted_minutes == 30


def test_a_reservation_whose_term_is_over_is_not_posted_with_the_others(books: Books) -> None:
    reservation = books.reserved(expires_at=LATER)
    step = ledger.Step(Kind.POST_PENDING, books.resolution(reservation))

    refusal = _refused(books, _post(books), step, now=LATER)
    _book(books, step, now=LATER - MOMENT)

    assert refusal.position == 1
    assert isinstance(refusal.cause, ledger.ReservationExpired)
    assert (refusal.cause.transfer_id, refusal.cause.expires_at) == (reservation, LATER)
    assert books.violations() == []


def test_the_limits_are_counted_step_by_step(books: Books) -> None:
    books.limit(books.helped, floor=-100)
    books.limit(books.helper, ceiling=100)
    back = {"debit_account_id": books.helper, "credit_account_id": books.helped}
    reserve = ledger.Step(Kind.RESERVE, books.order(30))

    refusal = _refused(books, _post(books, 70), reserve, _post(books, 1))
    _book(books, _post(books, 70), reserve, _post(books, 20, **back), _post(books, 20))

    assert refusal.position == 2
    assert isinstance(refusal.cause, ledger.LimitReached)
    assert (refusal.cause.account_id, refusal.cause.limit) == (books.helped, "floor")
    assert (refusal.cause.limit_minutes, refusal.cause.reached_minutes) == (-100, -101)
    assert books.balance(books.helped).posted_minutes == -70
    assert books.violations() == []


@pytest.mark.parametrize(
    ("kind", "room"), [(Kind.VOID, 60), (Kind.POST_PENDING, 0), (Kind.REVERSE, 60)]
)
def test_a_resolution_makes_the_room_that_it_makes_for_the_steps_after_it(
    books: Books, kind: Kind, room: int
) -> None:
    first = books.posted(60) if kind is Kind.REVERSE else books.reserved(60)
    books.limit(books.helped, floor=-60)
    books.limit(books.helper, ceiling=60)
    resolving = ledger.Step(kind, books.resolution(first))

    refusal = _refused(books, resolving, _post(books, room + 1))
    if room:
        _book(books, resolving, _post(books, room))

    assert refusal.position == 1
    assert isinstance(refusal.cause, ledger.LimitReached)
    assert refusal.cause.reached_minutes == -61
    assert books.violations() == []


@pytest.mark.parametrize("kind", [Kind.POST, Kind.RESERVE])
@pytest.mark.parametrize("limit", ["floor", "ceiling"])
def test_what_stood_before_a_batch_counts_for_its_limits(
    books: Books, limit: str, kind: Kind
) -> None:
    books.posted(50)
    books.reserved(20)
    books.posted(10, debit_account_id=books.helper, credit_account_id=books.helped)
    account, bound = {"floor": (books.helped, -100), "ceiling": (books.helper, 100)}[limit]
    books.limit(account, **{limit: bound})
    steps = [ledger.Step(kind, books.order(minutes)) for minutes in (15, 15, 15)]

    refusal = _refused(books, *steps)
    _book(books, *steps[:2])

    assert refusal.position == 2
    assert isinstance(refusal.cause, ledger.LimitReached)
    assert (refusal.cause.account_id, refusal.cause.limit) == (account, limit)
    assert abs(refusal.cause.reached_minutes) == 50 + 20 - 10 + 3 * 15


def test_a_limit_of_zero_counts_in_a_batch(books: Books) -> None:
    books.limit(books.helper, ceiling=0)

    refusal = _refused(books, _post(books, 1))

    assert isinstance(refusal.cause, ledger.LimitReached)
    assert (refusal.cause.limit, refusal.cause.reached_minutes) == ("ceiling", 1)


def test_no_limit_holds_a_reversal_up_in_a_batch(books: Books) -> None:
    first = books.posted()
    books.posted(debit_account_id=books.helper, credit_account_id=books.helped)
    books.limit(books.helper, floor=0)
    books.limit(books.helped, ceiling=0)

    _book(books, ledger.Step(Kind.REVERSE, books.resolution(first)))

    assert books.balance(books.helper).posted_minutes == -60


def test_a_repeated_batch_is_answered_as_the_first_time(books: Books) -> None:
    reservation = books.reserved()
    steps = [
        _post(books, 30),
        ledger.Step(Kind.POST_PENDING, books.resolution(reservation)),
        _post(books, 15),
    ]
    first = _book(books, *steps)
    before = books.rows()

    again = _book(books, *steps, now=LATER)

    assert again == [dataclasses.replace(receipt, replayed=True) for receipt in first]
    assert books.rows() == before


def test_a_batch_books_what_is_new_and_answers_what_is_not(books: Books) -> None:
    known = _post(books, 30)
    ledger.post(books.session, known.wish, now=NOW)
    books.session.commit()

    receipts = _book(books, _post(books, 1), known, _post(books, 2), now=LATER)

    assert [receipt.replayed for receipt in receipts] == [False, True, False]
    assert [receipt.recorded_at for receipt in receipts] == [LATER, NOW, LATER]
    assert books.balance(books.helper).posted_minutes == 33
    assert books.violations() == []


def test_what_a_batch_booked_is_known_to_the_single_functions(books: Books) -> None:
    step = _post(books, 30)
    _book(books, step)

    assert ledger.post(books.session, step.wish, now=LATER).replayed


def test_a_key_twice_in_a_batch_is_one_transfer(books: Books) -> None:
    step = _post(books, 30)

    receipts = _book(books, step, _post(books, 1), step)

    assert [receipt.replayed for receipt in receipts] == [False, False, True]
    assert receipts[0].recorded_at == receipts[2].recorded_at == NOW
    assert books.balance(books.helper).posted_minutes == 31
    assert books.violations() == []


def test_a_key_twice_in_a_batch_with_other_content_conflicts(books: Books) -> None:
    step = _post(books, 30)

    refusal = _refused(books, step, _post(books, 31, transfer_id=step.wish.transfer_id))

    assert refusal.position == 1
    assert isinstance(refusal.cause, ledger.KeyConflict)


def test_two_resolutions_of_one_transfer_in_a_batch_are_one_too_many(books: Books) -> None:
    reservation = books.reserved()

    refusal = _refused(
        books,
        ledger.Step(Kind.POST_PENDING, books.resolution(reservation)),
        ledger.Step(Kind.VOID, books.resolution(reservation)),
    )

    assert refusal.position == 1
    assert isinstance(refusal.cause, ledger.AlreadyResolved)
    assert (refusal.cause.transfer_id, refusal.cause.resolved_as) == (reservation, "post_pending")
    assert refusal.cause.resolved_at == NOW


def test_a_resolution_twice_in_a_batch_is_one(books: Books) -> None:
    step = ledger.Step(Kind.VOID, books.resolution(books.reserved()))

    receipts = _book(books, step, step)

    assert [receipt.replayed for receipt in receipts] == [False, True]


def test_a_step_names_no_transfer_of_the_same_batch(books: Books) -> None:
    order = books.order()

    refusal = _refused(
        books,
        ledger.Step(Kind.RESERVE, order),
        ledger.Step(Kind.VOID, books.resolution(order.transfer_id)),
    )

    assert refusal.position == 1
    assert isinstance(refusal.cause, ledger.UnknownTransfer)


def test_a_batch_belongs_to_one_timebank(books: Books) -> None:
    before = books.rows()

    with pytest.raises(ledger.MixedTimebanks) as refusal:
        _book(books, _post(books), _post(books, timebank_id=BANK + 1))
    books.session.rollback()

    assert refusal.value.timebank_ids == {BANK, BANK + 1}
    assert str(refusal.value) == "2 timebanks cannot be booked together"
    assert books.rows() == before


def test_accounts_and_transfers_of_another_timebank_are_unknown_to_a_batch(books: Books) -> None:
    foreign = books.open_account(timebank_id=BANK + 1)
    reservation = books.reserved()
    elsewhere = ledger.Resolution(BANK + 1, uuid.uuid4(), reservation)

    account = _refused(books, _post(books, credit_account_id=foreign))
    transfer = _refused(books, ledger.Step(Kind.VOID, elsewhere))

    assert isinstance(account.cause, ledger.UnknownAccount)
    assert isinstance(transfer.cause, ledger.UnknownTransfer)


@pytest.mark.parametrize("number", [2**70, -1, "900", None])
def test_a_timebank_that_is_no_number_is_refused_with_its_place(books: Books, number: Any) -> None:
    wish = dataclasses.replace(books.resolution(books.reserved()), timebank_id=number)

    refusal = _refused(books, ledger.Step(Kind.VOID, wish))

    assert isinstance(refusal.cause, ledger.InvalidNumber)


def test_a_batch_of_a_clock_a_little_behind_gets_the_last_moment_of_its_accounts(
    books: Books,
) -> None:
    ahead = NOW + 5 * HOUR
    books.posted(now=ahead)
    pair = {"debit_account_id": books.open_account(), "credit_account_id": books.open_account()}

    receipts = _book(books, _post(books, **pair), _post(books), now=ahead - HOUR)

    assert {receipt.recorded_at for receipt in receipts} == {ahead}
    assert books.entries(pair["debit_account_id"])[0].recorded_at == ahead
    assert books.violations() == []


def test_a_batch_of_a_clock_far_behind_is_refused(books: Books) -> None:
    ahead = NOW + 5 * HOUR
    books.posted(now=ahead)
    now = ahead - HOUR - MOMENT

    refusal = _refused(books, _post(books), now=now)

    assert isinstance(refusal.cause, ledger.ClockWentBack)
    assert (refusal.cause.now, refusal.cause.last_recorded_at) == (now, ahead)


def test_a_repeated_batch_is_answered_whatever_the_clock_says(books: Books) -> None:
    step = _post(books)
    _book(books, step, now=NOW + 5 * HOUR)

    (receipt,) = _book(books, step, now=NOW)

    assert (receipt.replayed, receipt.recorded_at) == (True, NOW + 5 * HOUR)


@pytest.mark.parametrize("chunk", [1, 3, 4])
def test_a_batch_longer_than_a_chunk_is_booked_whole(
    books: Books, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(batches, "CHUNK", chunk)
    others = [books.open_account() for _ in range(8)]
    reserving = [
        ledger.Step(Kind.RESERVE, books.order(number + 1, credit_account_id=other))
        for number, other in enumerate(others)
    ]
    reserved = _book(books, *reserving)
    resolving = [
        ledger.Step(Kind.POST_PENDING, books.resolution(receipt.transfer_id))
        for receipt in reserved
    ]
    _book(books, *resolving)
    before = books.rows()

    again = _book(books, *resolving)

    assert all(receipt.replayed for receipt in again)
    assert [books.balance(other).posted_minutes for other in others] == list(range(1, 9))
    assert books.rows() == before
    assert books.violations() == []


def _with_a_hand_between(monkeypatch: pytest.MonkeyPatch, act: Callable[[Any, Any], None]) -> None:
    """Let something happen after the batch was counted through and before it is written."""
    write = dialects.insert_many

    def insert_many(books: Any, rows: Any) -> None:
        act(books, rows)
        write(books, rows)

    monkeypatch.setattr(batches, "insert_many", insert_many)


@ON_POSTGRESQL
def test_a_rival_who_takes_a_key_in_between_is_named_as_a_conflict(
    books: Books, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = {"debit_account_id": books.open_account(), "credit_account_id": books.open_account()}
    steps = [_post(books), _post(books), _post(books)]
    taken = books.order(5, transfer_id=steps[1].wish.transfer_id, **pair)

    def rival(_books: Any, _rows: Any) -> None:
        with Session(engine) as session:
            ledger.post(session, taken, now=NOW)
            session.commit()

    _with_a_hand_between(monkeypatch, rival)

    with pytest.raises(ledger.BatchRefused) as refusal:
        ledger.book_all(books.session, steps, now=NOW)
    books.session.rollback()

    assert (refusal.value.position, refusal.value.transfer_id) == (1, taken.transfer_id)
    assert isinstance(refusal.value.cause, ledger.KeyConflict)
    assert books.balance(books.helper).posted_minutes == 0
    assert books.violations() == []


def test_the_database_keeps_its_walls_around_what_a_batch_did_not_count(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.limit(books.helped, floor=0)
    monkeypatch.setattr(batches, "_check_limits", lambda *_: None)

    refusal = _refused(books, _post(books, 30))

    assert refusal.position == 0
    assert isinstance(refusal.cause, ledger.LimitReached)
    assert (refusal.cause.account_id, refusal.cause.limit) == (books.helped, "floor")
    assert isinstance(refusal.__cause__, sa.exc.DBAPIError)


def test_what_the_database_cannot_do_is_no_refusal(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(books: Any, _rows: Any) -> None:
        books.execute(sa.text("SELECT * FROM nowhere"))

    _with_a_hand_between(monkeypatch, break_off)

    with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
        ledger.book_all(books.session, [_post(books)], now=NOW)


def test_what_the_database_cannot_do_is_no_refusal_of_a_single_transfer_either(
    books: Books,
) -> None:
    books.session.execute(sa.text("DROP TABLE ledger_entry"))

    with pytest.raises(sa.exc.DBAPIError, match="ledger_entry"):
        ledger.post(books.session, books.order(), now=NOW)


def test_batches_at_once_lose_nothing_whatever_the_order_of_their_accounts(
    engine: sa.Engine, books: Books
) -> None:
    third = books.open_account()
    accounts = [books.helper, books.helped, third]

    def book(session: Session, number: int) -> ledger.Receipt:
        turned = accounts[number % 3 :] + accounts[: number % 3]
        steps = [
            _post(books, 1, debit_account_id=turned[place], credit_account_id=turned[place - 1])
            for place in (range(3) if number % 2 else reversed(range(3)))
        ]
        return ledger.book_all(session, steps, now=NOW)[-1]

    answers = race(engine, 6, book, rounds=3)

    assert all(isinstance(answer, ledger.Receipt) for answer in answers)
    assert [books.balance(one) for one in accounts] == [ledger.Balance(18, 18, 0, 0, 36)] * 3
    assert books.violations() == []


def test_one_of_several_batches_with_the_same_keys_books_them(
    engine: sa.Engine, books: Books
) -> None:
    steps = [_post(books, 1) for _ in range(20)]

    def book(session: Session, _number: int) -> ledger.Receipt:
        return ledger.book_all(session, steps, now=NOW)[0]

    answers = race(engine, 4, book)

    replayed = [answer.replayed for answer in answers if isinstance(answer, ledger.Receipt)]
    assert sorted(replayed) == [False, True, True, True]
    assert books.balance(books.helper).posted_minutes == 20
    assert books.violations() == []
