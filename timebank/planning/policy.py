# SPDX-License-Identifier: EUPL-1.2
"""When the plan of a night is made, and how a town leaves the house. Pure."""

from __future__ import annotations

import datetime
import random
from typing import Any

PLAN_HOUR = 3
"""From this hour on, on the Dutch clock, the plan of a day is made."""
SHOWN_DAYS = 28
"""Yes by what was shown is counted over so many days."""
LEAST_PEOPLE = 10
"""Of a neighbourhood with fewer people with hours to give no numbers are told."""


def is_time(local: datetime.datetime) -> bool:
    """Say whether it is late enough for the plan of this day."""
    return local.hour >= PLAN_HOUR


def percent_of(both: int, active: int) -> int | None:
    """Return a share in whole percents; None below ``LEAST_PEOPLE``: too few to tell."""
    return None if active < LEAST_PEOPLE else round(100 * both / active)


def pseudonymous(described: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a town in which people and needs have numbers that lead to nobody.

    The numbers are drawn anew each time; nothing keeps which is whose. It still is data about
    people: balances, talents and neighbourhoods together can point to somebody.
    """
    names = {
        **_numbered("r", [one["id"] for one in described["residents"]], chance),
        **_numbered("n", [one["id"] for one in described["needs"]], chance),
    }
    return described | {
        "residents": _sorted([one | {"id": names[one["id"]]} for one in described["residents"]]),
        "needs": _sorted(
            [
                one | {"id": names[one["id"]], "resident": names[one["resident"]]}
                for one in described["needs"]
            ]
        ),
        "helped": [
            one | {"helper": names[one["helper"]], "helped": names[one["helped"]]}
            for one in described["helped"]
        ],
        "avoid": [sorted(names[one] for one in pair) for pair in described["avoid"]],
    }


def _numbered(letter: str, ids: list[str], chance: random.Random) -> dict[str, str]:
    drawn = list(range(1, len(ids) + 1))
    chance.shuffle(drawn)
    return {one: f"{letter}{number}" for one, number in zip(ids, drawn, strict=True)}


def _sorted(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda one: int(one["id"][1:]))
