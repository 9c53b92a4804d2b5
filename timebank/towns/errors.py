# SPDX-License-Identifier: EUPL-1.2
"""What the room of towns refuses."""

from __future__ import annotations

from timebank.areas.errors import AreaError


class UnknownNeighbourhood(AreaError):
    """The timebank has no such neighbourhood."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"no neighbourhood of this timebank has the code {code}")


class PlaceImpossible(AreaError):
    """The coordinates are none of the national grid."""

    def __init__(self, east_metres: int, north_metres: int) -> None:
        super().__init__(
            f"{east_metres}, {north_metres} is not on the national grid (RD): east is 0 to"
            " 300000 metres, north is 300000 to 650000"
        )
