# SPDX-License-Identifier: EUPL-1.2
"""What holds for help that was given holds for what is agreed: checks, exceptions, who speaks."""

from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from tests.appointments.making import NOW, TODAY, agreed, say, state_of
from timebank.audit.models import AuditEvent
from timebank.boundaries.operations import AllowOverride, allow_override
from timebank.categories.operations import close_category
from timebank.corrections.operations import pause
from timebank.exchanges.errors import ProfessionalOnly, UnknownKind
from timebank.own_data.queries import own_data
from timebank.preferences.operations import avoid
from timebank.preferences.queries import not_to_suggest

TRADE = "skilled_trade"


def allow(session: Session) -> None:
    command = AllowOverride(
        uuid.uuid4(),
        builders.member_of(session, "Fatima").id,
        builders.member_of(session, "Jan").id,
        TRADE,
        "Haar eigen buurman, een middag",
    )
    allow_override(session, command, by=builders.actor_of(session, "Nadia"), now=NOW)


@pytest.mark.policy("L6")
def test_an_exception_lets_the_two_agree_and_is_used_by_the_hours_only(session: Session) -> None:
    with pytest.raises(ProfessionalOnly):
        agreed(session, category_code=TRADE)
    allow(session)

    appointment_id = agreed(session, category_code=TRADE)
    say(session, appointment_id, "moved")
    with pytest.raises(ProfessionalOnly):
        agreed(session, "Jan", "Fatima", category_code=TRADE)
    builders.logged(session, category_code=TRADE)

    with pytest.raises(ProfessionalOnly):
        agreed(session, category_code=TRADE)


def test_nobody_moves_to_another_day_what_is_not_offered_any_more(session: Session) -> None:
    appointment_id = agreed(session)
    session.commit()
    bank = builders.timebank_of(session).id
    close_category(session, timebank_id=bank, code="groceries")
    session.commit()

    with pytest.raises(UnknownKind):
        say(session, appointment_id, "moved")
    session.rollback()

    assert state_of(session, appointment_id) == "planned"


def test_acting_for_somebody_stands_in_the_audit_and_they_read_who_did_it(
    session: Session,
) -> None:
    jan = builders.member_of(session, "Jan").id
    made = agreed(session, "Jan", "Greet", by="Nadia", acting_for_id=jan, happens_on=TODAY)
    say(session, made, "not_kept", by="Nadia")
    own = agreed(session, "Jan", "Fatima", by="Jan")
    say(session, own, "moved", by="Jan")
    moved = agreed(session, "Jan", "Fatima", by="Jan")
    say(session, moved, "moved", by="Nadia")

    events = session.execute(
        sa.select(AuditEvent.action, AuditEvent.subject_id, AuditEvent.about_member_id)
        .where(AuditEvent.action.startswith("appointment"))
        .order_by(AuditEvent.action)
    ).all()
    data = own_data(session, by=builders.actor_of(session, "Jan"))

    assert [(event.action, event.about_member_id) for event in events] == [
        ("appointment:answer", jan),
        ("appointment:make", jan),
        ("appointment:move", jan),
    ]
    assert [event.subject_id for event in events[:2]] == [made, made]
    told = [one for one in data["appointments"] if one["helped"] == "Greet de Boer"]
    assert [(one["answered_by"], one["answered_for_somebody"]) for one in told] == [
        ("Nadia Benali", True)
    ]
    by_jan = [one for one in data["appointments"] if one["answered_by"] == "Jan van den Berg"]
    assert [one["answered_for_somebody"] for one in by_jan] == [False]


def test_who_pauses_and_who_rather_not_meets_is_not_suggested(session: Session) -> None:
    ids = {name: builders.member_of(session, name).id for name in ("Jan", "Greet", "Nadia", "Bart")}
    fatima, nadia = builders.actor_of(session, "Fatima"), builders.actor_of(session, "Nadia")
    assert fatima.member_id is not None
    pause(
        session,
        until=TODAY + datetime.timedelta(days=7),
        by=builders.actor_of(session, "Jan"),
        now=NOW,
    )
    avoid(session, ids["Greet"], by=fatima, now=NOW)
    avoid(session, fatima.member_id, by=nadia, now=NOW)

    def apart(today: datetime.date) -> set[uuid.UUID]:
        assert fatima.member_id is not None
        return not_to_suggest(
            session,
            fatima.member_id,
            among=list(ids.values()),
            timebank_id=fatima.timebank_id,
            today=today,
        )

    assert apart(TODAY) == {ids["Jan"], ids["Greet"], ids["Nadia"]}
    assert apart(TODAY + datetime.timedelta(days=8)) == {ids["Greet"], ids["Nadia"]}
    own = own_data(session, by=fatima)["wishes"][0]["avoided"]
    assert own == [{"name": "Greet de Boer", "said_at": NOW}]
