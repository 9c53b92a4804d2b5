# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import (
    HOLTEN,
    NOW,
    SLAAGHWIJK,
    TODAY,
    ZIJLWIJK,
    actor_of,
    member_of,
)
from timebank.members.errors import UnknownNeighbourhood
from timebank.members.models import Person, RoleGrant
from timebank.members.operations import end_role, grant_role
from timebank.members.policy import Permission, Role
from timebank.members.queries import load_actor, roles_of_everyone

DAY = datetime.timedelta(days=1)


def roles_on(session: Session, given_name: str, day: datetime.date) -> set[Role]:
    return {grant.role for grant in actor_of(session, given_name, today=day).grants}


def grant_administrator(
    session: Session, starts_on: datetime.date, ends_on: datetime.date | None = None
) -> RoleGrant:
    return grant_role(
        session,
        member_of(session, "Jan"),
        Role.ADMINISTRATOR,
        starts_on=starts_on,
        now=NOW,
        ends_on=ends_on,
    )


def test_a_role_that_starts_today_counts_today_and_not_yesterday(session: Session) -> None:
    grant_administrator(session, TODAY)

    assert Role.ADMINISTRATOR in roles_on(session, "Jan", TODAY)
    assert Role.ADMINISTRATOR not in roles_on(session, "Jan", TODAY - DAY)


def test_the_last_day_of_a_role_still_counts(session: Session) -> None:
    grant_administrator(session, TODAY - 5 * DAY, TODAY)

    assert Role.ADMINISTRATOR in roles_on(session, "Jan", TODAY)
    assert Role.ADMINISTRATOR not in roles_on(session, "Jan", TODAY + DAY)


def test_a_role_that_ended_yesterday_is_gone(session: Session) -> None:
    grant = grant_administrator(session, TODAY - 5 * DAY)

    end_role(session, grant, ends_on=TODAY - DAY)

    assert roles_on(session, "Jan", TODAY) == {Role.RESIDENT}
    assert Role.ADMINISTRATOR in roles_on(session, "Jan", TODAY - DAY)


def test_a_role_never_ends_before_it_starts(session: Session) -> None:
    grant = grant_administrator(session, TODAY)

    end_role(session, grant, ends_on=TODAY - 5 * DAY)

    assert grant.ends_on == TODAY


@pytest.mark.policy("L12")
def test_one_person_can_be_resident_coordinator_and_administrator_at_once(
    session: Session,
) -> None:
    jan = member_of(session, "Jan")
    grant_administrator(session, TODAY)
    for code in (SLAAGHWIJK, ZIJLWIJK):
        grant_role(
            session, jan, Role.COORDINATOR, starts_on=TODAY, now=NOW, neighbourhood_code=code
        )

    actor = actor_of(session, "Jan")

    assert roles_on(session, "Jan", TODAY) == {
        Role.RESIDENT,
        Role.COORDINATOR,
        Role.ADMINISTRATOR,
    }
    assert actor.can(Permission.LOG_EXCHANGES)
    assert actor.can(Permission.DECIDE_EXCHANGES)
    assert actor.reach(Permission.READ_EXACT_FIGURES).everywhere
    assert actor.reach(Permission.READ_EXACT_FIGURES).codes == {SLAAGHWIJK, ZIJLWIJK}


@pytest.mark.parametrize("code", [HOLTEN, "nowhere"])
def test_a_coordinator_belongs_to_a_neighbourhood_of_the_timebank(
    session: Session, code: str
) -> None:
    with pytest.raises(UnknownNeighbourhood):
        grant_role(
            session,
            member_of(session, "Jan"),
            Role.COORDINATOR,
            starts_on=TODAY,
            now=NOW,
            neighbourhood_code=code,
        )


def test_somebody_whose_roles_all_ended_is_still_an_actor_who_may_do_nothing(
    session: Session,
) -> None:
    jan = member_of(session, "Jan")
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.member_id == jan.id)):
        end_role(session, grant, ends_on=TODAY - DAY)

    actor = actor_of(session, "Jan")

    assert actor.grants == ()
    assert not any(actor.can(permission) for permission in Permission)


def test_an_actor_knows_their_name_account_and_neighbourhood(session: Session) -> None:
    jan = member_of(session, "Jan")

    actor = actor_of(session, "Jan")

    assert (actor.given_name, actor.full_name) == ("Jan", "Jan van den Berg")
    assert (actor.account_id, actor.neighbourhood_code) == (jan.account_id, SLAAGHWIJK)


def test_who_left_is_an_actor_up_to_and_including_the_last_day(session: Session) -> None:
    jan = member_of(session, "Jan")
    jan.left_on = TODAY
    session.flush()

    on_the_day, after = (
        load_actor(session, timebank_id=jan.timebank_id, member_id=jan.id, today=day)
        for day in (TODAY, TODAY + DAY)
    )

    assert on_the_day is not None
    assert after is None


def test_who_was_erased_is_no_actor(session: Session) -> None:
    jan = member_of(session, "Jan")
    session.delete(session.get(Person, (jan.timebank_id, jan.id)))
    session.flush()

    actor = load_actor(session, timebank_id=jan.timebank_id, member_id=jan.id, today=TODAY)

    assert actor is None


def test_a_member_is_no_actor_in_another_timebank(session: Session) -> None:
    jan, henk = member_of(session, "Jan"), member_of(session, "Henk")

    actor = load_actor(session, timebank_id=henk.timebank_id, member_id=jan.id, today=TODAY)

    assert actor is None


def test_the_roles_of_everyone_are_those_of_one_timebank(session: Session) -> None:
    gerda = member_of(session, "Gerda")

    grants = roles_of_everyone(session, timebank_id=gerda.timebank_id)

    assert {grant.role for grant in grants if grant.member_id == gerda.id} == {
        Role.RESIDENT,
        Role.COORDINATOR,
    }
    assert {grant.timebank_id for grant in grants} == {gerda.timebank_id}
