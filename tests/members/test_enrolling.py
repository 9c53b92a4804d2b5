# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from tests.builders import FOUNDED_AT, NOW, SLAAGHWIJK, TODAY, actor_of, member_of, timebank_of
from timebank.members.errors import EmailTaken, UnknownNeighbourhood
from timebank.members.models import Member, Person, RoleGrant
from timebank.members.operations import EnrolMember, enrol_member
from timebank.members.policy import Permission, Role


def an_enrolment(session: Session, **changes: object) -> EnrolMember:
    values: dict[str, object] = {
        "timebank_id": timebank_of(session).id,
        "given_name": "Gökçe",
        "family_name": "Yıldız",
        "neighbourhood_code": SLAAGHWIJK,
    }
    return EnrolMember(**(values | changes))  # type: ignore[arg-type]


def person_of(session: Session, member: Member) -> Person:
    person = session.get(Person, (member.timebank_id, member.id))
    assert person is not None
    return person


def test_a_resident_gets_an_account_at_zero_and_the_role_of_resident(session: Session) -> None:
    member = enrol_member(session, an_enrolment(session), now=NOW, today=TODAY)
    session.commit()

    assert member.account_id is not None
    balance = ledger.balance_of(
        session, timebank_id=member.timebank_id, account_id=member.account_id
    )
    assert balance == ledger.Balance(0, 0, 0, 0, 0)
    actor = actor_of(session, "Gökçe")
    assert [grant.role for grant in actor.grants] == [Role.RESIDENT]
    assert actor.can(Permission.LOG_EXCHANGES)


def test_who_takes_no_part_in_exchanges_gets_no_account_and_no_role(session: Session) -> None:
    command = an_enrolment(session, neighbourhood_code=None)

    member = enrol_member(session, command, now=NOW, today=TODAY)

    assert member.account_id is None
    assert not session.scalars(select(RoleGrant).where(RoleGrant.member_id == member.id)).all()


def test_a_name_is_kept_as_written_and_folded_for_the_search(session: Session) -> None:
    member = enrol_member(session, an_enrolment(session), now=NOW, today=TODAY)

    person = person_of(session, member)

    assert person.full_name == "Gökçe Yıldız"
    assert (person.search_given, person.search_family) == ("gokce", "yildiz")


def test_an_address_is_kept_in_small_letters(session: Session) -> None:
    command = an_enrolment(session, email="Gokce@Example.ORG", language="en")

    person = person_of(session, enrol_member(session, command, now=NOW, today=TODAY))

    assert (person.email, person.language) == ("gokce@example.org", "en")


@pytest.mark.parametrize("email", ["jan@example.org", "JAN@example.org"])
def test_an_address_belongs_to_one_member(session: Session, email: str) -> None:
    with pytest.raises(EmailTaken):
        enrol_member(session, an_enrolment(session, email=email), now=NOW, today=TODAY)

    session.rollback()
    assert session.scalar(select(func.count()).select_from(Member)) == 9


def test_the_same_address_may_be_used_in_another_timebank(session: Session) -> None:
    command = an_enrolment(session, email="henk@example.org")

    member = enrol_member(session, command, now=NOW, today=TODAY)

    assert person_of(session, member).email == "henk@example.org"


def test_several_members_may_have_no_address(session: Session) -> None:
    for given_name in ("Sami", "Rosa"):
        enrol_member(
            session, an_enrolment(session, given_name=given_name, email=""), now=NOW, today=TODAY
        )
    session.commit()

    assert person_of(session, member_of(session, "Rosa")).email is None


@pytest.mark.parametrize("code", ["BU17420300", "BU05460803", "nowhere"])
def test_a_neighbourhood_must_be_switched_on_in_this_timebank(session: Session, code: str) -> None:
    with pytest.raises(UnknownNeighbourhood) as refusal:
        enrol_member(session, an_enrolment(session, neighbourhood_code=code), now=NOW, today=TODAY)

    assert refusal.value.code == code


def test_ids_of_members_sort_by_when_they_were_enrolled(session: Session) -> None:
    later = enrol_member(
        session, an_enrolment(session), now=FOUNDED_AT + datetime.timedelta(days=1), today=TODAY
    )

    assert later.id > member_of(session, "Jan").id
