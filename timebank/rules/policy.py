# SPDX-License-Identifier: EUPL-1.2
"""The rules of a neighbourhood as plain values, and which count between two. Pure.

Every rule is a whole number and 0 switches it off, so that nobody has to know a special word.
"""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections.abc import Collection, Mapping

from timebank.rules.errors import RuleOutOfBounds


@dataclasses.dataclass(frozen=True)
class Rules:
    """What counts in a neighbourhood; minutes unless said otherwise, and 0 means off.

    Attributes:
        auto_approve_minutes: up to so much (inclusive) is approved as soon as both agree.
        sample_percentage: so many of a hundred of those are looked at afterwards.
        four_eyes_minutes: above so much (exclusive) two coordinators approve.
        alert_pair_week_minutes: above so much of one pair in a week somebody has a look.
        alert_trade_week_minutes: the same, of one kind of work by one helper.
        alert_person_day_minutes: the same, of one helper on one day.
        step_minutes: help counts in whole steps of so much; 0 means as the timebank has it.
        days_back: help of so many days ago (inclusive) can still be written down.
        remind_after_days: what waits longer stands in the mail of the morning.
        most_received_minutes: so much more received than given is mentioned, kindly.
        most_given_minutes: so much more given than received is mentioned, kindly.
        limits_block: whether the two above stop help from being written down.

    Source: policy rows V15 and L6; that a limit only warns unless somebody chose so: row D2.
    """

    auto_approve_minutes: int = 0
    sample_percentage: int = 10
    four_eyes_minutes: int = 0
    alert_pair_week_minutes: int = 360
    alert_trade_week_minutes: int = 720
    alert_person_day_minutes: int = 480
    step_minutes: int = 0
    days_back: int = 365
    remind_after_days: int = 7
    most_received_minutes: int = 0
    most_given_minutes: int = 0
    limits_block: bool = False


BOUNDS: dict[str, tuple[int, int]] = {
    "auto_approve_minutes": (0, 480),
    "sample_percentage": (0, 100),
    "four_eyes_minutes": (0, 1440),
    "alert_pair_week_minutes": (0, 10080),
    "alert_trade_week_minutes": (0, 10080),
    "alert_person_day_minutes": (0, 1440),
    "step_minutes": (0, 60),
    "days_back": (0, 3650),
    "remind_after_days": (0, 90),
    "most_received_minutes": (0, 600_000),
    "most_given_minutes": (0, 600_000),
}
"""Least and most of each rule, both inclusive."""

_LESS_IS_STRICTER = (
    "four_eyes_minutes",
    "alert_pair_week_minutes",
    "alert_trade_week_minutes",
    "alert_person_day_minutes",
    "days_back",
    "remind_after_days",
)


def check_rules(rules: Rules) -> None:
    """Refuse a value outside its bounds.

    Raises:
        RuleOutOfBounds: naming the first rule that does not fit.
    """
    for field, (least, most) in BOUNDS.items():
        if not least <= getattr(rules, field) <= most:
            raise RuleOutOfBounds(field, least, most)


def stricter(one: Rules, other: Rules) -> Rules:
    """Return the rules for help between two neighbourhoods: of each rule the stricter one.

    The limits stay those of ``one``: they are about a person, who lives in one neighbourhood.
    """
    least = {
        field: _least_that_is_on(getattr(one, field), getattr(other, field))
        for field in _LESS_IS_STRICTER
    }
    return dataclasses.replace(
        one,
        auto_approve_minutes=min(one.auto_approve_minutes, other.auto_approve_minutes),
        sample_percentage=max(one.sample_percentage, other.sample_percentage),
        step_minutes=max(one.step_minutes, other.step_minutes),
        **least,  # type: ignore[arg-type]
    )


def between(rules: Mapping[str, Rules], codes: Collection[str | None]) -> Rules:
    """Return what counts between these neighbourhoods; one without a row has the defaults."""
    first, *rest = sorted({code or "" for code in codes})
    counting = rules.get(first, Rules())
    for code in rest:
        counting = stricter(counting, rules.get(code, Rules()))
    return counting


def is_sampled(exchange_id: uuid.UUID, percentage: int) -> bool:
    """Say whether an exchange is among those to look at afterwards.

    The same exchange always gets the same answer, and nobody can foresee or choose it.
    """
    drawn = int.from_bytes(hashlib.sha256(exchange_id.bytes).digest()[:4], "big") % 100
    return drawn < percentage


def _least_that_is_on(*values: int) -> int:
    return min((value for value in values if value), default=0)
