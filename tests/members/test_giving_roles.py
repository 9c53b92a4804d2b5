# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, SLAAGHWIJK, TODAY, actor_of, member_of
from timebank.audit.models import AuditEvent
from timebank.members.errors import (
    EndsTooEarly,
    LastAdministrator,
    NotPermitted,
    OwnRole,
    RoleNeedsAccount,
    RoleNeedsPlace,
    UnknownMember,
)
from timebank.members.models import RoleGrant
from timebank.members.operations import GiveRole, give_role, remove_role
from timebank.members.policy import Permission, Role


def the_role(session: Session, given_name: str, role: Role) -> RoleGrant:
    member_id = member_of(session, given_name).id
    return session.scalars(
        select(RoleGrant).where(RoleGrant.member_id == member_id, RoleGrant.role == role)
    ).one()


def test_an_administrator_gives_a_role_and_it_is_written_down(session: Session) -> None:
    bart, jan = actor_of(session, "Bart"), member_of(session, "Jan")

    grant = give_role(session, GiveRole(jan.id, Role.PROFESSIONAL), by=bart, now=NOW)

    assert grant.granted_by == bart.member_id
    assert actor_of(session, "Jan").can(Permission.READ_WHO_CONSENTED)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "role:give")).one()
    assert (event.by_member_id, event.about_member_id, event.subject_id) == (
        bart.member_id,
        jan.id,
        grant.id,
    )


@pytest.mark.parametrize("who", ["Nadia", "Fatima", "Annelies"])
def test_who_is_no_administrator_gives_and_ends_no_roles(session: Session, who: str) -> None:
    actor, jan = actor_of(session, who), member_of(session, "Jan")

    with pytest.raises(NotPermitted):
        give_role(session, GiveRole(jan.id, Role.PROFESSIONAL), by=actor, now=NOW)
    with pytest.raises(NotPermitted):
        remove_role(session, the_role(session, "Jan", Role.RESIDENT).id, by=actor, now=NOW)


def test_nobody_gives_a_role_to_themselves(session: Session) -> None:
    bart = actor_of(session, "Bart")
    assert bart.member_id is not None

    with pytest.raises(OwnRole):
        give_role(session, GiveRole(bart.member_id, Role.PROFESSIONAL), by=bart, now=NOW)


def test_a_role_that_does_not_fit_is_refused(session: Session) -> None:
    bart, jan = actor_of(session, "Bart"), member_of(session, "Jan")
    annelies, henk = member_of(session, "Annelies"), member_of(session, "Henk")
    before = TODAY.replace(day=TODAY.day - 1)

    refused = [
        (RoleNeedsPlace, GiveRole(jan.id, Role.COORDINATOR)),
        (RoleNeedsPlace, GiveRole(jan.id, Role.PROFESSIONAL, SLAAGHWIJK)),
        (RoleNeedsAccount, GiveRole(annelies.id, Role.RESIDENT)),
        (EndsTooEarly, GiveRole(jan.id, Role.PROFESSIONAL, None, before)),
        (UnknownMember, GiveRole(henk.id, Role.PROFESSIONAL)),
    ]

    for refusal, command in refused:
        with pytest.raises(refusal):
            give_role(session, command, by=bart, now=NOW)


def test_the_last_administrator_stays(session: Session) -> None:
    bart = actor_of(session, "Bart")

    with pytest.raises(LastAdministrator):
        remove_role(session, the_role(session, "Bart", Role.ADMINISTRATOR).id, by=bart, now=NOW)


def test_with_two_administrators_one_may_go_and_then_no_other(session: Session) -> None:
    bart, jan = actor_of(session, "Bart"), member_of(session, "Jan")
    give_role(session, GiveRole(jan.id, Role.ADMINISTRATOR), by=bart, now=NOW)

    remove_role(session, the_role(session, "Bart", Role.ADMINISTRATOR).id, by=bart, now=NOW)

    assert not actor_of(session, "Bart").can(Permission.GRANT_ROLES)
    with pytest.raises(LastAdministrator):
        remove_role(
            session,
            the_role(session, "Jan", Role.ADMINISTRATOR).id,
            by=actor_of(session, "Jan"),
            now=NOW,
        )


def test_a_role_that_was_taken_away_cannot_be_taken_away_again(session: Session) -> None:
    bart, grant = actor_of(session, "Bart"), the_role(session, "Nadia", Role.COORDINATOR)
    remove_role(session, grant.id, by=bart, now=NOW)

    with pytest.raises(UnknownMember):
        remove_role(session, grant.id, by=bart, now=NOW)


def test_a_role_of_another_timebank_is_not_there(session: Session) -> None:
    grant = the_role(session, "Gerda", Role.COORDINATOR)

    with pytest.raises(UnknownMember):
        remove_role(session, grant.id, by=actor_of(session, "Bart"), now=NOW)
