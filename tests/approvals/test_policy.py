# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest

from timebank.approvals.errors import OwnExchange
from timebank.approvals.policy import check_may_decide
from timebank.exchanges.errors import UnknownExchange
from timebank.members.errors import NotPermitted
from timebank.members.policy import Actor, Grant, Role, organisation

HELPER, HELPED, THIRD = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
RESIDENT, ADMINISTRATOR = Grant(Role.RESIDENT, None), Grant(Role.ADMINISTRATOR, None)


def coordinator_of(code: str) -> Grant:
    return Grant(Role.COORDINATOR, code)


def decide(member_id: uuid.UUID, *grants: Grant) -> None:
    actor = Actor(timebank_id=1, member_id=member_id, grants=grants)
    check_may_decide(actor, helper_id=HELPER, helped_id=HELPED, neighbourhood_codes=("A", "B"))


@pytest.mark.parametrize("grant", [coordinator_of("A"), coordinator_of("B"), ADMINISTRATOR])
def test_a_coordinator_of_either_neighbourhood_and_an_administrator_decide(grant: Grant) -> None:
    decide(THIRD, RESIDENT, grant)


def test_the_organisation_decides() -> None:
    check_may_decide(
        organisation(1), helper_id=HELPER, helped_id=HELPED, neighbourhood_codes=("A", "B")
    )


@pytest.mark.parametrize(
    "grants",
    [(), (RESIDENT,), (coordinator_of("C"),), (Grant(Role.MUNICIPALITY_READER, None),)],
)
def test_for_who_reaches_neither_neighbourhood_it_does_not_exist(
    grants: tuple[Grant, ...],
) -> None:
    with pytest.raises(UnknownExchange):
        decide(THIRD, *grants)


@pytest.mark.parametrize("member_id", [HELPER, HELPED])
def test_a_resident_does_not_decide_about_what_they_took_part_in(member_id: uuid.UUID) -> None:
    with pytest.raises(NotPermitted):
        decide(member_id, RESIDENT)


@pytest.mark.policy("L17")
@pytest.mark.parametrize("member_id", [HELPER, HELPED])
@pytest.mark.parametrize("grant", [coordinator_of("A"), coordinator_of("C"), ADMINISTRATOR])
def test_nobody_decides_about_an_exchange_they_took_part_in(
    member_id: uuid.UUID, grant: Grant
) -> None:
    with pytest.raises(OwnExchange):
        decide(member_id, RESIDENT, grant)
