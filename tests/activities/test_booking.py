# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    FOUNDED_AT,
    FOUNDED_ON,
    NOW,
    SLAAGHWIJK,
    TODAY,
    ZIJLWIJK,
    actor_of,
    member_of,
    timebank_of,
)
from tests.disputes.test_disputing import balance_of
from tests.rules.test_changing import let_count
from timebank.activities.errors import (
    InitiatorMissing,
    NotForAGroup,
    NotYourPlace,
    UnknownActivity,
)
from timebank.activities.models import ActivityPart, GroupActivity
from timebank.activities.operations import BookActivity, Booked, book_activity, check_activity
from timebank.activities.policy import MOST_PEOPLE, Helping, InitiatedBy, Part
from timebank.activities.queries import (
    Initiative,
    activity_for,
    initiatives,
    newest_activities,
    residents_called,
)
from timebank.approvals.errors import OwnExchange
from timebank.exchanges.errors import (
    DayBeforeJoining,
    DayInFuture,
    FormKeyUsed,
    NotAWholeStep,
    ProfessionalOnly,
    UnknownKind,
    UnknownOther,
)
from timebank.members.errors import NotPermitted
from timebank.members.models import Member, Person
from timebank.members.operations import EnrolMember, enrol_member
from timebank.pot.models import CommunityAccount
from timebank.statements.queries import own_statement

THREE_HOURS = 180


def cook_in(session: Session, **changes: object) -> BookActivity:
    """Two helpers of three hours each and 14 guests, unless said otherwise."""
    helpers = tuple(Helping(member_of(session, name).id, THREE_HOURS) for name in ("Fatima", "Jan"))
    command = BookActivity(
        form_key=uuid.uuid4(),
        category_code="cooking_group",
        held_on=datetime.date(2026, 3, 7),
        neighbourhood_code=SLAAGHWIJK,
        place="Buurthuis Op Eigen Wijze",
        initiated_by=InitiatedBy.RESIDENT,
        helpers=helpers,
        guests=14,
    )
    return dataclasses.replace(command, **changes)  # type: ignore[arg-type]


def book(session: Session, command: BookActivity, by: str = "Nadia") -> Booked:
    return book_activity(session, command, by=actor_of(session, by), now=NOW)


def sound(session: Session) -> bool:
    session.commit()
    return ledger.violations(session, timebank_id=timebank_of(session).id) == []


@pytest.mark.policy("W4")
def test_an_evening_of_cooking_gives_two_credits_one_head_count_and_no_records_of_guests(
    session: Session,
) -> None:
    people = len(session.scalars(select(Person)).all())
    command = cook_in(session)

    parts = check_activity(session, command, by=actor_of(session, "Nadia"), now=NOW)
    booked = book(session, command)

    assert sound(session)
    assert parts == [Part(one.member_id, None, THREE_HOURS) for one in command.helpers]
    assert (balance_of(session, "Fatima"), balance_of(session, "Jan")) == ((180, 0), (180, 0))
    entries = session.scalars(select(ledger.Entry).where(ledger.Entry.minutes > 0)).all()
    assert [entry.minutes for entry in entries] == [THREE_HOURS, THREE_HOURS]
    activity = session.get_one(GroupActivity, (timebank_of(session).id, booked.activity_id))
    assert activity.guests == 14
    assert len(session.scalars(select(Person)).all()) == people
    rows = session.scalars(select(ActivityPart)).all()
    assert [(row.helped_id, row.minutes) for row in rows] == [(None, THREE_HOURS)] * 2
    pot = session.scalars(select(CommunityAccount.account_id)).one()
    found = ledger.balance_of(session, timebank_id=timebank_of(session).id, account_id=pot)
    assert found.posted_minutes == -2 * THREE_HOURS


def test_named_people_share_the_hours_and_everybody_finds_it_in_their_statement(
    session: Session,
) -> None:
    helped = tuple(member_of(session, name).id for name in ("Greet", "Marijke"))
    booked = book(session, cook_in(session, helped=helped, guests=0), by="Bart")

    assert sound(session)
    assert [balance_of(session, name)[0] for name in ("Fatima", "Jan", "Greet", "Marijke")] == [
        180,
        180,
        -180,
        -180,
    ]
    (line,) = own_statement(session, by=actor_of(session, "Greet")).lines
    assert line.activity is not None
    assert (line.activity.id, line.exchange) == (booked.activity_id, None)
    seen = activity_for(session, booked.activity_id, by=actor_of(session, "Greet"))
    assert [one.name for one in seen.helped] == ["Greet de Boer"]
    assert seen.helpers == []
    whole = activity_for(session, booked.activity_id, by=actor_of(session, "Nadia"))
    assert [(one.name, one.minutes) for one in whole.helpers] == [
        ("Fatima El Amrani", 180),
        ("Jan van den Berg", 180),
    ]


@pytest.mark.parametrize("by", ["Marijke", "Annelies", "Henk", "Gerda"])
def test_who_took_no_part_elsewhere_does_not_see_it(session: Session, by: str) -> None:
    booked = book(session, cook_in(session))

    with pytest.raises(UnknownActivity):
        activity_for(session, booked.activity_id, by=actor_of(session, by))
    with pytest.raises(UnknownActivity):
        activity_for(session, uuid.uuid4(), by=actor_of(session, "Nadia"))


def test_a_form_sent_twice_books_once(session: Session) -> None:
    command = cook_in(session)

    first = book(session, command)
    session.commit()

    assert book(session, command) == dataclasses.replace(first, replayed=True)
    for other in ({"guests": 15}, {"place": "De kerk"}, {"initiated_by": InitiatedBy.PROFESSIONAL}):
        with pytest.raises(FormKeyUsed):
            book(session, dataclasses.replace(command, **other))  # type: ignore[arg-type]
    assert balance_of(session, "Fatima") == (180, 0)
    assert sound(session)


def test_nobody_gets_hours_when_one_of_them_cannot(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody left after the check of the form and before the books: all or none."""
    command = cook_in(session)
    refused = ledger.BatchRefused(1, uuid.uuid4(), ledger.AccountClosed(1))

    def refuse(*_: object, **__: object) -> None:
        raise refused

    monkeypatch.setattr(ledger, "book_all", refuse)
    with pytest.raises(UnknownOther):
        book(session, command)
    session.rollback()

    assert session.scalars(select(GroupActivity)).all() == []
    assert balance_of(session, "Fatima") == (0, 0)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"category_code": "groceries"}, NotForAGroup),
        ({"category_code": "personal_care"}, ProfessionalOnly),
        ({"category_code": "juggling"}, UnknownKind),
        ({"neighbourhood_code": ZIJLWIJK}, NotYourPlace),
        ({"neighbourhood_code": "BU0"}, NotYourPlace),
        ({"initiated_by": None}, InitiatorMissing),
        ({"held_on": TODAY + datetime.timedelta(days=1)}, DayInFuture),
        ({"held_on": FOUNDED_ON - datetime.timedelta(days=1)}, DayBeforeJoining),
        ({"helpers": (Helping(uuid.UUID(int=9), 60),)}, UnknownOther),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    session: Session, changes: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        book(session, cook_in(session, **changes))

    assert session.scalars(select(GroupActivity)).all() == []


def test_the_step_of_a_neighbourhood_counts_of_the_place_and_of_who_took_part(
    session: Session,
) -> None:
    fatima, jan = (member_of(session, name).id for name in ("Fatima", "Jan"))
    greet = member_of(session, "Greet").id
    odd = cook_in(session, helpers=(Helping(fatima, 45), Helping(jan, 45)), guests=2)
    shared = cook_in(session, helpers=(Helping(jan, 150),), helped=(fatima, greet), guests=0)

    def shares() -> list[int]:
        by = actor_of(session, "Nadia")
        return [part.minutes for part in check_activity(session, shared, by=by, now=NOW)]

    assert shares() == [75, 75]
    let_count(session, ZIJLWIJK, step_minutes=30)
    assert shares() == [90, 60]
    book(session, odd)
    there = dataclasses.replace(odd, form_key=uuid.uuid4(), neighbourhood_code=ZIJLWIJK)
    with pytest.raises(NotAWholeStep):
        book(session, there, by="Bart")
    let_count(session, SLAAGHWIJK, step_minutes=30)
    with pytest.raises(NotAWholeStep):
        book(session, dataclasses.replace(odd, form_key=uuid.uuid4()))


def test_hours_go_by_the_steps_of_the_timebank(session: Session) -> None:
    fatima = member_of(session, "Fatima").id

    with pytest.raises(NotAWholeStep):
        book(session, cook_in(session, helpers=(Helping(fatima, 50),)))


@pytest.mark.policy("L17")
def test_a_coordinator_who_cooked_along_lets_a_colleague_book_it(session: Session) -> None:
    command = cook_in(session, helpers=(Helping(member_of(session, "Nadia").id, 60),))

    with pytest.raises(OwnExchange):
        book(session, command)
    book(session, command, by="Bart")

    assert balance_of(session, "Nadia") == (60, 0)


@pytest.mark.parametrize("by", ["Jan", "Annelies"])
def test_only_coordinators_book(session: Session, by: str) -> None:
    with pytest.raises(NotPermitted):
        book(session, cook_in(session), by=by)


def test_a_group_of_five_hundred_is_booked_at_once(session: Session) -> None:
    timebank = timebank_of(session)
    people = [_a_row(session, timebank.id, number) for number in range(MOST_PEOPLE)]
    helpers = tuple(Helping(one, 60) for one in people[:100])

    book(session, cook_in(session, helpers=helpers, helped=tuple(people[100:]), guests=0))

    assert sound(session)
    moved = session.scalars(select(ActivityPart.minutes)).all()
    assert sum(moved) == 100 * 60
    assert len(moved) < MOST_PEOPLE


def _a_row(session: Session, timebank_id: int, number: int) -> uuid.UUID:
    """Enrol somebody faster than by the operation: without a name, with an account."""
    account_id = ledger.open_account(
        session, timebank_id=timebank_id, neighbourhood_code=SLAAGHWIJK, now=FOUNDED_AT
    )
    member = Member(
        timebank_id=timebank_id,
        id=uuid.UUID(int=number + 1),
        account_id=account_id,
        neighbourhood_code=SLAAGHWIJK,
        joined_on=FOUNDED_ON,
    )
    session.add(member)
    return member.id


@pytest.mark.policy("W7")
def test_a_coordinator_sees_the_share_that_residents_started_by_quarter(session: Session) -> None:
    old = datetime.date(2026, 1, 5)
    later = NOW + datetime.timedelta(days=60)
    professional = InitiatedBy.PROFESSIONAL
    for command in (
        cook_in(session),
        cook_in(session, held_on=old),
        cook_in(session, held_on=old, initiated_by=professional),
        cook_in(session, held_on=datetime.date(2026, 4, 2), initiated_by=professional),
    ):
        book_activity(session, command, by=actor_of(session, "Nadia"), now=later)

    def shares(name: str, today: datetime.date) -> list[Initiative]:
        return list(initiatives(session, by=actor_of(session, name), today=today))

    second, first = Initiative(2026, 2, 0, 1), Initiative(2026, 1, 2, 3)
    assert shares("Nadia", datetime.date(2026, 5, 9)) == [second, first]
    assert (first.percent, second.percent) == (67, 0)
    assert shares("Nadia", datetime.date(2027, 1, 1)) == [second]
    assert shares("Marijke", datetime.date(2026, 5, 9)) == []
    newest = newest_activities(session, by=actor_of(session, "Bart"), limit=1)
    assert [one.held_on for one in newest] == [datetime.date(2026, 4, 2)]
    with pytest.raises(NotPermitted):
        shares("Jan", TODAY)


def test_a_whole_name_goes_before_a_given_name(session: Session) -> None:
    timebank = timebank_of(session)
    wish = EnrolMember(timebank.id, "Jan", "Ørsted", SLAAGHWIJK)
    other = enrol_member(session, wish, now=FOUNDED_AT, today=FOUNDED_ON).id
    jan = member_of_called(session, "van den Berg")

    found = residents_called(
        session,
        timebank_id=timebank.id,
        names=[
            "jan  VAN DEN berg",
            "Jan Ørsted",
            "Jan",
            "Fatima",
            "Henk Wansink",
            "Annelies",
            "\0",
        ],
    )

    assert found["jan  VAN DEN berg"] == [jan]
    assert found["Jan Ørsted"] == [other]
    assert sorted(found["Jan"]) == sorted([jan, other])
    assert found["Fatima"] == [member_of(session, "Fatima").id]
    assert found["Henk Wansink"] == found["Annelies"] == []
    assert "a\0" not in found


def member_of_called(session: Session, family_name: str) -> uuid.UUID:
    return session.scalars(select(Person.member_id).where(Person.family_name == family_name)).one()
