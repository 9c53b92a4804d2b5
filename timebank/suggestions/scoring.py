# SPDX-License-Identifier: EUPL-1.2
"""Reasons as they are kept with a suggestion: code, points and what the sentence needs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timebank.matching.acquaintance import Acquaintance
from timebank.matching.candidates import Edges
from timebank.matching.reasons import each_with_points, reason_table
from timebank.matching.scoring import PUBLISHED, Reason, Weights, distances
from timebank.matching.towns import Town
from timebank.preferences.policy import METRES_A_MINUTE

ENGINE_VERSION = "1"
"""Goes up when the same town would get another plan."""
FROM_HOME, HERE, ELSEWHERE = "home", "here", "elsewhere"
"""How near, where no minutes can be said: no travelling, the same neighbourhood, not known."""
_WHOLE_MINUTES = 5


def kept_reasons(
    town: Town,
    known: Acquaintance,
    edges: Edges,
    *,
    places_known: bool,
    weights: Weights = PUBLISHED,
) -> Iterator[list[dict[str, Any]]]:
    """Yield the reasons of each edge, in the order in which they are said.

    ``near`` has how near as its value: minutes on foot in fives, or one of the words above.
    ``same_time`` has the number of the first half-day that suits both.

    Args:
        places_known: whether somebody said where the neighbourhoods lie.
    """
    owner = town.owner[edges.need]
    remote = town.remote[town.category[edges.need]].tolist()
    km = distances(town.x[owner] - town.x[edges.giver], town.y[owner] - town.y[edges.giver])
    shared = (town.slots[edges.giver] & town.need_slots[edges.need]).tolist()
    table = reason_table(town, known, weights, edges)
    columns = (each_with_points(table), remote, km.tolist(), shared)
    for reasons, from_home, distance, slots in zip(*columns, strict=True):
        values: dict[Reason, Any] = {
            Reason.NEAR: FROM_HOME if from_home else _how_near(distance, known=places_known),
            Reason.SAME_TIME: (slots & -slots).bit_length() - 1,
        }
        yield [
            {"code": reason.value, "points": worth, "value": values.get(reason)}
            for reason, worth in reasons
        ]


def said_first(reasons: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Return the largest reasons, in the order in which reasons are said."""
    largest = sorted(reasons, key=lambda each: -int(each["points"]))[:most]
    return [each for each in reasons if each in largest]


def _how_near(kilometres: float, *, known: bool) -> int | str:
    if kilometres == 0:
        return HERE
    if not known:
        return ELSEWHERE
    minutes = kilometres * 1000 / METRES_A_MINUTE
    return max(round(minutes / _WHOLE_MINUTES), 1) * _WHOLE_MINUTES
