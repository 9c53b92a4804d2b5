# SPDX-License-Identifier: EUPL-1.2
"""The states of a need and the moves between them, as one table. Pure."""

from __future__ import annotations

import enum


class NeedState(enum.StrEnum):
    """Where a need stands."""

    OPEN = "open"
    PROMISED = "promised"
    """Somebody said that they will help; there is an appointment."""
    FILLED = "filled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


MOVES: frozenset[tuple[NeedState, NeedState]] = frozenset(
    {
        (NeedState.OPEN, NeedState.PROMISED),
        (NeedState.OPEN, NeedState.FILLED),
        (NeedState.OPEN, NeedState.WITHDRAWN),
        (NeedState.OPEN, NeedState.EXPIRED),
        # An appointment that does not go through lets the need wait again.
        (NeedState.PROMISED, NeedState.OPEN),
        (NeedState.PROMISED, NeedState.FILLED),
        (NeedState.PROMISED, NeedState.WITHDRAWN),
        # Asked once more.
        (NeedState.EXPIRED, NeedState.OPEN),
        (NeedState.EXPIRED, NeedState.WITHDRAWN),
    }
)
"""From which state a need may go to which. Filled and withdrawn are ends."""

CLOSED = frozenset({NeedState.FILLED, NeedState.WITHDRAWN, NeedState.EXPIRED})
"""The states in which nobody looks for it any more."""


def states_before(state: NeedState) -> frozenset[NeedState]:
    """Return the states from which a need may come to this one."""
    return frozenset(before for before, after in MOVES if after is state)
