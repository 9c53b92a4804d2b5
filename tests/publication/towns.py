# SPDX-License-Identifier: EUPL-1.2
"""Small towns for attacks: two wijken, a few buurten, people who help each other."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict

from timebank.publication.figures import Books, Flow, Share

FIRST_DAY = datetime.date(2026, 1, 1)
PARENTS = {
    "BU1": "WK1",
    "BU2": "WK1",
    "BU3": "WK1",
    "BU4": "WK2",
    "BU5": "WK2",
    "WK1": "GM1",
    "WK2": "GM1",
}
AREAS = ("BU1", "BU2", "BU3", "BU4", "BU5")


def days_of(period: int) -> tuple[datetime.date, datetime.date]:
    first = FIRST_DAY + datetime.timedelta(days=90 * period)
    return first, first + datetime.timedelta(days=89)


def books_of(flows: list[Flow], areas: tuple[str, ...] = AREAS, period: int = 0) -> Books:
    sides: dict[str, dict[int, list[int]]] = {area: defaultdict(lambda: [0, 0]) for area in areas}
    for flow in flows:
        sides[flow.giver_area][flow.giver][0] += flow.minutes
        sides[flow.receiver_area][flow.receiver][1] += flow.minutes
    shares = {
        area: [Share(account, *both) for account, both in people.items()]
        for area, people in sides.items()
    }
    return Books(*days_of(period), shares, PARENTS, flows)


def random_flows(chance: random.Random, people: dict[str, int], number: int) -> list[Flow]:
    """Help between people of a town, mostly within their own area; amounts are often awkward."""
    homes = [(area, 100 * n + k) for n, area in enumerate(people) for k in range(people[area])]
    flows = []
    for _ in range(number if len(homes) > 1 else 0):
        (area, giver), (other, receiver) = chance.sample(homes, 2)
        if chance.random() < 0.5:
            near = [home for home in homes if home[0] == area and home[1] != giver]
            other, receiver = chance.choice(near or [(other, receiver)])
        flows.append(Flow(giver, area, receiver, other, 15 * chance.choice([1, 2, 4, 6, 9, 10])))
    return flows


def seeded(number: int) -> random.Random:
    """Chance that is the same each time."""
    return random.Random(number)  # noqa: S311 - a test, not a secret
