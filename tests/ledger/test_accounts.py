# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import ledger
from tests.ledger.conftest import BANK, LATER, NOW, SLAAGHWIJK, ZIJLWIJK, Books

ACCOUNT = sa.inspect(ledger.Account).local_table
NOWHERE = 17
CHANGES: dict[str, Callable[..., None]] = {
    "move": lambda session, **where: ledger.move_account(
        session, neighbourhood_code=ZIJLWIJK, **where
    ),
    "limit": lambda session, **where: ledger.limit_account(
        session, floor_minutes=0, ceiling_minutes=0, now=NOW, **where
    ),
    "close": lambda session, **where: ledger.close_account(session, now=NOW, **where),
}


def _account(books: Books, account_id: int) -> ledger.Account:
    books.session.expire_all()
    return books.session.get_one(ledger.Account, (BANK, account_id))


def _open(books: Books, **values: Any) -> int:
    return ledger.open_account(
        books.session,
        **({"timebank_id": BANK, "neighbourhood_code": SLAAGHWIJK, "now": NOW} | values),
    )


def test_an_account_opens_without_limits_and_was_never_closed(books: Books) -> None:
    account = _account(books, books.helper)

    assert (account.floor_minutes, account.ceiling_minutes) == (None, None)
    assert (account.closed_at, account.last_number) == (None, 0)
    assert account.opened_at == account.limited_at == account.last_recorded_at == NOW


def test_an_account_opens_with_its_limits(books: Books) -> None:
    account_id = _open(books, floor_minutes=-600, ceiling_minutes=1200)

    account = _account(books, account_id)
    assert (account.floor_minutes, account.ceiling_minutes) == (-600, 1200)


def test_a_limit_can_lie_on_the_other_one_and_at_the_end_of_the_column(books: Books) -> None:
    equal = _open(books, floor_minutes=5, ceiling_minutes=5)
    wide = _open(books, floor_minutes=1 - 2**63, ceiling_minutes=2**63 - 1)

    assert _account(books, equal).floor_minutes == _account(books, equal).ceiling_minutes == 5
    assert _account(books, wide).ceiling_minutes == 2**63 - 1


@pytest.mark.parametrize(
    ("floor", "ceiling"),
    [(1, 0), ("0", None), (None, 1.0), (True, None), (None, False), (-(2**63), None), (0, 2**63)],
)
def test_limits_that_are_no_limits_are_refused(books: Books, floor: Any, ceiling: Any) -> None:
    before = books.rows()

    with pytest.raises(ledger.InvalidLimits) as refusal:
        _open(books, floor_minutes=floor, ceiling_minutes=ceiling)
    with pytest.raises(ledger.InvalidLimits):
        books.limit(books.helper, floor, ceiling)

    assert (refusal.value.floor_minutes, refusal.value.ceiling_minutes) == (floor, ceiling)
    assert str(refusal.value).startswith("no account has floor ")
    assert books.rows() == before


def test_a_refusal_of_limits_shows_them_shortened(books: Books) -> None:
    with pytest.raises(ledger.InvalidLimits) as refusal:
        _open(books, floor_minutes=10**400)

    assert str(refusal.value) == "no account has floor a huge number and ceiling None"


@pytest.mark.parametrize("verb", ["open", "limit", "close"])
def test_an_account_is_changed_at_a_moment_with_a_zone_only(books: Books, verb: str) -> None:
    naive, here = NOW.replace(tzinfo=None), {"timebank_id": BANK, "account_id": books.helper}
    do: dict[str, Callable[[], object]] = {
        "open": lambda: _open(books, now=naive),
        "limit": lambda: ledger.limit_account(
            books.session, floor_minutes=0, ceiling_minutes=0, now=naive, **here
        ),
        "close": lambda: ledger.close_account(books.session, now=naive, **here),
    }

    with pytest.raises(ledger.InvalidMoment) as refusal:
        do[verb]()

    assert refusal.value.moment == naive


def test_a_limit_is_set_and_taken_away(books: Books) -> None:
    ledger.limit_account(
        books.session,
        timebank_id=BANK,
        account_id=books.helper,
        floor_minutes=-60,
        ceiling_minutes=90,
        now=LATER,
    )
    limited = _account(books, books.helper)
    assert (limited.floor_minutes, limited.ceiling_minutes) == (-60, 90)
    assert limited.limited_at == LATER

    books.limit(books.helper, None, None)

    freed = _account(books, books.helper)
    assert (freed.floor_minutes, freed.ceiling_minutes) == (None, None)
    assert _account(books, books.helped).floor_minutes is None


def test_a_closed_account_says_since_when(books: Books) -> None:
    books.close(books.helper, now=LATER)

    account = _account(books, books.helper)
    assert (account.status, account.closed_at) == (ledger.AccountStatus.CLOSED, LATER)
    assert _account(books, books.helped).status is ledger.AccountStatus.OPEN
    assert books.violations() == []


def test_an_emptied_account_can_be_closed(books: Books) -> None:
    books.posted(90)
    books.empty(books.helper)

    books.close(books.helper)

    assert books.balance(books.helper).posted_minutes == 0
    assert books.violations() == []


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_an_account_with_minutes_is_not_closed(books: Books, side: str) -> None:
    books.posted(90)
    before = books.rows()

    with pytest.raises(ledger.AccountNotEmpty) as refusal:
        books.close(getattr(books, side))
    books.session.rollback()

    minutes = 90 if side == "helper" else -90
    assert refusal.value.account_id == getattr(books, side)
    assert refusal.value.posted_minutes == minutes
    assert (refusal.value.pending_in_minutes, refusal.value.pending_out_minutes) == (0, 0)
    assert str(refusal.value).endswith(f"holds {minutes} minutes, 0 and 0 pending")
    assert books.rows() == before


@pytest.mark.parametrize(("side", "pending"), [("helper", (90, 0)), ("helped", (0, 90))])
def test_an_account_with_something_pending_is_not_closed(
    books: Books, side: str, pending: tuple[int, int]
) -> None:
    books.reserved(90)

    with pytest.raises(ledger.AccountNotEmpty) as refusal:
        books.close(getattr(books, side))

    assert refusal.value.posted_minutes == 0
    assert (refusal.value.pending_in_minutes, refusal.value.pending_out_minutes) == pending


@pytest.mark.parametrize(
    "values",
    [{"credited_minutes": 5}, {"pending_in_minutes": 5}, {"pending_out_minutes": 5}],
    ids=lambda values: next(iter(values)),
)
def test_the_database_itself_holds_that_a_closed_account_is_empty(
    books: Books, values: dict[str, int]
) -> None:
    closed = {"status": ledger.AccountStatus.CLOSED, "closed_at": NOW}

    with pytest.raises(sa.exc.IntegrityError, match=r"empty_when_closed|breaks a rule"):
        books.session.execute(sa.update(ACCOUNT).values(values | closed))


@pytest.mark.parametrize("closed_at", [None, NOW])
def test_the_database_itself_holds_that_a_closed_account_has_its_moment(
    books: Books, closed_at: datetime.datetime | None
) -> None:
    status = ledger.AccountStatus.OPEN if closed_at else ledger.AccountStatus.CLOSED

    with pytest.raises(sa.exc.IntegrityError, match=r"closed_at_known|breaks a rule"):
        books.session.execute(sa.update(ACCOUNT).values(status=status, closed_at=closed_at))


@pytest.mark.parametrize("verb", CHANGES)
def test_a_closed_account_is_never_changed(books: Books, verb: str) -> None:
    books.close(books.helper)
    before = books.rows()

    with pytest.raises(ledger.AccountClosed) as refusal:
        CHANGES[verb](books.session, timebank_id=BANK, account_id=books.helper)
    books.session.rollback()

    assert refusal.value.account_id == books.helper
    assert books.rows() == before


@pytest.mark.parametrize(
    "change",
    ["neighbourhood_code = 'BU0'", "floor_minutes = 1", "status = 'open', closed_at = NULL"],
)
def test_the_database_itself_never_changes_a_closed_account(books: Books, change: str) -> None:
    books.close(books.helper)
    update = f"UPDATE ledger_account SET {change} WHERE id = {books.helper}"  # noqa: S608

    with pytest.raises(sa.exc.IntegrityError, match="the books refuse: closed"):
        books.session.execute(sa.text(update))


@pytest.mark.parametrize("verb", CHANGES)
@pytest.mark.parametrize("timebank_id", [BANK, BANK + 1])
def test_an_unknown_account_is_never_changed(books: Books, verb: str, timebank_id: int) -> None:
    account_id = NOWHERE if timebank_id == BANK else books.helper

    with pytest.raises(ledger.UnknownAccount) as refusal:
        CHANGES[verb](books.session, timebank_id=timebank_id, account_id=account_id)

    assert (refusal.value.timebank_id, refusal.value.account_id) == (timebank_id, account_id)


@pytest.mark.parametrize("figure", ["credited_minutes", "pending_in_minutes", "last_seq"])
def test_the_database_itself_opens_an_account_at_zero_only(books: Books, figure: str) -> None:
    row = dict(
        books.session.execute(sa.select(ACCOUNT).where(ACCOUNT.c.id == books.helper))
        .mappings()
        .one()
    )

    with pytest.raises(sa.exc.IntegrityError):
        books.session.execute(sa.insert(ACCOUNT).values(row | {"id": NOWHERE, figure: 600}))


@pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
def test_closing_waits_for_nobody_who_only_names_the_account(
    books: Books, engine: sa.Engine
) -> None:
    with engine.begin() as other:
        other.exec_driver_sql(f"SELECT FROM ledger_account WHERE id = {books.helper} FOR KEY SHARE")
        books.session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        books.close(books.helper)

    assert books.session.get_one(ledger.Account, (BANK, books.helper)).closed_at == NOW
