# SPDX-License-Identifier: EUPL-1.2
"""What the desk keeps about help stands among the data of the two people, and of who asked."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy.orm import Session

from tests.asking.test_asking import answer, ask
from tests.builders import NOW, SLAAGHWIJK, actor_of, approved, logged
from tests.rules.test_changing import let_count
from timebank.agreements.operations import confirm_exchange
from timebank.approvals.policy import Decision, DecisionKind
from timebank.desk.operations import hold_decision
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.own_data.queries import Item, own_data

LATER = NOW + datetime.timedelta(hours=1)


def own(session: Session, name: str, section: str) -> list[Item]:
    return own_data(session, by=actor_of(session, name))[section]


def hold_return(session: Session, exchange_id: uuid.UUID) -> None:
    hold_decision(
        session,
        exchange_id,
        Decision(DecisionKind.RETURN, None, "Welke dag?"),
        batch_id=uuid.uuid4(),
        by=actor_of(session, "Nadia"),
        now=NOW,
        until=LATER,
    )


def test_both_people_and_who_asked_find_the_question_and_nobody_else(session: Session) -> None:
    exchange_id = logged(session)
    ask(session, exchange_id)
    answer(session, exchange_id, "Fatima", "Ja, maandag")

    found = {name: own(session, name, "questions") for name in ("Fatima", "Jan", "Nadia", "Greet")}

    assert found["Greet"] == []
    assert {
        name: (one["asked_by_me"], one["words"], one["answered_by_me"], one["answer"])
        for name, items in found.items()
        for one in items
    } == {
        "Fatima": (False, "Was dit maandag?", True, "Ja, maandag"),
        "Jan": (False, "Was dit maandag?", False, "Ja, maandag"),
        "Nadia": (True, "Was dit maandag?", False, "Ja, maandag"),
    }


def test_who_agreed_and_what_is_decided_this_minute_stand_with_the_help(session: Session) -> None:
    let_count(session, SLAAGHWIJK, auto_approve_minutes=60)
    approved(session)
    exchange_id, small = logged(session), logged(session, minutes=30)
    for one in (exchange_id, small):
        confirm_exchange(session, one, by=actor_of(session, "Jan"), now=LATER)
    hold_return(session, exchange_id)

    for name, by_me in (("Fatima", False), ("Jan", True)):
        items = {one["exchange"]: one for one in own(session, name, "exchanges")}
        said = [{"by_me": by_me, "at": LATER}]
        assert items[exchange_id]["confirmed"] == items[small]["confirmed"] == said
        assert items[small]["state"] is ExchangeState.APPROVED
        assert items[small]["approved_by_itself_at"] == LATER
        assert items[exchange_id]["approved_by_itself_at"] is None
        assert items[small]["not_carried_out_yet"] is None
        assert items[exchange_id]["not_carried_out_yet"] == {
            "action": Action.RETURN,
            "reason": None,
            "words": "Welke dag?",
            "at": NOW,
        }
    assert own(session, "Greet", "exchanges") == []
