# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    NOW,
    actor_of,
    approved,
    logged,
    member_of,
    timebank_of,
)
from timebank.members.errors import NotPermitted
from timebank.members.models import Person
from timebank.members.operations import grant_role
from timebank.members.policy import Actor, Role, organisation
from timebank.statements.queries import own_balance, own_statement

MINUTE = datetime.timedelta(minutes=1)


def test_a_statement_has_the_balance_and_a_line_with_the_exchange_behind_it(
    session: Session,
) -> None:
    exchange_id = approved(session, "Fatima", "Jan", minutes=90, note="Tassen")
    logged(session, "Jan", "Fatima", minutes=45)

    statement = own_statement(session, by=actor_of(session, "Jan"))

    assert statement.balance == ledger.Balance(0, 90, 45, 0, 1)
    (line,) = statement.lines
    assert (line.entry.minutes, line.entry.balance_minutes) == (-90, -90)
    assert line.exchange is not None
    assert line.exchange.exchange_id == exchange_id
    assert (line.exchange.helper_name, line.exchange.note) == ("Fatima El Amrani", "Tassen")
    assert statement.older_than is None


def test_who_had_no_exchange_has_an_empty_statement_at_zero(session: Session) -> None:
    statement = own_statement(session, by=actor_of(session, "Jan"))

    assert (list(statement.lines), statement.older_than) == ([], None)
    assert statement.balance.posted_minutes == 0


def test_pages_follow_each_other_newest_first_without_gap_or_double(session: Session) -> None:
    for number in range(5):
        approved(session, minutes=15 * (number + 1), now=NOW + number * MINUTE)
    by, pages, before = actor_of(session, "Fatima"), [], None

    for _ in range(3):
        page = own_statement(session, by=by, before_seq=before, limit=2)
        pages.append([line.entry.minutes for line in page.lines])
        before = page.older_than

    assert pages == [[75, 60], [45, 30], [15]]
    assert before is None


def test_a_page_that_is_exactly_full_is_the_last(session: Session) -> None:
    for _ in range(2):
        approved(session)

    statement = own_statement(session, by=actor_of(session, "Fatima"), limit=2)

    assert len(statement.lines) == 2
    assert statement.older_than is None


def test_the_line_of_a_correction_has_no_exchange_and_the_first_says_it_was_undone(
    session: Session,
) -> None:
    approved(session, "Fatima", "Jan")
    bank, by = timebank_of(session).id, actor_of(session, "Fatima")
    (posted,) = own_statement(session, by=by).lines
    undo = ledger.Resolution(bank, ledger.new_id(NOW), posted.entry.transfer_id)
    ledger.reverse(session, undo, now=NOW)

    statement = own_statement(session, by=by)

    undone, first = statement.lines
    assert (undone.entry.minutes, undone.exchange) == (-90, None)
    assert first.entry.reversed_by == undo.transfer_id
    assert first.exchange is not None
    assert statement.balance.posted_minutes == 0


def test_the_name_of_who_was_erased_is_gone_from_the_line(session: Session) -> None:
    approved(session, "Fatima", "Jan")
    jan = member_of(session, "Jan")
    session.delete(session.get(Person, (jan.timebank_id, jan.id)))
    session.flush()

    (line,) = own_statement(session, by=actor_of(session, "Fatima")).lines

    assert line.exchange is not None
    assert (line.exchange.helped_name, line.entry.minutes) == (None, 90)


def assert_has_no_statement(session: Session, by: Actor) -> None:
    with pytest.raises(NotPermitted):
        own_statement(session, by=by)
    with pytest.raises(NotPermitted):
        own_balance(session, by=by)


def test_who_is_no_resident_has_no_statement(session: Session) -> None:
    assert_has_no_statement(session, actor_of(session, "Annelies"))


def test_who_has_the_role_but_no_account_has_no_statement(session: Session) -> None:
    grant_role(
        session,
        member_of(session, "Annelies"),
        Role.RESIDENT,
        starts_on=datetime.date(2026, 1, 1),
        now=NOW,
    )

    assert_has_no_statement(session, actor_of(session, "Annelies"))


def test_the_organisation_has_no_statement(session: Session) -> None:
    assert_has_no_statement(session, organisation(timebank_of(session).id))


def test_everybody_reads_their_own_balance(session: Session) -> None:
    approved(session, "Fatima", "Jan")

    balances = {
        name: own_balance(session, by=actor_of(session, name)).posted_minutes
        for name in ("Fatima", "Jan", "Greet")
    }

    assert balances == {"Fatima": 90, "Jan": -90, "Greet": 0}
