# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    SLAAGHWIJK,
    ZIJLWIJK,
    actor_of,
    approved,
    logged,
    member_of,
    timebank_of,
)
from timebank.approvals.operations import Rejection, reject_exchange
from timebank.exchanges.errors import UnknownExchange
from timebank.exchanges.queries import (
    exchange_for,
    exchanges_by_id,
    history_of,
    newest_of_member,
    recent_others,
    sent_with_key,
)
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason
from timebank.members.models import Person

MINUTE = datetime.timedelta(minutes=1)


def erase(session: Session, given_name: str) -> None:
    member = member_of(session, given_name)
    session.delete(session.get(Person, (member.timebank_id, member.id)))
    session.flush()


@pytest.mark.parametrize("by", ["Fatima", "Greet", "Nadia", "Marijke", "Bart"])
def test_the_two_and_their_coordinators_see_an_exchange_with_names_and_note(
    session: Session, by: str
) -> None:
    exchange_id = logged(session, "Fatima", "Greet", note="Tassen")

    row = exchange_for(session, exchange_id, by=actor_of(session, by))

    assert (row.helper_name, row.helped_name) == ("Fatima El Amrani", "Greet de Boer")
    assert (row.helper_neighbourhood_code, row.helped_neighbourhood_code) == (
        SLAAGHWIJK,
        ZIJLWIJK,
    )
    assert (row.note, row.minutes, row.state) == ("Tassen", 90, ExchangeState.SUBMITTED)


@pytest.mark.parametrize("by", ["Greet", "Marijke", "Annelies", "Henk", "Gerda"])
@pytest.mark.policy("D15")
def test_for_anybody_else_it_is_as_if_it_were_not_there(session: Session, by: str) -> None:
    exchange_id = logged(session, "Fatima", "Jan")

    with pytest.raises(UnknownExchange):
        exchange_for(session, exchange_id, by=actor_of(session, by))


def test_an_exchange_that_never_was_is_not_seen(session: Session) -> None:
    with pytest.raises(UnknownExchange):
        exchange_for(session, uuid.uuid4(), by=actor_of(session, "Bart"))


def test_who_was_erased_has_no_name_and_the_exchange_stays(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Jan")
    erase(session, "Jan")

    row = exchange_for(session, exchange_id, by=actor_of(session, "Fatima"))

    assert (row.helper_name, row.helped_name) == ("Fatima El Amrani", None)


def test_the_history_is_told_oldest_first_with_the_words_of_a_rejection(
    session: Session,
) -> None:
    exchange_id = logged(session, "Fatima", "Jan", note="Not these words")
    rejection = Rejection(RejectionReason.OTHER, "Dit was vorige week al geteld")
    reject_exchange(
        session, exchange_id, rejection, by=actor_of(session, "Nadia"), now=NOW + MINUTE
    )

    events, words = history_of(session, exchange_id, timebank_id=timebank_of(session).id)

    assert [(event.action, event.reason, event.actor_name) for event in events] == [
        (Action.LOG, None, "Fatima El Amrani"),
        (Action.REJECT, RejectionReason.OTHER, "Nadia Benali"),
    ]
    assert [event.happened_at for event in events] == [NOW, NOW + MINUTE]
    assert words == "Dit was vorige week al geteld"


def test_the_history_is_not_told_to_another_timebank(session: Session) -> None:
    exchange_id = logged(session)

    other = timebank_of(session, "holten").id

    assert history_of(session, exchange_id, timebank_id=other) == ([], None)


def test_the_history_keeps_the_deed_of_who_was_erased(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Jan")
    erase(session, "Fatima")

    events, _ = history_of(session, exchange_id, timebank_id=timebank_of(session).id)

    assert [(event.action, event.actor_name) for event in events] == [(Action.LOG, None)]


def test_the_newest_exchanges_of_somebody_come_last_logged_first_from_both_sides(
    session: Session,
) -> None:
    ids = [
        logged(session, helper, helped, now=NOW + number * MINUTE)
        for number, (helper, helped) in enumerate(
            [("Fatima", "Jan"), ("Jan", "Greet"), ("Greet", "Fatima"), ("Nadia", "Jan")]
        )
    ]
    jan = member_of(session, "Jan")

    rows = newest_of_member(session, timebank_id=jan.timebank_id, member_id=jan.id)
    two = newest_of_member(session, timebank_id=jan.timebank_id, member_id=jan.id, limit=2)

    assert [row.exchange_id for row in rows] == [ids[3], ids[1], ids[0]]
    assert [row.exchange_id for row in two] == [ids[3], ids[1]]


def test_the_newest_exchanges_can_be_those_that_stand_in_one_state(session: Session) -> None:
    approved(session, "Fatima", "Jan")
    waiting = logged(session, "Jan", "Greet")
    jan = member_of(session, "Jan")

    rows = newest_of_member(
        session,
        timebank_id=jan.timebank_id,
        member_id=jan.id,
        states=[ExchangeState.SUBMITTED],
    )

    assert [row.exchange_id for row in rows] == [waiting]


def test_the_people_somebody_last_exchanged_with_come_once_and_newest_first(
    session: Session,
) -> None:
    for number, (helper, helped) in enumerate(
        [("Fatima", "Jan"), ("Jan", "Greet"), ("Jan", "Fatima"), ("Jan", "Nadia")]
    ):
        logged(session, helper, helped, now=NOW + number * MINUTE)
    jan = member_of(session, "Jan")
    erase(session, "Nadia")

    others = recent_others(session, timebank_id=jan.timebank_id, member_id=jan.id)
    one = recent_others(session, timebank_id=jan.timebank_id, member_id=jan.id, limit=1)

    assert [name for _, name in others] == ["Fatima El Amrani", "Greet de Boer"]
    assert others[0][0] == member_of(session, "Fatima").id
    assert list(one) == [others[0]]


def test_exchanges_are_read_by_id_within_one_timebank(session: Session) -> None:
    here, there = logged(session), logged(session, "Henk", "Gerda")

    found = exchanges_by_id(
        session, timebank_id=timebank_of(session).id, exchange_ids=[here, there, uuid.uuid4()]
    )

    assert list(found) == [here]


def test_who_sent_a_form_finds_the_exchange_by_its_key_and_nobody_else_does(
    session: Session,
) -> None:
    key = uuid.uuid4()
    exchange_id = approved(session, "Fatima", "Jan", form_key=key)

    found = {
        name: sent_with_key(session, by=actor_of(session, name), form_key=key)
        for name in ("Fatima", "Jan", "Bart", "Henk")
    }

    assert found == {"Fatima": exchange_id, "Jan": None, "Bart": None, "Henk": None}
