# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, member_of, timebank_of
from timebank.access.errors import NotVouchedFor
from timebank.access.operations import VOUCHED_FROM_ONE_PLACE, admit_vouched, count_vouching
from timebank.audit.queries import events
from timebank.members.operations import end_role
from timebank.members.queries import roles_of_everyone
from timebank.rates.errors import TooOften

NADIA = "nadia@example.org"


def admitted(session: Session, email: str) -> uuid.UUID:
    bank = timebank_of(session).id
    return admit_vouched(session, timebank_id=bank, email=email, now=NOW, today=TODAY)


@pytest.mark.parametrize("email", [NADIA, "Nadia@Example.org"])
def test_a_coordinator_is_known_by_her_address_and_it_is_written_down(
    session: Session, email: str
) -> None:
    nadia = member_of(session, "Nadia")

    assert admitted(session, email) == nadia.id
    event, *_ = events(session, timebank_id=nadia.timebank_id, about=nadia.id)
    assert (event.action, event.by_member_id) == ("session:vouch", nadia.id)


@pytest.mark.parametrize(
    "email",
    [
        "nobody@example.org",
        "fatima@example.org",
        "annelies@example.org",
        "gerda@example.org",
        "marij\u212ae@example.org",
        "%",
        "",
    ],
)
def test_who_is_not_staff_here_is_refused_without_naming_anybody(
    session: Session, email: str
) -> None:
    with pytest.raises(NotVouchedFor) as refusal:
        admitted(session, email)

    assert "@" not in str(refusal.value)


def test_who_was_staff_until_yesterday_is_refused(session: Session) -> None:
    nadia = member_of(session, "Nadia")
    yesterday = TODAY - datetime.timedelta(days=1)
    for grant in roles_of_everyone(session, timebank_id=nadia.timebank_id):
        if grant.member_id == nadia.id:
            end_role(session, grant, ends_on=yesterday)
    session.flush()

    with pytest.raises(NotVouchedFor):
        admitted(session, NADIA)


def test_who_left_is_refused(session: Session) -> None:
    member_of(session, "Nadia").left_on = TODAY
    session.flush()

    with pytest.raises(NotVouchedFor):
        admitted(session, NADIA)


def test_coming_and_going_is_counted_by_place(session: Session) -> None:
    bank = timebank_of(session).id
    for _ in range(VOUCHED_FROM_ONE_PLACE.times):
        count_vouching(session, timebank_id=bank, place="192.0.2.1", now=NOW)

    count_vouching(session, timebank_id=bank, place="192.0.2.2", now=NOW)
    with pytest.raises(TooOften):
        count_vouching(session, timebank_id=bank, place="192.0.2.1", now=NOW)
