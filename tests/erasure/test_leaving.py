# SPDX-License-Identifier: EUPL-1.2
"""Leaving when something is in the way: the last administrator, a full disk, a rival."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW
from tests.web import roads
from tests.web.roads import see, sign_in
from timebank.erasure.operations import erase_member
from timebank.members.errors import LastAdministrator
from timebank.members.models import Person, RoleGrant
from timebank.members.operations import GiveRole, give_role, remove_role
from timebank.members.policy import Role, organisation


def make_jan_administrator(session: Session) -> None:
    jan, bart = builders.member_of(session, "Jan"), builders.actor_of(session, "Bart")
    give_role(session, GiveRole(jan.id, Role.ADMINISTRATOR), by=bart, now=NOW)


def test_the_last_administrator_cannot_leave(session: Session) -> None:
    bart = builders.actor_of(session, "Bart")
    assert bart.member_id is not None

    with pytest.raises(LastAdministrator):
        erase_member(session, bart.member_id, by=bart, now=NOW)


def test_the_last_administrator_is_erased_again_after_a_restore(session: Session) -> None:
    bart = builders.member_of(session, "Bart")

    erase_member(session, bart.id, by=organisation(bart.timebank_id), now=NOW)

    assert session.get(Person, (bart.timebank_id, bart.id)) is None


def test_who_stays_behind_as_administrator_cannot_drop_the_role_the_same_day(
    session: Session,
) -> None:
    make_jan_administrator(session)
    bart, jan = (builders.actor_of(session, name) for name in ("Bart", "Jan"))
    assert bart.member_id is not None
    erase_member(session, bart.member_id, by=bart, now=NOW)
    grant = session.scalars(
        sa.select(RoleGrant).where(
            RoleGrant.member_id == jan.member_id, RoleGrant.role == Role.ADMINISTRATOR
        )
    ).one()

    with pytest.raises(LastAdministrator):
        remove_role(session, grant.id, by=jan, now=NOW)


@pytest.mark.parametrize("path", ["/my-data/leave", "/erase/{id}"])
def test_the_last_administrator_reads_whom_to_ask_first(app: Flask, path: str) -> None:
    bart = sign_in(app, "Bart", "en")

    answer = bart.post(path.format(id=roads.member_id(app, "Bart")))

    assert answer.status_code == 400
    assert "First give this role to somebody else" in answer.text
    assert see(bart, "/my-data").title
