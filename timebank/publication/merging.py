# SPDX-License-Identifier: EUPL-1.2
"""Which areas are shown alone, which together, and which not at all.

From the smallest areas upward: what may not be shown is left over and tried again one level higher,
first by itself, then with the smallest neighbour that is shown there. Every basic area ends in one
cell or in none, so no two figures count the same hour and there is nothing to subtract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from timebank.publication.figures import Share
from timebank.publication.rounding import may_be_shown, pooled
from timebank.publication.thresholds import Thresholds

Group = frozenset[str]
"""Basic areas that share one figure."""


class Merging:
    """Divides the basic areas of one period over groups."""

    def __init__(
        self,
        shares: Mapping[str, Sequence[Share]],
        parents: Mapping[str, str],
        thresholds: Thresholds,
    ) -> None:
        self._shares = shares
        self._thresholds = thresholds
        self._below: dict[str, set[str]] = defaultdict(set)
        self._tops: set[str] = set()
        for area in shares:
            self._climb(area, parents)

    def groups(self) -> list[Group]:
        """Return the groups that may be shown; an area in none of them is withheld."""
        shown: list[Group] = []
        left: set[str] = set()
        for top in sorted(self._tops):
            groups, rest = self._divide(top)
            shown += groups
            left |= rest
        shown, _ = self._join(shown, left)
        return sorted(shown, key=sorted)

    def _climb(self, area: str, parents: Mapping[str, str]) -> None:
        """Hang an area and all above it in the tree; a circle in the data ends where it began."""
        seen = {area}
        while area in parents and parents[area] not in seen:
            self._below[parents[area]].add(area)
            area = parents[area]
            seen.add(area)
        self._tops.add(area)

    def _divide(self, node: str) -> tuple[list[Group], set[str]]:
        """Return the groups within a node of the tree, and the basic areas that are left over."""
        shown: list[Group] = []
        left = {node} if node in self._shares else set()
        if left and not self._below[node]:
            return self._join(shown, left)
        for child in sorted(self._below[node]):
            groups, rest = self._divide(child)
            shown += groups
            left |= rest
        return self._join(shown, left)

    def _join(self, shown: list[Group], left: set[str]) -> tuple[list[Group], set[str]]:
        """Show what is left over by itself or with the smallest group that makes it safe."""
        if not left:
            return shown, left
        rest = frozenset(left)
        for group in [frozenset[str](), *sorted(shown, key=self._size)]:
            if self._is_safe(rest | group):
                return [one for one in shown if one != group] + [rest | group], set()
        return shown, left

    def _size(self, group: Group) -> tuple[int, list[str]]:
        return len(self.people(group)), sorted(group)

    def people(self, areas: Iterable[str]) -> list[Share]:
        """Return the people of these areas together, each once."""
        return pooled(share for area in areas for share in self._shares[area])

    def _is_safe(self, group: Group) -> bool:
        people = self.people(group)
        if not may_be_shown(people, self._thresholds):
            return False
        # Whoever knows one of the areas exactly, as its coordinator does, subtracts it.
        largest = max(len(self.people([area])) for area in group)
        return len(group) == 1 or len(people) - largest >= self._thresholds.least_beside
