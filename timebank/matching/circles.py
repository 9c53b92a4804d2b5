# SPDX-License-Identifier: EUPL-1.2
"""Circles: help that comes back, at once or by way of a third. A reason to show, never a rule.

A plan of rings alone repays nothing, because a ring leaves every balance as it was, and it fills
far fewer needs (decision 0034). The sentence about a circle names nobody: that A helped B is
private.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.acquaintance import Acquaintance
from timebank.matching.candidates import Edges
from timebank.matching.scoring import FIRST_MINUTES
from timebank.matching.towns import Flags, Town


@dataclasses.dataclass(frozen=True)
class Circles:
    """How many people with hours to give could give them where help came from.

    Attributes:
        people: who has an hour to give at least.
        directly: who of them could help somebody who helped them.
        by_a_third: who of them could help somebody whose help reached them by way of a third.
        either: at least one of the two.
    """

    people: int
    directly: int
    by_a_third: int
    either: int


def closing(town: Town, known: Acquaintance, edges: Edges) -> tuple[Flags, Flags]:
    """Return which edges give back to who helped the giver, and which close a circle of three."""
    owner, giver = town.owner[edges.need], edges.giver.astype(np.int64)
    back = known.gave.hold(owner, giver)
    return back, known.circle.hold(owner, giver) & ~back


def circles_of(town: Town, known: Acquaintance, edges: Edges) -> Circles:
    """Count the people for whom a circle could close with these edges."""
    to_give = town.to_give >= FIRST_MINUTES
    back, circle = closing(town, known, edges)
    directly, by_a_third = (_givers(town, edges, some) & to_give for some in (back, circle))
    return Circles(
        people=int(np.count_nonzero(to_give)),
        directly=int(np.count_nonzero(directly)),
        by_a_third=int(np.count_nonzero(by_a_third)),
        either=int(np.count_nonzero(directly | by_a_third)),
    )


def _givers(town: Town, edges: Edges, chosen: Flags) -> Flags:
    givers = np.zeros(len(town.residents), np.bool_)
    givers[edges.giver[chosen]] = True
    return givers
