# SPDX-License-Identifier: EUPL-1.2
"""The shapes that go in and come out. Minutes are whole; days are inclusive at both ends."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True)
class Share:
    """What one account gave and received in one area in the period, in minutes.

    What was taken back can make a side negative; such a side counts for nobody.
    """

    account: int
    given_minutes: int
    received_minutes: int


@dataclasses.dataclass(frozen=True)
class Flow:
    """What one account gave to another in the period, each in the area of the entry."""

    giver: int
    giver_area: str
    receiver: int
    receiver_area: str
    minutes: int


@dataclasses.dataclass(frozen=True)
class Books:
    """Everything that one publication is made of.

    Attributes:
        first_day: the first day of the period (inclusive).
        last_day: the last day of the period (inclusive).
        shares: per basic area, every area that takes part, also one where nothing happened.
        parents: the area above an area: buurt to wijk, wijk to service area or municipality.
            An area that is not a key has nothing above it.
        flows: between accounts of the basic areas; may be left out.
    """

    first_day: datetime.date
    last_day: datetime.date
    shares: Mapping[str, Sequence[Share]]
    parents: Mapping[str, str]
    flows: Sequence[Flow] = ()


@dataclasses.dataclass(frozen=True)
class Cell:
    """Rounded figures of one area, or of areas taken together."""

    areas: tuple[str, ...]
    given_minutes: int
    received_minutes: int
    active_people: int

    @property
    def net_minutes(self) -> int:
        """Given minus received, from the rounded figures, so that it tells nothing more."""
        return self.given_minutes - self.received_minutes


@dataclasses.dataclass(frozen=True)
class FlowCell:
    """Rounded minutes that the people of one cell gave to those of another (or the same)."""

    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    minutes: int


@dataclasses.dataclass(frozen=True)
class Publication:
    """What everyone may read of a period.

    Attributes:
        cells: each basic area is in one cell at most.
        withheld: basic areas that are in no figure at all.
        flows: the flows that are shown; every other pair of cells is withheld.
    """

    first_day: datetime.date
    last_day: datetime.date
    cells: tuple[Cell, ...]
    withheld: tuple[str, ...]
    flows: tuple[FlowCell, ...] = ()

    def cell_of(self, area: str) -> Cell | None:
        """Return the cell in which a basic area is counted, or None when it is withheld."""
        return next((cell for cell in self.cells if area in cell.areas), None)

    @property
    def given_minutes(self) -> int:
        """The sum of what is shown. It is no figure of its own, so it gives nothing away."""
        return sum(cell.given_minutes for cell in self.cells)

    @property
    def received_minutes(self) -> int:
        """The sum of what is shown, as above."""
        return sum(cell.received_minutes for cell in self.cells)
