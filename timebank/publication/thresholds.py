# SPDX-License-Identifier: EUPL-1.2
"""How many people a figure needs and how coarse it is. A timebank may only be stricter."""

from __future__ import annotations

import dataclasses

from timebank.publication.errors import ThresholdTooLoose


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """The rule in numbers; the defaults are the loosest that are allowed.

    Attributes:
        least_active: people who gave or received in the period, at least.
        least_givers: people who gave, at least.
        least_receivers: people who received, at least.
        largest_share_percent: nobody stands for more of the minutes (inclusive).
        round_minutes: minutes are rounded to whole times this, halves up.
        round_people: people are rounded to whole times this, halves up.
        least_beside: where areas are taken together, people beside the largest of them, at least.

    Source: measure P7 of the privacy plan, docs/adr/0039.
    """

    least_active: int = 10
    least_givers: int = 5
    least_receivers: int = 5
    largest_share_percent: int = 40
    round_minutes: int = 300
    round_people: int = 5
    least_beside: int = 5


BOUNDS: dict[str, tuple[int, int]] = {
    "least_active": (10, 100),
    "least_givers": (5, 50),
    "least_receivers": (5, 50),
    "largest_share_percent": (10, 40),
    "round_minutes": (300, 3000),
    "round_people": (5, 50),
    "least_beside": (5, 50),
}
"""Least and most of each, both inclusive. The default is always the loosest end."""


def check_thresholds(thresholds: Thresholds) -> None:
    """Refuse a threshold that is looser than the rule, or beyond sense.

    Raises:
        ThresholdTooLoose: naming the first that does not fit.
    """
    for field, (least, most) in BOUNDS.items():
        if not least <= getattr(thresholds, field) <= most:
            raise ThresholdTooLoose(field, least, most)
