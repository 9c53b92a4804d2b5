# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa

import ledger
from ledger import checks
from tests.ledger import tampering
from tests.ledger.conftest import BANK, LATER, NOW, Books

LIMITS = "limits hold"
ORDERS = ["post", "reserve"]


def _refused(books: Books, verb: str, wish: ledger.Order) -> ledger.LimitReached:
    before = books.rows()
    with pytest.raises(ledger.LimitReached) as refusal:
        getattr(ledger, verb)(books.session, wish, now=NOW)
    books.session.rollback()
    assert books.rows() == before
    return refusal.value


@pytest.mark.parametrize("verb", ORDERS)
def test_an_order_goes_down_to_the_floor_and_no_minute_further(books: Books, verb: str) -> None:
    books.limit(books.helped, floor=-60)

    refusal = _refused(books, verb, books.order(61))
    receipt = getattr(ledger, verb)(books.session, books.order(60), now=NOW)

    assert (refusal.account_id, refusal.limit) == (books.helped, "floor")
    assert (refusal.limit_minutes, refusal.reached_minutes) == (-60, -61)
    assert (
        str(refusal) == f"account {books.helped} would come to -61 minutes, past its floor of -60"
    )
    assert receipt.minutes == 60


@pytest.mark.parametrize("verb", ORDERS)
def test_an_order_goes_up_to_the_ceiling_and_no_minute_further(books: Books, verb: str) -> None:
    books.limit(books.helper, ceiling=60)

    refusal = _refused(books, verb, books.order(61))
    receipt = getattr(ledger, verb)(books.session, books.order(60), now=NOW)

    assert (refusal.account_id, refusal.limit) == (books.helper, "ceiling")
    assert (refusal.limit_minutes, refusal.reached_minutes) == (60, 61)
    assert receipt.minutes == 60


def test_a_limit_of_zero_is_a_limit(books: Books) -> None:
    books.limit(books.helped, floor=0)
    books.limit(books.helper, ceiling=0)

    assert _refused(books, "post", books.order(1)).limit_minutes == 0


@pytest.mark.parametrize("verb", ORDERS)
def test_what_is_pending_counts_against_both_limits(books: Books, verb: str) -> None:
    books.reserved(40)
    books.posted(10)

    books.limit(books.helped, floor=-60)
    floor = _refused(books, verb, books.order(11))
    books.limit(books.helped)
    books.limit(books.helper, ceiling=60)
    ceiling = _refused(books, verb, books.order(11))

    assert (floor.limit, floor.reached_minutes) == ("floor", -61)
    assert (ceiling.limit, ceiling.reached_minutes) == ("ceiling", 61)
    assert books.posted(10)


def test_what_is_pending_the_other_way_makes_no_room(books: Books) -> None:
    books.limit(books.helped, floor=0)
    books.limit(books.helper, ceiling=0)
    books.reserved(30, debit_account_id=books.helper, credit_account_id=books.helped)

    refusal = _refused(books, "post", books.order(1))

    assert abs(refusal.reached_minutes) == 1


def test_a_voided_reservation_gives_its_room_back(books: Books) -> None:
    books.limit(books.helped, floor=-60)
    reservation = books.reserved(60)
    _refused(books, "post", books.order(1))

    books.resolved("void", reservation)

    assert books.posted(60)


@pytest.mark.parametrize("verb", ["post_pending", "void"])
def test_a_reservation_is_resolved_although_the_limits_were_drawn_closer(
    books: Books, verb: str
) -> None:
    reservation = books.reserved(60)
    books.limit(books.helped, floor=0)
    books.limit(books.helper, ceiling=0)

    books.resolved(verb, reservation)

    assert books.balance(books.helper).posted_minutes == (60 if verb == "post_pending" else 0)
    assert books.violations() == []


def test_beyond_a_limit_only_a_move_back_is_allowed(books: Books) -> None:
    books.posted(90)
    books.limit(books.helped, floor=-30)
    books.limit(books.helper, ceiling=30)
    back = {"debit_account_id": books.helper, "credit_account_id": books.helped}

    refusal = _refused(books, "post", books.order(1))
    books.posted(20, **back)
    books.reserved(20, **back)

    assert abs(refusal.reached_minutes) == 91
    assert books.balance(books.helped).posted_minutes == -70
    assert books.violations() == []


@pytest.mark.parametrize("reserved_first", [False, True])
def test_no_limit_holds_a_reversal_up(books: Books, reserved_first: bool) -> None:
    first = books.resolved("post_pending", books.reserved()) if reserved_first else books.posted()
    books.posted(debit_account_id=books.helper, credit_account_id=books.helped)
    books.limit(books.helper, floor=0)
    books.limit(books.helped, ceiling=0)

    books.resolved("reverse", first)

    assert books.balance(books.helper).posted_minutes == -60
    assert books.balance(books.helped).posted_minutes == 60
    assert books.violations() == []


def test_a_limit_of_one_account_is_none_of_another(books: Books) -> None:
    books.limit(books.helped, ceiling=0)
    books.limit(books.helper, floor=0)

    assert books.posted(600)


def test_a_repeated_order_is_answered_although_the_limit_is_reached_now(books: Books) -> None:
    order = books.order()
    ledger.post(books.session, order, now=NOW)
    books.session.commit()
    books.limit(books.helped, floor=0)

    again = ledger.post(books.session, order, now=NOW)

    assert again.replayed


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_a_posting_past_a_limit_is_found(books: Books, side: str) -> None:
    books.posted(60, now=LATER)
    account, limit = (
        (books.helped, {"floor_minutes": -59})
        if side == "helped"
        else (books.helper, {"ceiling_minutes": 59})
    )

    tampering.tamper(books.session, tampering.change_account(account, **limit))

    minutes = 60 if side == "helper" else -60
    assert books.violations() == [
        ledger.Violation(
            LIMITS, f"account {account} entry 1", f"left {minutes} minutes, past a limit"
        )
    ]


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_a_single_minute_past_a_limit_is_found(books: Books, side: str) -> None:
    books.posted(1, now=LATER)
    account = getattr(books, side)

    limit = {"helper": {"ceiling_minutes": 0}, "helped": {"floor_minutes": 0}}[side]
    tampering.tamper(books.session, tampering.change_account(account, **limit))

    assert [found.subject for found in books.violations()] == [f"account {account} entry 1"]


def test_a_posting_at_its_limits_is_sound(books: Books) -> None:
    books.limit(books.helped, floor=-60)
    books.limit(books.helper, ceiling=60)

    books.posted(60, now=LATER)

    assert books.violations() == []


def test_what_stood_before_the_limit_is_not_held_against_it(books: Books) -> None:
    books.posted(60)

    books.limit(books.helped, floor=0)

    assert books.violations() == []


def test_what_stood_before_the_limit_is_not_held_against_it_after_the_clock_stepped_back(
    books: Books,
) -> None:
    books.posted(60, now=NOW + datetime.timedelta(minutes=30))

    books.limit(books.helped, floor=0)

    assert checks.limits_hold(books.session, BANK) == []


def test_a_limit_of_the_same_account_number_elsewhere_says_nothing(books: Books) -> None:
    other = {"timebank_id": BANK + 1}
    pair = [books.open_account(**other) for _ in "ab"]
    account = sa.inspect(ledger.Account).local_table
    row = dict(
        books.session.execute(sa.select(account).where(account.c.id == books.helped))
        .mappings()
        .one()
    )
    books.session.execute(
        sa.insert(account).values(row | other | {"floor_minutes": 0, "ceiling_minutes": 0})
    )
    books.session.commit()

    books.posted(60, now=LATER)
    ledger.post(
        books.session,
        books.order(
            30,
            debit_account_id=pair[0],
            credit_account_id=pair[1],
            transfer_id=uuid.uuid4(),
            **other,
        ),
        now=NOW,
    )

    assert books.violations() == []
    assert books.balance(books.helped).posted_minutes == -60
