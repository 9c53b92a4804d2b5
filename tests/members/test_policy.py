# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest

from timebank.members.errors import NotPermitted
from timebank.members.policy import (
    ALLOWED,
    Actor,
    Grant,
    Permission,
    Reach,
    Role,
    organisation,
)

COORDINATES = {
    "home:see",
    "exchange:decide",
    "exchange:log_for_others",
    "form:fill_in",
    "figures:read",
    "people:read",
    "people:enrol",
    "support:keep",
    "exchange:import",
    "exchange:export",
    "override:allow",
    "concern:handle",
    "referral:handle",
    "wish:help",
    "report:read",
}


def an_actor(*grants: Grant) -> Actor:
    return Actor(timebank_id=1, member_id=uuid.uuid4(), grants=grants)


def test_every_role_is_written_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)


EVERYONE = {"home:see", "own_data:manage"}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (
            Role.RESIDENT,
            {"exchange:log", "form:fill_in", "statement:read", "trust:give", "concern:raise"}
            | {"wish:keep"},
        ),
        (Role.COORDINATOR, COORDINATES | {"note:write"}),
        (
            Role.ADMINISTRATOR,
            COORDINATES
            | {"roles:grant", "audit:read", "note:read_for_a_reason", "member:erase"}
            | {"rule:change", "balance:open"},
        ),
        (Role.MUNICIPALITY_READER, {"report:read"}),
        (Role.PROFESSIONAL, {"people:consented"}),
    ],
)
def test_a_role_allows_exactly_this(role: Role, allowed: set[str]) -> None:
    actor = an_actor(Grant(role, None))

    assert {permission for permission in Permission if actor.can(permission)} == EVERYONE | allowed


def test_a_permission_of_any_role_is_enough() -> None:
    actor = an_actor(Grant(Role.MUNICIPALITY_READER, None), Grant(Role.RESIDENT, None))

    actor.require(Permission.LOG_EXCHANGES)


def test_what_no_role_allows_is_refused_by_name() -> None:
    actor = an_actor(Grant(Role.RESIDENT, None))

    with pytest.raises(NotPermitted) as refusal:
        actor.require(Permission.DECIDE_EXCHANGES)

    assert refusal.value.permission == "exchange:decide"


def test_who_has_no_role_may_do_nothing() -> None:
    actor = an_actor()

    assert not any(actor.can(permission) for permission in Permission)
    assert not actor.reach(Permission.SEE_HOME)


def test_a_coordinator_reaches_the_neighbourhoods_of_the_grants_and_no_others() -> None:
    actor = an_actor(Grant(Role.COORDINATOR, "A"), Grant(Role.COORDINATOR, "B"))

    reach = actor.reach(Permission.DECIDE_EXCHANGES)

    assert reach == Reach(everywhere=False, codes=frozenset({"A", "B"}))
    assert reach.covers("A")
    assert not reach.covers("C")
    assert not reach.covers(None)


def test_an_administrator_reaches_every_neighbourhood() -> None:
    reach = an_actor(Grant(Role.ADMINISTRATOR, None)).reach(Permission.DECIDE_EXCHANGES)

    assert reach.everywhere
    assert reach
    assert reach.covers("anywhere")


def test_being_administrator_does_not_widen_what_only_residents_may() -> None:
    actor = an_actor(Grant(Role.RESIDENT, None), Grant(Role.ADMINISTRATOR, None))

    assert not actor.reach(Permission.LOG_EXCHANGES)


def test_a_resident_reaches_nothing_to_decide() -> None:
    assert not an_actor(Grant(Role.RESIDENT, None)).reach(Permission.DECIDE_EXCHANGES)


def test_the_organisation_logs_and_decides_and_is_nobody() -> None:
    actor = organisation(7)

    assert (actor.timebank_id, actor.member_id) == (7, None)
    assert actor.can(Permission.LOG_EXCHANGES)
    assert actor.can(Permission.DECIDE_EXCHANGES)
