# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import ledger
from ledger.journal import order_row
from tests.ledger import tampering
from tests.ledger.conftest import BANK, NOW, SLAAGHWIJK, Books

NOWHERE = 17
ORDERS = ["reserve", "post"]
RESOLUTIONS = [("reserved", "post_pending"), ("reserved", "void"), ("posted", "reverse")]

Refused = Callable[..., Any]


@pytest.fixture
def refused(books: Books) -> Refused:
    """Do what must be refused, roll back, and hold that nothing is left of it."""

    def attempt(kind: type[ledger.LedgerError], verb: str, wish: Any) -> ledger.LedgerError:
        before = books.rows()
        with pytest.raises(kind) as refusal:
            getattr(ledger, verb)(books.session, wish, now=NOW)
        books.session.rollback()
        assert type(refusal.value) is kind
        assert isinstance(refusal.value, ledger.LedgerError)
        assert books.rows() == before
        return refusal.value

    return attempt


@pytest.mark.parametrize("verb", ORDERS)
@pytest.mark.parametrize("minutes", [0, -15, 1.5, 60.0, True, "60", None, 2**31, 2**63])
def test_minutes_that_are_no_whole_number_from_one_up_are_refused(
    books: Books, refused: Refused, verb: str, minutes: object
) -> None:
    order = books.order(minutes)

    refusal = refused(ledger.InvalidMinutes, verb, order)

    assert refusal.minutes is minutes


def test_a_refusal_of_minutes_shows_no_more_than_forty_characters_of_them(
    books: Books, refused: Refused
) -> None:
    order = books.order("x" * 1000)

    refusal = refused(ledger.InvalidMinutes, "post", order)

    assert len(str(refusal)) < 100


@pytest.mark.parametrize("verb", ORDERS)
@pytest.mark.parametrize("day", [NOW, "2026-03-10", None])
def test_a_day_that_is_no_plain_day_is_refused(
    books: Books, refused: Refused, verb: str, day: object
) -> None:
    order = books.order(effective_on=day)

    refusal = refused(ledger.InvalidDay, verb, order)

    assert refusal.effective_on is day


@pytest.mark.parametrize("verb", ORDERS)
def test_an_account_on_both_sides_is_refused(books: Books, refused: Refused, verb: str) -> None:
    order = books.order(debit_account_id=books.helper)

    refusal = refused(ledger.SameAccountTwice, verb, order)

    assert refusal.account_id == books.helper
    assert str(books.helper) in str(refusal)


@pytest.mark.parametrize("verb", ORDERS)
@pytest.mark.parametrize("side", ["debit_account_id", "credit_account_id"])
def test_an_unknown_account_is_refused_on_either_side(
    books: Books, refused: Refused, verb: str, side: str
) -> None:
    order = books.order(**{side: NOWHERE})

    refusal = refused(ledger.UnknownAccount, verb, order)

    assert (refusal.timebank_id, refusal.account_id) == (BANK, NOWHERE)
    assert str(refusal) == f"timebank {BANK} has no account {NOWHERE}"


@pytest.mark.parametrize("verb", ORDERS)
@pytest.mark.parametrize("side", ["debit_account_id", "credit_account_id"])
def test_an_account_of_another_timebank_is_unknown(
    books: Books, refused: Refused, verb: str, side: str
) -> None:
    foreign = books.open_account(SLAAGHWIJK, timebank_id=BANK + 1)

    refusal = refused(ledger.UnknownAccount, verb, books.order(**{side: foreign}))

    assert (refusal.timebank_id, refusal.account_id) == (BANK, foreign)


@pytest.mark.parametrize("verb", ORDERS)
@pytest.mark.parametrize("side", ["helper", "helped"])
def test_nothing_is_ordered_on_a_closed_account(
    books: Books, refused: Refused, verb: str, side: str
) -> None:
    closed = getattr(books, side)
    books.close(closed)

    refusal = refused(ledger.AccountClosed, verb, books.order())

    assert refusal.account_id == closed
    assert str(refusal) == f"account {closed} is closed"


@pytest.mark.parametrize(("made", "verb"), RESOLUTIONS)
@pytest.mark.parametrize("side", ["helper", "helped"])
def test_nothing_is_resolved_on_a_closed_account(
    books: Books, refused: Refused, made: str, verb: str, side: str
) -> None:
    first = getattr(books, made)()
    # A reservation keeps its accounts open, so this takes somebody with the keys of the database.
    closed = getattr(books, side)
    tampering.tamper(
        books.session,
        tampering.change_account(closed, status=ledger.AccountStatus.CLOSED, closed_at=NOW),
    )

    refusal = refused(ledger.AccountClosed, verb, books.resolution(first))

    assert refusal.account_id == closed


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_nothing_is_reversed_on_an_account_that_was_emptied_and_closed(
    books: Books, refused: Refused, side: str
) -> None:
    first, closed = books.posted(), getattr(books, side)
    books.empty(closed)
    books.close(closed)

    refusal = refused(ledger.AccountClosed, "reverse", books.resolution(first))

    assert refusal.account_id == closed


@pytest.mark.parametrize("verb", ["post_pending", "void", "reverse"])
def test_a_resolution_of_an_unknown_transfer_is_refused(
    books: Books, refused: Refused, verb: str
) -> None:
    nobody = uuid.uuid4()

    refusal = refused(ledger.UnknownTransfer, verb, books.resolution(nobody))

    assert (refusal.timebank_id, refusal.transfer_id) == (BANK, nobody)
    assert str(nobody) in str(refusal)


@pytest.mark.parametrize(("made", "verb"), RESOLUTIONS)
def test_a_transfer_of_another_timebank_is_unknown(
    books: Books, refused: Refused, made: str, verb: str
) -> None:
    first = getattr(books, made)()

    refusal = refused(
        ledger.UnknownTransfer, verb, ledger.Resolution(BANK + 1, uuid.uuid4(), first)
    )

    assert (refusal.timebank_id, refusal.transfer_id) == (BANK + 1, first)


@pytest.mark.parametrize("verb", ["post_pending", "void"])
@pytest.mark.parametrize("kind", ["post", "post_pending", "void", "reverse"])
def test_only_a_reservation_can_be_posted_or_voided(
    books: Books, refused: Refused, verb: str, kind: str
) -> None:
    first = {
        "post": books.posted,
        "post_pending": lambda: books.resolved("post_pending", books.reserved()),
        "void": lambda: books.resolved("void", books.reserved()),
        "reverse": lambda: books.resolved("reverse", books.posted()),
    }[kind]()

    refusal = refused(ledger.NotPending, verb, books.resolution(first))

    assert (refusal.transfer_id, refusal.kind) == (first, kind)
    assert str(refusal) == f"transfer {first} is a {kind}, not a reservation"


@pytest.mark.parametrize("kind", ["reserve", "void", "reverse"])
def test_only_what_was_posted_can_be_reversed(books: Books, refused: Refused, kind: str) -> None:
    first = {
        "reserve": books.reserved,
        "void": lambda: books.resolved("void", books.reserved()),
        "reverse": lambda: books.resolved("reverse", books.posted()),
    }[kind]()

    refusal = refused(ledger.NotPosted, "reverse", books.resolution(first))

    assert (refusal.transfer_id, refusal.kind) == (first, kind)
    assert str(refusal) == f"transfer {first} is a {kind}: nothing was posted by it"


def test_a_posted_reservation_is_reversed_by_its_posting_not_by_itself(
    books: Books, refused: Refused
) -> None:
    reservation = books.reserved()
    books.resolved("post_pending", reservation)

    refusal = refused(ledger.NotPosted, "reverse", books.resolution(reservation))

    assert refusal.kind == "reserve"


@pytest.mark.parametrize("timebank_id", [BANK, BANK + 1])
def test_an_unknown_account_cannot_move(books: Books, timebank_id: int) -> None:
    account_id = NOWHERE if timebank_id == BANK else books.helper

    with pytest.raises(ledger.UnknownAccount) as refusal:
        ledger.move_account(
            books.session,
            timebank_id=timebank_id,
            account_id=account_id,
            neighbourhood_code=SLAAGHWIJK,
        )

    assert (refusal.value.timebank_id, refusal.value.account_id) == (timebank_id, account_id)


@pytest.mark.parametrize("timebank_id", [BANK, BANK + 1])
def test_an_unknown_account_has_no_balance(books: Books, timebank_id: int) -> None:
    account_id = NOWHERE if timebank_id == BANK else books.helper

    with pytest.raises(ledger.UnknownAccount) as refusal:
        ledger.balance_of(books.session, timebank_id=timebank_id, account_id=account_id)

    assert (refusal.value.timebank_id, refusal.value.account_id) == (timebank_id, account_id)


@pytest.mark.parametrize("side", ["debit", "credit"])
def test_the_database_itself_refuses_a_transfer_on_an_unknown_account(
    books: Books, side: str
) -> None:
    row = order_row(books.order(), ledger.TransferKind.POST, NOW) | {"number": 1}
    before = books.rows()

    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)unknown|foreign key"):
        books.session.execute(
            sa.insert(ledger.Transfer).values(row | {f"{side}_account_id": NOWHERE})
        )
    books.session.rollback()

    assert books.rows() == before


@pytest.mark.parametrize("place", ["transfer_id", "refers_to"])
@pytest.mark.parametrize("verb", ["post_pending", "void", "reverse", "expire"])
def test_a_resolution_with_what_is_no_key_tells_what_was_given(
    books: Books, refused: Refused, verb: str, place: str
) -> None:
    keys: dict[str, Any] = {"transfer_id": uuid.uuid4(), "refers_to": uuid.uuid4()} | {place: "k"}

    refusal = refused(ledger.InvalidKey, verb, ledger.Resolution(BANK, **keys))

    assert refusal.key == "k"


@pytest.mark.parametrize("side", ["debit_account_id", "credit_account_id"])
@pytest.mark.parametrize("number", [2**63, -1, 1.0, True])
def test_what_is_no_number_of_an_account_is_told(
    books: Books, refused: Refused, number: Any, side: str
) -> None:
    refusal = refused(ledger.InvalidNumber, "post", books.order(**{side: number}))

    assert refusal.number is number


@pytest.mark.parametrize("number", [0, 2**63 - 1])
def test_the_first_and_the_last_number_of_an_account_are_numbers(
    books: Books, refused: Refused, number: int
) -> None:
    refusal = refused(ledger.UnknownAccount, "post", books.order(credit_account_id=number))

    assert refusal.account_id == number
