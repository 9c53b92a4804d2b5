# SPDX-License-Identifier: EUPL-1.2
"""Counting what happened in a quarter beside the books, in one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from ledger import UtcDateTime
from timebank.activities.models import GroupActivity
from timebank.appointments.models import Appointment
from timebank.figures.places import Ground
from timebank.figures.policy import Facts, whole_days
from timebank.members.models import Member
from timebank.needs.models import Need
from timebank.needs.workflow import NeedState
from timebank.referrals.models import Referral
from timebank.statements.policy import Quarter


def facts_of(
    session: Session,
    ground: Ground,
    quarter: Quarter,
    codes: Collection[str],
) -> Facts:
    """Count needs, activities, appointments and referrals, in one statement."""
    counts: dict[str, Counter[str]] = {}
    days_to_help = []
    parts = (
        _needs(ground, quarter, codes),
        _initiatives(ground, quarter, codes),
        _answers(ground, quarter, codes),
        *_referrals(ground, quarter, codes),
    )
    for of, key, count, since, until in session.execute(union_all(*parts)):
        if of == "need":
            days_to_help.append(whole_days(since, until))
        else:
            counts.setdefault(of, Counter())[key] += count
    return Facts(
        days_to_help=days_to_help,
        days_to_first=(),
        initiatives=counts.get("activity", {}),
        appointments=counts.get("appointment", {}),
        referred=sum(counts.get("referred", Counter()).values()),
        outcomes=counts.get("outcome", {}),
    )


def _needs(ground: Ground, quarter: Quarter, codes: Collection[str]) -> Any:  # noqa: ANN401 - a selection of several types
    needs: Any = (
        select(literal("need"), literal(""), literal(1), Need.asked_at, Need.closed_at)
        .join(
            Member,
            and_(Member.timebank_id == Need.timebank_id, Member.id == Need.member_id),
        )
        .where(
            Need.timebank_id == ground.timebank_id,
            Need.state == NeedState.FILLED,
            Need.closed_at >= quarter.since,
            Need.closed_at < quarter.until,
            Member.neighbourhood_code.in_(codes),
        )
    )
    return needs


def _initiatives(ground: Ground, quarter: Quarter, codes: Collection[str]) -> Select[Any]:
    key = cast(GroupActivity.initiated_by, String)
    return (
        _counted("activity", key)
        .where(
            GroupActivity.timebank_id == ground.timebank_id,
            GroupActivity.neighbourhood_code.in_(codes),
            GroupActivity.held_on >= quarter.first_day,
            GroupActivity.held_on <= quarter.last_day,
        )
        .group_by(key)
    )


def _answers(ground: Ground, quarter: Quarter, codes: Collection[str]) -> Select[Any]:
    key = cast(Appointment.state, String)
    return (
        _counted("appointment", key)
        .where(
            Appointment.timebank_id == ground.timebank_id,
            Appointment.happens_on >= quarter.first_day,
            Appointment.happens_on <= quarter.last_day,
            or_(
                Appointment.helper_neighbourhood_code.in_(codes),
                Appointment.helped_neighbourhood_code.in_(codes),
            ),
        )
        .group_by(key)
    )


def _referrals(
    ground: Ground, quarter: Quarter, codes: Collection[str]
) -> tuple[Select[Any], Select[Any]]:
    """Select how many were handed over in the quarter, and how those that ended in it went."""
    here = (
        Referral.timebank_id == ground.timebank_id,
        Referral.neighbourhood_code.in_(codes),
    )
    outcome = cast(Referral.outcome, String)
    ended = _counted("outcome", outcome).where(
        *here, Referral.closed_at >= quarter.since, Referral.closed_at < quarter.until
    )
    handed = _counted("referred", literal("")).where(
        *here,
        Referral.handed_over_on >= quarter.first_day,
        Referral.handed_over_on <= quarter.last_day,
        or_(Referral.closed_at.is_(None), Referral.closed_at >= quarter.since),
    )
    return ended.group_by(outcome), handed


def _counted(of: str, key: ColumnElement[Any]) -> Select[Any]:
    moment = type_coerce(cast(null(), UtcDateTime()), UtcDateTime())
    return select(literal(of), key, func.count(), moment, moment)
