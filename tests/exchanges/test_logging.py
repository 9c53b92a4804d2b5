# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    NOW,
    SLAAGHWIJK,
    ZIJLWIJK,
    a_command,
    actor_of,
    approved,
    logged,
    member_of,
    timebank_of,
)
from timebank.drafts.operations import save_draft
from timebank.drafts.queries import newest_draft
from timebank.exchanges.models import Exchange, ExchangeEvent, ExchangeNote, NoteKind
from timebank.exchanges.operations import log_exchange
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.members.policy import organisation


def balance_of(session: Session, given_name: str) -> ledger.Balance:
    member = member_of(session, given_name)
    assert member.account_id is not None
    return ledger.balance_of(session, timebank_id=member.timebank_id, account_id=member.account_id)


def only(session: Session) -> Exchange:
    return session.scalars(select(Exchange)).one()


def test_an_exchange_is_stored_as_it_was_told(session: Session) -> None:
    command = a_command(session, "Fatima", "Greet", minutes=45)

    answer = log_exchange(session, command, by=actor_of(session, "Fatima"), now=NOW)
    session.commit()

    stored = only(session)
    assert (answer.exchange_id, answer.replayed) == (stored.id, False)
    assert stored.form_key == command.form_key
    assert stored.helper_id == stored.logged_by == member_of(session, "Fatima").id
    assert stored.helped_id == member_of(session, "Greet").id
    assert (stored.category_code, stored.minutes) == ("groceries", 45)
    assert (stored.helped_on, stored.logged_at) == (datetime.date(2026, 3, 9), NOW)
    assert stored.state is ExchangeState.SUBMITTED


def test_both_neighbourhoods_are_stamped(session: Session) -> None:
    logged(session, "Greet", "Fatima")

    stored = only(session)
    assert stored.helper_neighbourhood_code == ZIJLWIJK
    assert stored.helped_neighbourhood_code == SLAAGHWIJK


def test_the_helped_one_may_log_it_too(session: Session) -> None:
    logged(session, "Fatima", "Jan", by="Jan")

    assert only(session).logged_by == member_of(session, "Jan").id
    assert only(session).helper_id == member_of(session, "Fatima").id


def test_the_history_begins_with_who_logged_it_and_when(session: Session) -> None:
    exchange_id = logged(session)

    event = session.scalars(select(ExchangeEvent)).one()
    assert (event.exchange_id, event.action) == (exchange_id, Action.LOG)
    assert event.actor_id == member_of(session, "Fatima").id
    assert (event.happened_at, event.reason) == (NOW, None)


def test_a_note_is_kept_apart_from_the_facts(session: Session) -> None:
    exchange_id = logged(session, note="  Twee tassen naar boven \n")

    note = session.scalars(select(ExchangeNote)).one()
    assert (note.exchange_id, note.kind) == (exchange_id, NoteKind.NOTE)
    assert note.words == "Twee tassen naar boven"
    facts = session.connection().exec_driver_sql("SELECT * FROM exchange").all()
    assert "tassen" not in repr(facts)


@pytest.mark.parametrize("note", ["", "   \n"])
def test_an_empty_note_is_not_kept(session: Session, note: str) -> None:
    logged(session, note=note)

    assert session.scalars(select(ExchangeNote)).all() == []


def test_the_minutes_wait_with_the_helper_credited_and_the_helped_debited(
    session: Session,
) -> None:
    exchange_id = logged(session, "Fatima", "Jan", minutes=90)
    session.commit()

    assert balance_of(session, "Fatima") == ledger.Balance(0, 0, 90, 0, 0)
    assert balance_of(session, "Jan") == ledger.Balance(0, 0, 0, 90, 0)
    transfer = session.get(ledger.Transfer, (timebank_of(session).id, exchange_id))
    assert transfer is not None
    assert transfer.kind is ledger.TransferKind.RESERVE
    assert transfer.credit_account_id == member_of(session, "Fatima").account_id
    assert transfer.debit_account_id == member_of(session, "Jan").account_id
    assert transfer.effective_on == datetime.date(2026, 3, 9)
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


def test_the_draft_of_the_form_is_dropped_and_other_drafts_stay(session: Session) -> None:
    actor, sent, other = actor_of(session, "Fatima"), uuid.uuid4(), uuid.uuid4()
    for key in (sent, other):
        save_draft(session, by=actor, form_key=key, answers={"minutes": "90"}, now=NOW)

    logged(session, form_key=sent)

    waiting = newest_draft(session, by=actor)
    assert waiting is not None
    assert waiting.form_key == other


def test_the_organisation_logs_for_two_others_and_no_member_is_named(session: Session) -> None:
    by = organisation(timebank_of(session).id)

    log_exchange(session, a_command(session), by=by, now=NOW)

    assert only(session).logged_by is None
    assert session.scalars(select(ExchangeEvent.actor_id)).all() == [None]


def test_help_just_after_midnight_in_amsterdam_is_of_today(session: Session) -> None:
    half_past_midnight = datetime.datetime(2026, 1, 15, 23, 30, tzinfo=datetime.UTC)

    logged(session, now=half_past_midnight, helped_on=datetime.date(2026, 1, 16))

    assert only(session).helped_on == datetime.date(2026, 1, 16)


def test_help_of_the_first_day_as_a_member_can_be_logged(session: Session) -> None:
    logged(session, helped_on=datetime.date(2026, 1, 1))

    assert only(session).helped_on == datetime.date(2026, 1, 1)


@pytest.mark.policy("L4")
def test_a_telephone_call_of_a_quarter_of_an_hour_makes_the_total_grow(
    session: Session,
) -> None:
    approved(session, "Jan", "Greet", minutes=90)

    approved(session, "Jan", "Greet", category_code="phone_call", minutes=15)

    assert balance_of(session, "Jan").posted_minutes == 90 + 15


@pytest.mark.policy("L3")
def test_who_got_from_one_and_gave_to_another_stands_against_the_whole_community(
    session: Session,
) -> None:
    approved(session, "Fatima", "Jan", minutes=180)
    approved(session, "Jan", "Greet", minutes=60)

    assert balance_of(session, "Jan").posted_minutes == -120
    assert balance_of(session, "Fatima").posted_minutes == 180
    assert balance_of(session, "Greet").posted_minutes == -60
    logged(session, "Fatima", "Jan", minutes=1440)
