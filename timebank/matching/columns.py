# SPDX-License-Identifier: EUPL-1.2
"""How the parts of a town file are checked: column by column, because there may be 50,000 rows."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from timebank.matching.errors import (
    DuplicateId,
    MissingKey,
    NotFinite,
    OutOfBounds,
    SamePerson,
    UnknownKey,
    UnknownReference,
    WrongType,
)

Item = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Rule:
    """What may stand under a key.

    Attributes:
        types: exactly these; a bool is no number.
        lowest, highest: bounds of a number, both inclusive.
        said: the types in words.
    """

    types: frozenset[type]
    said: str
    lowest: float | None = None
    highest: float | None = None


def text() -> Rule:
    """A string, such as an id."""
    return Rule(frozenset({str}), "must be text")


def flag() -> Rule:
    """True or false."""
    return Rule(frozenset({bool}), "must be true or false")


def whole(lowest: int, highest: int) -> Rule:
    """A whole number between bounds, both inclusive."""
    return Rule(frozenset({int}), "must be a whole number", lowest, highest)


def number(lowest: float, highest: float) -> Rule:
    """A number between bounds, both inclusive."""
    return Rule(frozenset({int, float}), "must be a number", lowest, highest)


def table() -> Rule:
    """An object."""
    return Rule(frozenset({dict}), "must be an object")


def row() -> Rule:
    """A list."""
    return Rule(frozenset({list}), "must be a list")


class Section:
    """A list of objects of the same form, checked on making.

    Raises:
        WrongType, UnknownKey, MissingKey, OutOfBounds: the first that is found.
    """

    def __init__(self, name: str, items: Sequence[Item], rules: Mapping[str, Rule]) -> None:
        self.name = name
        self.items = items
        self._keys(frozenset(rules))
        self._columns = {key: [item[key] for item in items] for key in rules}
        for key, rule in rules.items():
            self._values(key, rule)

    def __getitem__(self, key: str) -> list[Any]:
        return self._columns[key]

    def __len__(self) -> int:
        return len(self.items)

    def called(self, index: int) -> str:
        """Name an item for a message: by its id, or by its place, counted from one."""
        item = self.items[index]
        own = item.get("id", item.get("code")) if isinstance(item, dict) else None
        return f"{self.name} {own if isinstance(own, str) else f'no. {index + 1}'}"

    def unique(self, key: str) -> dict[str, int]:
        """Return the place of each value of a column.

        Raises:
            DuplicateId: a value is there twice.
        """
        places: dict[str, int] = {}
        for index, value in enumerate(self[key]):
            if places.setdefault(value, index) != index:
                raise DuplicateId("is there twice", item=self.called(index), field=key)
        return places

    def places(self, key: str, known: Mapping[str, int]) -> list[int]:
        """Return where the values of a column stand in another section.

        Raises:
            UnknownReference: it is not there.
        """
        try:
            return [known[value] for value in self[key]]
        except KeyError as missing:
            index = self[key].index(missing.args[0])
            raise UnknownReference(
                f"{missing.args[0]} is not in the town", item=self.called(index), field=key
            ) from missing

    def nested_places(self, key: str, known: Mapping[str, int]) -> tuple[list[int], list[int]]:
        """Return, for a column of lists or objects, the rows and what their members stand for.

        Raises:
            WrongType, UnknownReference
        """
        rows: list[int] = []
        places: list[int] = []
        for index, members in enumerate(self[key]):
            for member in members:
                if type(member) is not str:
                    raise WrongType("must hold text", item=self.called(index), field=key)
                if member not in known:
                    raise UnknownReference(
                        f"{member} is not in the town", item=self.called(index), field=key
                    )
                rows.append(index)
                places.append(known[member])
        return rows, places

    def two_people(self, one: Sequence[int], other: Sequence[int], field: str) -> None:
        """Refuse a row in which one person stands twice.

        Raises:
            SamePerson
        """
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            if a == b:
                raise SamePerson("needs two people", item=self.called(index), field=field)

    def _keys(self, wanted: frozenset[str]) -> None:
        for index, item in enumerate(self.items):
            if type(item) is not dict:
                raise WrongType("must be an object", item=self.called(index))
            if item.keys() != wanted:
                same_keys(self.called(index), item, wanted)

    def _values(self, key: str, rule: Rule) -> None:
        values = self[key]
        if not set(map(type, values)) <= rule.types:
            index = next(i for i, value in enumerate(values) if type(value) not in rule.types)
            raise WrongType(rule.said, item=self.called(index), field=key)
        if rule.lowest is None or rule.highest is None:
            return
        low, high = rule.lowest, rule.highest
        # Written so that NaN, which is smaller than nothing, does not slip through.
        if not all(low <= value <= high for value in values):
            index = next(i for i, value in enumerate(values) if not low <= value <= high)
            raise out_of_bounds(values[index], rule, item=self.called(index), field=key)


def out_of_bounds(value: float, rule: Rule, *, item: str, field: str) -> OutOfBounds:
    """Return the refusal of a number."""
    if isinstance(value, float) and not math.isfinite(value):
        return NotFinite("must be a number that ends", item=item, field=field)
    said = f"must be from {rule.lowest:,} to {rule.highest:,}"
    return OutOfBounds(said, item=item, field=field)


def same_keys(item: str, found: Item, wanted: Iterable[str]) -> None:
    """Refuse an object with other keys than these.

    Raises:
        UnknownKey, MissingKey: naming all of them.
    """
    wanted = set(wanted)
    unknown = sorted(map(str, found.keys() - wanted))
    if unknown:
        raise UnknownKey("is not a key of the format", item=item, field=" ".join(unknown))
    lacking = sorted(wanted - found.keys())
    if lacking:
        raise MissingKey("is missing", item=item, field=" ".join(lacking))
