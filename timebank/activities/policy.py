# SPDX-License-Identifier: EUPL-1.2
"""How the hours of a group activity are shared. Pure: plain values in, a list of parts out."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Sequence

from timebank.activities.errors import (
    NobodyHelped,
    NoHelpers,
    PersonTwice,
    PlaceMissing,
    TooLittleToShare,
    TooManyGuests,
    TooManyPeople,
)
from timebank.lettering import holds_controls, readable_line

MOST_PEOPLE = 500
"""Helpers and helped people by name, together (inclusive): one batch of the books stays short."""
MOST_GUESTS = 5000
"""Guests without names (inclusive)."""
LONGEST_PLACE = 80


class InitiatedBy(enum.StrEnum):
    """Who started an activity. Source: policy row W7."""

    RESIDENT = "resident"
    PROFESSIONAL = "professional"


@dataclasses.dataclass(frozen=True)
class Helping:
    """Somebody who helped, for whole minutes."""

    member_id: uuid.UUID
    minutes: int


@dataclasses.dataclass(frozen=True)
class Part:
    """What one transfer moves; ``helped_id`` is None when the pot of the timebank gives it."""

    helper_id: uuid.UUID
    helped_id: uuid.UUID | None
    minutes: int


def check_people(helpers: Sequence[Helping], helped: Sequence[uuid.UUID], guests: int) -> None:
    """Refuse who cannot be booked together.

    Raises:
        NoHelpers: nobody helped.
        TooManyPeople: more than ``MOST_PEOPLE`` by name.
        PersonTwice: somebody is named twice, on either side.
        NobodyHelped: names and guests, or neither.
        TooManyGuests: below 0 or above ``MOST_GUESTS``.
    """
    if not helpers:
        raise NoHelpers
    named = [one.member_id for one in helpers] + list(helped)
    if len(named) > MOST_PEOPLE:
        raise TooManyPeople(len(named), MOST_PEOPLE)
    if len(set(named)) < len(named):
        raise PersonTwice
    if not 0 <= guests <= MOST_GUESTS:
        raise TooManyGuests(MOST_GUESTS)
    if bool(helped) == bool(guests):
        raise NobodyHelped


def check_place(place: str) -> None:
    """Refuse a place of no letters, of more than ``LONGEST_PLACE``, or with control characters.

    Raises:
        PlaceMissing
    """
    several_lines = any(sign in place for sign in "\n\r\t") or holds_controls(place)
    if not 1 <= len(readable_line(place)) <= LONGEST_PLACE or several_lines:
        raise PlaceMissing


def split(
    helpers: Sequence[Helping], helped: Sequence[uuid.UUID], *, step_minutes: int
) -> list[Part]:
    """Share the hours of the helpers among the people who were helped, in whole steps.

    Everybody who was helped gives the same number of steps. What is left over goes, one step each,
    to those who stand first in the list. Each helper gets exactly what they gave. The parts follow
    both lists in their order, so that there are fewer parts than people.

    Without people by name the pot of the timebank gives it all: one part for each helper.

    Args:
        helpers: whole steps each, at least one.
        helped: in the order of the list.

    Raises:
        TooLittleToShare: there are fewer steps than people who were helped.
    """
    if not helped:
        return [Part(one.member_id, None, one.minutes) for one in helpers]
    steps, left_over = divmod(sum(one.minutes for one in helpers) // step_minutes, len(helped))
    if not steps:
        raise TooLittleToShare
    shares = [steps + (place < left_over) for place in range(len(helped))]
    givers = [(one, share * step_minutes) for one, share in zip(helped, shares, strict=True)]
    return _poured(helpers, givers)


def _poured(helpers: Sequence[Helping], givers: list[tuple[uuid.UUID, int]]) -> list[Part]:
    """Pour the shares into the helpers, each list from its first to its last."""
    parts: list[Part] = []
    waiting = iter(givers)
    giver, left = next(waiting)
    for helper in helpers:
        wanted = helper.minutes
        while wanted:
            if not left:
                giver, left = next(waiting)
            minutes = min(wanted, left)
            parts.append(Part(helper.member_id, giver, minutes))
            wanted, left = wanted - minutes, left - minutes
    return parts
