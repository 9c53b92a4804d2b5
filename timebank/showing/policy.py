# SPDX-License-Identifier: EUPL-1.2
"""What is shown of a quarter, and how that is written down when the quarter is closed. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from timebank.publication.figures import Cell, FlowCell, Publication
from timebank.publication.thresholds import Thresholds
from timebank.statements.policy import Quarter

MOST_CELLS_WITH_FLOWS = 20
"""Above so many figures the table of flows would take minutes to judge (docs/adr/0040)."""


@dataclasses.dataclass(frozen=True)
class Shown:
    """What everyone may read of a quarter.

    Attributes:
        thresholds: how strict the timebank was with this quarter.
        names: of each neighbourhood that took part, by code, as it was called then.
        kinds: kinds of help in which enough people took part, by key of the area; only when closed.
        goals: which goal of policy each kind of help served, by code; only when closed.
        too_many_cells: flows are left out, because there are too many figures to judge them.
        is_closed: it was written down when the quarter was closed, and stays as it is.
    """

    publication: Publication
    thresholds: Thresholds
    names: Mapping[str, str]
    kinds: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    goals: Mapping[str, str] = dataclasses.field(default_factory=dict)
    too_many_cells: bool = False
    is_closed: bool = False

    @property
    def rows(self) -> list[tuple[list[str], Cell | None]]:
        """Return the names of each cell with its figures, then what is withheld, by name."""
        told: list[tuple[list[str], Cell | None]] = [
            (sorted(self.names[code] for code in cell.areas), cell)
            for cell in self.publication.cells
        ]
        told += [([self.names[code]], None) for code in self.publication.withheld]
        return sorted(told, key=lambda row: row[0])


def spelled(shown: Shown) -> dict[str, Any]:
    """Return what is shown as plain values, for JSON; whole numbers and codes only."""
    publication = shown.publication
    return {
        "cells": [
            [list(cell.areas), cell.given_minutes, cell.received_minutes, cell.active_people]
            for cell in publication.cells
        ],
        "withheld": list(publication.withheld),
        "flows": [
            [list(flow.givers), list(flow.receivers), flow.minutes] for flow in publication.flows
        ],
        "thresholds": dataclasses.asdict(shown.thresholds),
        "names": dict(shown.names),
        "kinds": {key: list(kinds) for key, kinds in shown.kinds.items()},
        "goals": dict(shown.goals),
        "too_many_cells": shown.too_many_cells,
    }


def read(quarter: Quarter, written: Mapping[str, Any]) -> Shown:
    """Return what ``spelled`` wrote down of a quarter."""
    publication = Publication(
        quarter.first_day,
        quarter.last_day,
        tuple(Cell(tuple(areas), *numbers) for areas, *numbers in written["cells"]),
        tuple(written["withheld"]),
        tuple(
            FlowCell(tuple(givers), tuple(receivers), minutes)
            for givers, receivers, minutes in written["flows"]
        ),
    )
    return Shown(
        publication,
        Thresholds(**written["thresholds"]),
        written["names"],
        written["kinds"],
        written.get("goals", {}),
        too_many_cells=written["too_many_cells"],
        is_closed=True,
    )
