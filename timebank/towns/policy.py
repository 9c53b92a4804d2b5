# SPDX-License-Identifier: EUPL-1.2
"""Where neighbourhoods lie in the plane of a town, in kilometres. Pure (docs/adr/0037).

Everybody lives in the middle of their neighbourhood: no address is read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

EAST, NORTH = (0, 300_000), (300_000, 650_000)
"""Between these (inclusive) lie the metres of the national grid (RD)."""
APART_KM = 2.5
"""So far apart neighbourhoods lie of which nobody said where: further than half an hour on foot."""
WIDEST_KM = 10.0
"""Nobody lies further apart than who chose all of the municipality wants to go."""
Place = tuple[float, float]


def on_the_grid(east_metres: int, north_metres: int) -> bool:
    """Say whether these coordinates lie on the national grid."""
    return EAST[0] <= east_metres <= EAST[1] and NORTH[0] <= north_metres <= NORTH[1]


def places_of(codes: Sequence[str], known: Mapping[str, Place]) -> tuple[dict[str, Place], bool]:
    """Return where each neighbourhood lies, and whether that is known.

    Only when all are known their places count: a town of which half is guessed has false distances.
    Otherwise they stand on a ring, each far from the others, so that people are asked near home and
    only who goes anywhere is asked elsewhere.

    Args:
        known: kilometres east and north.
    """
    if codes and set(codes) <= set(known):
        return {code: known[code] for code in codes}, True
    ring = sorted(codes)
    if len(ring) == 1:
        return {ring[0]: (0.0, 0.0)}, False
    turn = 2 * math.pi / max(len(ring), 1)
    radius = min(APART_KM / (2 * math.sin(turn / 2)), WIDEST_KM / 2) if len(ring) > 1 else 0.0
    return {
        code: (radius * math.cos(turn * at), radius * math.sin(turn * at))
        for at, code in enumerate(ring)
    }, False
