# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import BANK, NOW, Books

BREAKS_A_RULE = "a row of ledger_(account|transfer) breaks a rule"
AMSTERDAM = zoneinfo.ZoneInfo("Europe/Amsterdam")


def _through_the_database(
    session: Session, value: datetime.datetime | None
) -> datetime.datetime | None:
    moment = sa.bindparam("moment", value, type_=ledger.UtcDateTime())
    return session.scalar(sa.select(moment))


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(sa.exc.StatementError) as refusal:
        _through_the_database(session, naive)

    assert isinstance(refusal.value.orig, ledger.NaiveDateTime)
    assert refusal.value.orig.value == naive
    assert str(refusal.value.orig) == "a moment needs a time zone"


@pytest.mark.parametrize("moment", [NOW.replace(tzinfo=None), NOW.date(), "2026-03-10", None])
def test_the_front_door_refuses_what_is_no_moment(books: Books, moment: Any) -> None:
    with pytest.raises(ledger.InvalidMoment) as refusal:
        ledger.post(books.session, books.order(), now=moment)

    assert refusal.value.moment is moment
    assert str(refusal.value).startswith("a moment must be a datetime with a time zone, not ")


def test_a_moment_comes_back_in_utc(books: Books) -> None:
    summer = datetime.datetime(2026, 7, 1, 1, 30, 0, 123456, tzinfo=AMSTERDAM)

    transfer_id = books.posted(now=summer)

    stored = books.transfer(transfer_id).recorded_at
    assert stored.isoformat() == "2026-06-30T23:30:00.123456+00:00"
    assert stored.tzinfo is datetime.UTC


def test_a_moment_comes_back_in_utc_whatever_the_zone_of_the_connection(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET TIME ZONE 'Asia/Tokyo'"))

    moment = _through_the_database(session, NOW)

    assert moment is not None
    assert moment.isoformat() == NOW.isoformat()
    assert moment.tzinfo is datetime.UTC


def test_no_moment_stays_no_moment(session: Session) -> None:
    assert _through_the_database(session, None) is None


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE ledger_account SET status = 'gone'", "status_known"),
        ("UPDATE ledger_account SET status = 'OPEN'", "status_known"),
        (
            "INSERT INTO ledger_transfer (timebank_id, id, kind, debit_account_id,"
            " credit_account_id, minutes, number, effective_on, recorded_at) SELECT timebank_id,"
            " '{other}', 'gift', debit_account_id, credit_account_id, minutes, 2, effective_on,"
            " recorded_at FROM ledger_transfer",
            "kind_known",
        ),
    ],
)
def test_the_database_refuses_an_unknown_value_of_an_enumeration(
    books: Books, statement: str, constraint: str
) -> None:
    books.posted()
    other = "0" * 32

    with pytest.raises(sa.exc.IntegrityError, match=f"{constraint}|{BREAKS_A_RULE}"):
        books.session.execute(sa.text(statement.format(other=other)))

    books.session.rollback()


def test_an_unknown_value_of_an_enumeration_does_not_reach_the_database(books: Books) -> None:
    account = sa.inspect(ledger.Account).local_table

    with pytest.raises(sa.exc.StatementError) as refusal:
        books.session.execute(sa.update(account).values(status="gone"))

    assert isinstance(refusal.value.orig, LookupError)


def test_an_enumeration_is_stored_by_its_value(books: Books) -> None:
    books.resolved("post_pending", books.reserved())

    kinds = books.session.execute(sa.text("SELECT kind FROM ledger_transfer")).scalars()

    assert set(kinds) == {"reserve", "post_pending"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_account SET credited_minutes = -1",
        "UPDATE ledger_account SET debited_minutes = -1",
        "UPDATE ledger_account SET pending_in_minutes = -1",
        "UPDATE ledger_account SET pending_out_minutes = -1",
    ],
)
def test_the_database_refuses_figures_below_zero(books: Books, statement: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=f"_not_negative|{BREAKS_A_RULE}"):
        books.session.execute(sa.text(statement))

    books.session.rollback()


def test_a_row_shows_its_class_and_its_ids_and_nothing_else(books: Books) -> None:
    account = books.session.get_one(ledger.Account, (BANK, books.helper))

    assert repr(account) == f"<Account {BANK}/{books.helper}>"
    assert re.fullmatch(r"<Entry None/None>", repr(ledger.Entry(minutes=90)))


def test_a_row_shows_itself_without_asking_the_database(books: Books) -> None:
    account = books.session.get_one(ledger.Account, (BANK, books.helper))
    books.session.commit()

    shown = repr(account)

    assert shown.startswith("<Account ")
    assert not books.session.in_transaction()


def test_a_kind_that_there_is_not_is_refused_before_it_reaches_the_database(
    books: Books,
) -> None:
    query = sa.select(ledger.Transfer.id).where(ledger.Transfer.kind == "gift")

    with pytest.raises(sa.exc.StatementError) as refusal:
        books.session.execute(query)

    assert isinstance(refusal.value.orig, LookupError)
