# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

from tests import builders
from timebank.audit.queries import events
from timebank.boundaries.errors import (
    KindNotProfessional,
    NotTwoPeople,
    OverrideReasonMissing,
    OverrideReasonTooLong,
    OwnOverride,
)
from timebank.boundaries.operations import AllowOverride, allow_override
from timebank.boundaries.policy import LONGEST_REASON
from timebank.boundaries.queries import override_stands, overrides, overrides_for_oneself
from timebank.exchanges.errors import ProfessionalOnly
from timebank.exchanges.operations import log_exchange
from timebank.members.errors import NotPermitted

KIND = "household_help"


def allow(
    session: Session,
    by: str = "Nadia",
    helper: str = "Fatima",
    helped: str = "Jan",
    key: uuid.UUID | None = None,
    **more: str,
) -> None:
    values = {"category_code": KIND, "reason": "Her own mother, one afternoon"} | more
    command = AllowOverride(
        key or uuid.uuid4(),
        builders.member_of(session, helper).id,
        builders.member_of(session, helped).id,
        **values,
    )
    allow_override(session, command, by=builders.actor_of(session, by), now=builders.NOW)


@pytest.mark.policy("L6")
def test_one_exception_lets_the_two_log_once_and_is_listed(session: Session) -> None:
    with pytest.raises(ProfessionalOnly):
        builders.logged(session, category_code=KIND)
    allow(session)
    bart = builders.actor_of(session, "Bart")
    (before,) = overrides(session, by=bart)

    builders.logged(session, category_code=KIND)

    (after,) = overrides(session, by=bart)
    assert (before.used, after.used) == (False, True)
    assert (after.helper_name, after.helped_name) == ("Fatima El Amrani", "Jan van den Berg")
    assert (after.allowed_by_name, after.reason) == (
        "Nadia Benali",
        "Her own mother, one afternoon",
    )
    with pytest.raises(ProfessionalOnly):
        builders.logged(session, category_code=KIND)
    (event,) = [
        one
        for one in events(session, timebank_id=bart.timebank_id)
        if one.action == "override:allow"
    ]
    assert event.by_member_id == builders.member_of(session, "Nadia").id
    assert event.subject_id == after.override_id


def test_a_form_that_is_sent_twice_uses_one_exception(session: Session) -> None:
    allow(session)
    allow(session)
    command = builders.a_command(session, category_code=KIND)
    fatima = builders.actor_of(session, "Fatima")

    first = log_exchange(session, command, by=fatima, now=builders.NOW)
    again = log_exchange(session, command, by=fatima, now=builders.NOW)

    assert (again.exchange_id, again.replayed) == (first.exchange_id, True)
    used = [row.used for row in overrides(session, by=builders.actor_of(session, "Nadia"))]
    assert sorted(used) == [False, True]


def test_an_exception_is_for_these_two_this_way_round_and_this_kind(session: Session) -> None:
    allow(session)

    for helper, helped, kind in (
        ("Jan", "Fatima", KIND),
        ("Fatima", "Greet", KIND),
        ("Fatima", "Jan", "personal_care"),
    ):
        with pytest.raises(ProfessionalOnly):
            builders.logged(session, helper, helped, category_code=kind)
    two = {
        "timebank_id": builders.timebank_of(session).id,
        "helper_id": builders.member_of(session, "Fatima").id,
        "helped_id": builders.member_of(session, "Jan").id,
    }
    assert override_stands(session, **two, category_code=KIND)  # type: ignore[arg-type]
    assert not override_stands(session, **two, category_code="debts")  # type: ignore[arg-type]


def test_the_same_form_makes_one_exception(session: Session) -> None:
    key = uuid.uuid4()

    allow(session, key=key)
    allow(session, key=key)
    allow(session, key=key, reason="Another one")

    rows = overrides(session, by=builders.actor_of(session, "Bart"))
    assert sorted(row.reason for row in rows) == ["Another one", "Her own mother, one afternoon"]


def test_coordinators_see_the_exceptions_of_their_own_neighbourhoods(session: Session) -> None:
    allow(session)
    allow(session, by="Marijke", helper="Greet", helped="Jan")

    def seen(name: str) -> list[str | None]:
        return [row.helper_name for row in overrides(session, by=builders.actor_of(session, name))]

    assert sorted(map(str, seen("Bart"))) == ["Fatima El Amrani", "Greet de Boer"]
    assert sorted(map(str, seen("Nadia"))) == ["Fatima El Amrani", "Greet de Boer"]
    assert seen("Marijke") == ["Greet de Boer"]
    assert seen("Gerda") == []


def test_the_two_read_the_reason_among_their_own_data(session: Session) -> None:
    allow(session)

    for name, count in (("Fatima", 1), ("Jan", 1), ("Greet", 0)):
        own = overrides_for_oneself(session, by=builders.actor_of(session, name))
        assert len(own) == count


def test_an_exception_that_cannot_be_is_refused_at_its_field(session: Session) -> None:
    with pytest.raises(OverrideReasonMissing):
        allow(session, reason=" \n\0")
    with pytest.raises(OverrideReasonTooLong):
        allow(session, reason="x" * (LONGEST_REASON + 1))
    with pytest.raises(KindNotProfessional):
        allow(session, category_code="groceries")
    for never in ("personal_care", "addiction", "debts", "unsafe_home"):
        with pytest.raises(KindNotProfessional):
            allow(session, category_code=never)
    with pytest.raises(NotTwoPeople):
        allow(session, helped="Fatima")
    with pytest.raises(NotTwoPeople):
        allow(session, helped="Henk")
    with pytest.raises(NotTwoPeople):
        allow(session, by="Marijke")
    with pytest.raises(OwnOverride):
        allow(session, helped="Nadia")
    with pytest.raises(NotPermitted):
        allow(session, by="Jan", helped="Greet")
