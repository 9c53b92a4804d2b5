# SPDX-License-Identifier: EUPL-1.2
"""The rules of the format once more, slowly and in other words, to hold a plan against.

Works on the JSON alone and shares no code with the room.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import Any

Described = dict[str, Any]


class Checker:
    """What the format says about one town."""

    def __init__(self, town: Described) -> None:
        self.town = town
        self.people = {person["id"]: person for person in town["residents"]}
        self.needs = {need["id"]: need for need in town["needs"]}
        self.kinds = {kind["code"]: kind for kind in town["categories"]}
        self.gave = defaultdict[str, set[str]](set)
        self.did = defaultdict[str, set[str]](set)
        for exchange in town["helped"]:
            self.gave[exchange["helper"]].add(exchange["helped"])
            self.did[exchange["helper"]].add(exchange["category"])
        self.apart = {frozenset(pair) for pair in town["avoid"]}

    def to_give(self, person: str) -> int:
        return max(0, -int(self.people[person]["balance_minutes"]))

    def talent(self, person: str, category: str) -> tuple[str, int] | None:
        talents = self.people[person]["talents"]
        if category in self.did[person]:
            return "gave_before", 34
        if talents.get(category) == "listed":
            return "listed", 30
        if talents.get(category) == "talent_talk":
            return "talent_talk", 24
        few = len(set(talents) | self.did[person]) < 2
        if self.kinds[category]["easy"] and few and self.to_give(person) >= 60:
            return "easy_step", 8
        return None

    def km(self, giver: str, owner: str) -> float:
        a, b = self.people[giver], self.people[owner]
        return math.hypot(a["x"] - b["x"], a["y"] - b["y"])

    def feasible(self, giver: str, need: str) -> bool:
        asked = self.needs[need]
        person, kind = self.people[giver], self.kinds[asked["category"]]
        return (
            giver != asked["resident"]
            and not person["paused"]
            and asked["category"] not in person["muted"]
            and frozenset((giver, asked["resident"])) not in self.apart
            and bool(person["slots"] & asked["slots"])
            and asked["minutes"] <= person["capacity_minutes"]
            and (person["certificate"] or not kind["certificate"])
            and (kind["remote"] or self.km(giver, asked["resident"]) <= person["max_km"])
            and self.talent(giver, asked["category"]) is not None
        )

    def offered(self) -> dict[str, list[str]]:
        """Return who may be offered each need, after the window."""
        offers = {}
        enough = min(max(sum(self.to_give(one) >= 60 for one in self.people) // 40, 5), 40)
        for name, need in self.needs.items():
            fit = [giver for giver in self.people if self.feasible(giver, name)]
            first = [giver for giver in fit if self.to_give(giver) >= 60]
            young = need["waiting_days"] < self.town["rules"]["window_days"]
            offers[name] = first if young and not need["urgent"] and len(first) >= enough else fit
        return offers

    def reasons(self, giver: str, need: str) -> dict[str, int]:
        asked, person = self.needs[need], self.people[giver]
        owner = asked["resident"]
        known = self.talent(giver, asked["category"])
        assert known is not None
        reach = max(person["max_km"], 0.5)
        near = max(0, 26 * (1 - 0.7 * self.km(giver, owner) / reach))
        back = giver in self.gave[owner]
        round_trip = any(giver in self.gave[middle] for middle in self.gave[owner])
        points = {
            known[0]: known[1],
            "near": 18 if self.kinds[asked["category"]]["remote"] else _half_up(near),
            "same_time": min(12, 4 * (person["slots"] & asked["slots"]).bit_count()),
            "met": 10 if back or owner in self.gave[giver] else 0,
            "give_back": 12 if back else 0,
            "circle": 8 if round_trip and not back else 0,
            "waiting": _half_up(8 * min(asked["waiting_days"] / 14, 1)),
            "hours": _half_up(8 * asked["minutes"] / 60),
        }
        return {code: worth for code, worth in points.items() if worth}

    def value(self, plan: list[tuple[str, str]]) -> int:
        """Return what a plan is worth: pairs of a giver and a need."""
        total = sum(sum(self.reasons(giver, need).values()) for giver, need in plan)
        total += 30 * len({self.needs[need]["resident"] for _, need in plan})
        tasks = defaultdict[str, int](int)
        for giver, _ in plan:
            tasks[giver] += 1
        for giver, count in tasks.items():
            left = self.to_give(giver)
            ranks = (
                60 if left >= 60 else 0,
                15 if left >= 120 else -6,
                5 if left >= 240 else -12,
            )
            spared = 12 if self.people[giver]["balance_minutes"] > 600 else 0
            total += sum(rank - spared for rank in ranks[:count])
        return total

    def problems(self, plan: Described) -> list[str]:
        """Return what is wrong with a plan; nothing when it is right."""
        offers = self.offered()
        chosen = plan["plan"]
        found = _twice("planned twice", [item["need"] for item in chosen])
        by_giver = defaultdict[str, list[Described]](list)
        for item in chosen:
            by_giver[item["giver"]].append(item)
            found += self._wrong_item(item, offers)
        for giver, items in by_giver.items():
            found += self._wrong_hands(giver, items)
        if plan["value"] != self.value([(item["giver"], item["need"]) for item in chosen]):
            found.append("value")
        return found + self._wrong_suggestions(plan, offers) + self._wrong_metrics(plan)

    def _wrong_item(self, item: Described, offers: dict[str, list[str]]) -> list[str]:
        giver, need = item["giver"], item["need"]
        if giver not in offers[need]:
            return [f"{giver} may not do {need}"]
        wrong = []
        both = self.people[giver]["slots"] & self.needs[need]["slots"]
        if not both >> item["slot"] & 1:
            wrong.append(f"{giver} and {need} do not share half-day {item['slot']}")
        said = {reason["code"]: reason["points"] for reason in item["reasons"]}
        if said != self.reasons(giver, need) or item["points"] != sum(said.values()):
            wrong.append(f"points of {giver} and {need}")
        return wrong

    def _wrong_hands(self, giver: str, items: list[Described]) -> list[str]:
        capacity = self.people[giver]["capacity_minutes"]
        most = 3 if capacity >= 240 else 2 if capacity >= 120 else 1
        wrong = _twice(f"half-day of {giver}", [item["slot"] for item in items])
        if len(items) > most:
            wrong.append(f"{giver} has {len(items)} tasks")
        if sum(self.needs[item["need"]]["minutes"] for item in items) > capacity:
            wrong.append(f"{giver} has too many minutes")
        return wrong

    def _wrong_suggestions(self, plan: Described, offers: dict[str, list[str]]) -> list[str]:
        planned = {(item["giver"], item["need"]) for item in plan["plan"]}
        wanted: dict[str, list[int]] = {}
        can = defaultdict[str, list[str]](list)
        for need, givers in offers.items():
            for giver in givers:
                can[giver].append(need)
        shown = defaultdict[str, list[Described]](list)
        for item in plan["suggestions"]:
            shown[item["giver"]].append(item)
        wrong = []
        for giver, needs in can.items():
            keys = sorted(
                ((giver, need) in planned, sum(self.reasons(giver, need).values()))
                for need in needs
            )
            wanted[giver] = [points for _, points in keys[::-1]][:14]
            items = shown.pop(giver, [])
            wrong += _twice(f"shown twice to {giver}", [item["need"] for item in items])
            if [item["points"] for item in items] != wanted[giver]:
                wrong.append(f"suggestions of {giver}")
            if [item["rank"] for item in items] != list(range(1, len(items) + 1)):
                wrong.append(f"ranks of {giver}")
            wrong += [
                f"{giver} is shown {item['need']}" for item in items if item["need"] not in needs
            ]
        return wrong + [f"{giver} is shown something" for giver in shown]

    def _wrong_metrics(self, plan: Described) -> list[str]:
        owing = {person for person in self.people if self.to_give(person) >= 60}
        counted = {
            "needs": len(self.needs),
            "filled": len(plan["plan"]),
            "people_with_hours_to_give": len(owing),
            "covered": len(owing & {item["giver"] for item in plan["plan"]}),
        }
        said = dict(plan["metrics"])
        said.pop("seconds_cpu")
        return [] if said == counted else ["metrics"]

    def best(self) -> int:
        """Return the most that any plan is worth, by trying all; for a handful of needs only."""
        offers = self.offered()
        choices = [[None, *givers] for givers in offers.values()]
        plans = (
            [(giver, need) for giver, need in zip(some, offers, strict=True) if giver]
            for some in itertools.product(*choices)
        )
        return max(self.value(plan) for plan in plans if self._can(plan))

    def _can(self, plan: list[tuple[str, str]]) -> bool:
        by_giver = defaultdict[str, list[str]](list)
        for giver, need in plan:
            by_giver[giver].append(need)
        return all(self._one_can(giver, needs) for giver, needs in by_giver.items())

    def _one_can(self, giver: str, needs: list[str]) -> bool:
        own = self.people[giver]["slots"]
        free = [
            [bit for bit in range(21) if own & self.needs[need]["slots"] & (1 << bit)]
            for need in needs
        ]
        return any(
            not self._wrong_hands(
                giver,
                [{"need": n, "slot": s} for n, s in zip(needs, slots, strict=True)],
            )
            for slots in itertools.product(*free)
        )


def _half_up(number: float) -> int:
    return math.floor(number + 0.5)


def _twice(what: str, names: list[Any]) -> list[str]:
    return [f"{what}: {name}" for name in sorted(set(names)) if names.count(name) > 1]
