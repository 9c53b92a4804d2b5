# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    SLAAGHWIJK,
    TODAY,
    ZIJLWIJK,
    actor_of,
    approved,
    logged,
    timebank_of,
)
from timebank.audit.models import AuditEvent
from timebank.exchanges.errors import DayTooLongAgo, HoursFarApart, NotAWholeStep
from timebank.members.errors import NotPermitted
from timebank.rules.errors import RuleOutOfBounds, UnknownPlace
from timebank.rules.operations import change_rules
from timebank.rules.policy import Rules
from timebank.rules.queries import rules_between, rules_by_place


def let_count(session: Session, code: str = SLAAGHWIJK, **rules: Any) -> None:
    """Let these rules count; also for other tests."""
    change_rules(session, code, Rules(**rules), by=actor_of(session, "Bart"), now=NOW)


@pytest.mark.policy("V15")
def test_an_administrator_changes_the_rules_of_a_neighbourhood_and_it_is_written_down(
    session: Session,
) -> None:
    bank = timebank_of(session).id
    let_count(session, auto_approve_minutes=60, limits_block=True)
    let_count(session, auto_approve_minutes=30, sample_percentage=20)

    assert rules_by_place(session, timebank_id=bank) == {
        SLAAGHWIJK: Rules(auto_approve_minutes=30, sample_percentage=20)
    }
    assert rules_between(session, timebank_id=bank, codes=[ZIJLWIJK]) == Rules()
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "rule:change")).all()
    assert [event.by_member_id for event in events] == [actor_of(session, "Bart").member_id] * 2


@pytest.mark.parametrize("name", ["Nadia", "Jan", "Annelies"])
def test_nobody_else_changes_rules(session: Session, name: str) -> None:
    with pytest.raises(NotPermitted):
        change_rules(session, SLAAGHWIJK, Rules(), by=actor_of(session, name), now=NOW)


def test_a_place_or_a_value_that_does_not_fit_is_refused(session: Session) -> None:
    bart = actor_of(session, "Bart")

    with pytest.raises(UnknownPlace):
        change_rules(session, "BU17420300", Rules(), by=bart, now=NOW)
    with pytest.raises(RuleOutOfBounds):
        change_rules(session, SLAAGHWIJK, Rules(sample_percentage=101), by=bart, now=NOW)
    assert rules_by_place(session, timebank_id=bart.timebank_id) == {}


@pytest.mark.policy("V15")
def test_help_too_long_ago_is_refused_at_the_day(session: Session) -> None:
    let_count(session, days_back=7)

    logged(session, helped_on=TODAY - datetime.timedelta(days=7))
    with pytest.raises(DayTooLongAgo) as refusal:
        logged(session, helped_on=TODAY - datetime.timedelta(days=8))

    assert (refusal.value.field, refusal.value.days_back) == ("helped_on", 7)


def test_the_largest_step_of_both_neighbourhoods_counts(session: Session) -> None:
    let_count(session, step_minutes=60)

    logged(session, minutes=120)
    with pytest.raises(NotAWholeStep):
        logged(session, "Greet", "Jan", minutes=90)


@pytest.mark.policy("D2")
def test_hours_far_apart_stop_help_only_where_somebody_chose_so(session: Session) -> None:
    limits = Rules(most_received_minutes=120, most_given_minutes=150)
    bart = actor_of(session, "Bart")
    change_rules(session, SLAAGHWIJK, limits, by=bart, now=NOW)
    approved(session, minutes=90)
    waits = logged(session, minutes=30)
    assert waits

    blocking = dataclasses.replace(limits, limits_block=True)
    change_rules(session, SLAAGHWIJK, blocking, by=bart, now=NOW)
    for helper, helped in (("Fatima", "Greet"), ("Greet", "Jan")):
        minutes = 45 if helper == "Fatima" else 15
        with pytest.raises(HoursFarApart) as refusal:
            logged(session, helper, helped, minutes=minutes)
        assert refusal.value.field == "minutes"
    logged(session, "Fatima", "Greet", minutes=30)
    logged(session, "Jan", "Fatima", minutes=180)
