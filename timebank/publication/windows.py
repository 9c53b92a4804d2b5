# SPDX-License-Identifier: EUPL-1.2
"""What a reader can work out: the least and the most that a number in a table can be.

A table of flows with its totals is a circulation: minutes leave the givers, pass one cell and
arrive at the receivers. Published numbers bound the arcs. How far an arc can move within all bounds
is found by pushing minutes around in circles; the answer is exact, in whole minutes.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict, deque

UNKNOWN = 10**9
"""More minutes than anybody gives: an arc of which nothing was published."""


@dataclasses.dataclass
class Arc:
    """Minutes from one node to another; both bounds are inclusive."""

    tail: int
    head: int
    least: int
    most: int
    minutes: int = 0


class Circulation:
    """Arcs with bounds, and one way to fill them."""

    def __init__(self, arcs: list[Arc]) -> None:
        self.arcs = arcs
        self._at: dict[int, list[int]] = defaultdict(list)
        for number, arc in enumerate(arcs):
            self._at[arc.tail].append(number)
            self._at[arc.head].append(number)

    def settle(self) -> bool:
        """Fill every arc within its bounds; False when no filling fits them all.

        Minutes already on the arcs are kept where they fit, so a second search is short.
        """
        for arc in self.arcs:
            arc.minutes = min(max(arc.minutes, arc.least), arc.most)
        excess: dict[int, int] = defaultdict(int)
        for arc in self.arcs:
            excess[arc.tail] -= arc.minutes
            excess[arc.head] += arc.minutes
        for node in [node for node, much in excess.items() if much > 0]:
            while excess[node] > 0:
                found = self._path(node, {other for other, much in excess.items() if much < 0})
                if found is None:
                    return False
                end, path = found
                pushed = min(excess[node], -excess[end], *(self._room(*step) for step in path))
                self._push(path, pushed)
                excess[node] -= pushed
                excess[end] += pushed
        return True

    def moves(self, number: int, enough: int) -> int:
        """Return how wide the window of an arc is, in minutes; it stops looking at ``enough``."""
        arc = self.arcs[number]
        up = self._move(number, arc.head, arc.tail, 1, enough)
        if up >= enough:
            return enough
        down = self._move(number, arc.tail, arc.head, -1, enough + up)
        return min(enough, down)

    def _move(self, number: int, start: int, end: int, way: int, enough: int) -> int:
        """Push an arc one way as far as it goes, and return how far, at most ``enough``."""
        arc = self.arcs[number]
        moved = 0
        while moved < enough:
            room = self._room(number, way)
            found = self._path(start, {end}, without=number) if room else None
            if found is None:
                break
            path = found[1]
            pushed = min(enough - moved, room, *(self._room(*step) for step in path))
            self._push(path, pushed)
            arc.minutes += way * pushed
            moved += pushed
        return moved

    def _room(self, number: int, way: int) -> int:
        arc = self.arcs[number]
        return arc.most - arc.minutes if way > 0 else arc.minutes - arc.least

    def _push(self, path: list[tuple[int, int]], minutes: int) -> None:
        for number, way in path:
            self.arcs[number].minutes += way * minutes

    def _path(
        self, start: int, ends: set[int], without: int = -1
    ) -> tuple[int, list[tuple[int, int]]] | None:
        """Return the shortest way along which minutes can be pushed, as arcs with a direction."""
        came: dict[int, tuple[int, int, int]] = {start: (-1, 0, start)}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            if node in ends and node != start:
                return node, self._back(came, start, node)
            for number in self._at[node]:
                arc = self.arcs[number]
                way, other = (1, arc.head) if arc.tail == node else (-1, arc.tail)
                if number != without and other not in came and self._room(number, way) > 0:
                    came[other] = (number, way, node)
                    queue.append(other)
        return None

    @staticmethod
    def _back(
        came: dict[int, tuple[int, int, int]], start: int, node: int
    ) -> list[tuple[int, int]]:
        path = []
        while node != start:
            number, way, node = came[node]
            path.append((number, way))
        return path
