# SPDX-License-Identifier: EUPL-1.2
"""Why help that waits needs a look. Pure: plain values in, a list of reasons out.

A reason is no accusation: it says what stands out, and a person decides (policy row L6).
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import uuid
from collections.abc import Iterable

from timebank.rules.policy import Rules

UNUSUAL_MINUTES = 240
"""More than this (exclusive) at one go is rare between neighbours."""
_WEEK = datetime.timedelta(days=7)


class Look(enum.StrEnum):
    """What stands out about help that waits; the desk says each as a sentence."""

    FIRST_EXCHANGE = "first_exchange"
    UNUSUAL_HOURS = "unusual_hours"
    PAIR_WEEK = "pair_week"
    TRADE_WEEK = "trade_week"
    PERSON_DAY = "person_day"
    SECOND_NEEDED = "second_needed"


@dataclasses.dataclass(frozen=True)
class Waiting:
    """The facts of help that waits."""

    helper_id: uuid.UUID
    helped_id: uuid.UUID
    category_code: str
    minutes: int
    helped_on: datetime.date


@dataclasses.dataclass(frozen=True)
class Given:
    """Minutes of help on one day, that waits or was approved; the waiting ones count along."""

    helper_id: uuid.UUID
    helped_id: uuid.UUID
    category_code: str
    helped_on: datetime.date
    minutes: int


def reasons_to_look(
    waiting: Waiting, *, rules: Rules, given: Iterable[Given], is_first: bool
) -> tuple[Look, ...]:
    """Return why a person must look at it; nothing when it is ordinary.

    Args:
        given: help of the same weeks by or for the same people, this one included.
        is_first: nothing of one of the two was ever approved.
    """
    pair, trade, day = _totals(waiting, given)
    found = {
        Look.FIRST_EXCHANGE: is_first,
        Look.UNUSUAL_HOURS: waiting.minutes > UNUSUAL_MINUTES,
        Look.PAIR_WEEK: _passes(pair, rules.alert_pair_week_minutes),
        Look.TRADE_WEEK: _passes(trade, rules.alert_trade_week_minutes),
        Look.PERSON_DAY: _passes(day, rules.alert_person_day_minutes),
        Look.SECOND_NEEDED: _passes(waiting.minutes, rules.four_eyes_minutes),
    }
    return tuple(look for look, stands_out in found.items() if stands_out)


def week_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return the Monday of this week (inclusive) and the next one (exclusive)."""
    monday = day - datetime.timedelta(days=day.weekday())
    return monday, monday + _WEEK


def _totals(waiting: Waiting, given: Iterable[Given]) -> tuple[int, int, int]:
    """Minutes of the pair in that week, in whichever direction; of the helper in this kind of work
    in that week; and of the helper on that day.
    """
    monday, next_monday = week_of(waiting.helped_on)
    two = {waiting.helper_id, waiting.helped_id}
    pair = trade = day = 0
    for one in given:
        if not monday <= one.helped_on < next_monday:
            continue
        same_helper = one.helper_id == waiting.helper_id
        pair += one.minutes * ({one.helper_id, one.helped_id} == two)
        trade += one.minutes * (same_helper and one.category_code == waiting.category_code)
        day += one.minutes * (same_helper and one.helped_on == waiting.helped_on)
    return pair, trade, day


def _passes(minutes: int, limit: int) -> bool:
    return bool(limit) and minutes > limit
