# SPDX-License-Identifier: EUPL-1.2
"""Reading a town from JSON: everything is checked, and what is wrong is named."""

from __future__ import annotations

import contextlib
import datetime
import gc
import json
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from timebank.matching.columns import Section, flag, number, row, same_keys, table, text, whole
from timebank.matching.errors import TownTooLarge, UnreadableTown, WrongType, WrongValue
from timebank.matching.towns import (
    FORMAT,
    GAVE_BEFORE,
    LISTED,
    SLOT_BITS,
    TALK,
    Ints,
    Town,
    in_order_of_the_day,
)

MOST_BYTES = 128 * 1024 * 1024
"""Of a file (inclusive); a town of 50,000 residents takes about 25 MB."""
MOST_RESIDENTS = 200_000
MOST_NEEDS = 100_000
_SOURCES = {"talent_talk": TALK, "listed": LISTED}

_MOST_MINUTES = 1_000_000
_MOST_KM = 20_000.0
_MOST_WINDOW_DAYS = 7
_KEYS = (
    "format",
    "town",
    "day",
    "rules",
    "categories",
    "residents",
    "needs",
    "helped",
    "avoid",
)
_SECTIONS = {
    "categories": {"code": text(), "easy": flag(), "certificate": flag(), "remote": flag()},
    "residents": {
        "id": text(),
        "neighbourhood": text(),
        "x": number(-_MOST_KM, _MOST_KM),
        "y": number(-_MOST_KM, _MOST_KM),
        "balance_minutes": whole(-100 * _MOST_MINUTES, 100 * _MOST_MINUTES),
        "talents": table(),
        "slots": whole(0, 2**SLOT_BITS - 1),
        "max_km": number(0, _MOST_KM),
        "capacity_minutes": whole(0, _MOST_MINUTES),
        "certificate": flag(),
        "paused": flag(),
        "muted": row(),
    },
    "needs": {
        "id": text(),
        "resident": text(),
        "category": text(),
        "minutes": whole(1, _MOST_MINUTES),
        "slots": whole(0, 2**SLOT_BITS - 1),
        "waiting_days": number(0, 100_000),
        "urgent": flag(),
    },
    "helped": {
        "helper": text(),
        "helped": text(),
        "category": text(),
        "minutes": whole(1, _MOST_MINUTES),
    },
}


def read_town(path: pathlib.Path) -> Town:
    """Read a town file; one that is too large is not read into memory.

    Raises:
        TownRefused: naming the item and the field.
        OSError: the file cannot be opened.
    """
    if path.stat().st_size > MOST_BYTES:
        raise TownTooLarge(f"the file is larger than {MOST_BYTES // 2**20} MB")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TownTooLarge(f"the file is larger than {MOST_BYTES // 2**20} MB")
    with _without_collecting():
        return town_of_json(content)


def town_of_json(content: bytes) -> Town:
    """Read a town from the bytes of its JSON.

    Raises:
        TownRefused: naming the item and the field.
    """
    try:
        described = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableTown(f"the file is no JSON that can be read: {error}") from error
    return town_of(described)


def town_of(described: object) -> Town:
    """Check a description of a town and lay it out.

    Raises:
        TownRefused: naming the item and the field.
    """
    if type(described) is not dict:
        raise UnreadableTown("the town must be an object")
    same_keys("town", described, _KEYS)
    day = _head(described)
    for key, most in (("residents", MOST_RESIDENTS), ("needs", MOST_NEEDS)):
        if len(_listed(described, key)) > most:
            raise TownTooLarge(f"more than {most:,}", item=key)
    categories = Section("categories", _listed(described, "categories"), _SECTIONS["categories"])
    kinds = _sorted_places(categories, "code", day="")
    residents = Section("residents", _listed(described, "residents"), _SECTIONS["residents"])
    people = _sorted_places(residents, "id", day=day)
    needs = Section("needs", _listed(described, "needs"), _SECTIONS["needs"])
    helped = Section("helped", _listed(described, "helped"), _SECTIONS["helped"])
    return Town(
        name=described["town"],
        day=day,
        window_days=float(described["rules"]["window_days"]),
        **_laid_out_categories(categories, kinds),
        **_laid_out_residents(residents, people, kinds, helped),
        **_laid_out_needs(needs, people, kinds, day),
        **_pairs(helped, people),
        avoid=_avoided(_listed(described, "avoid"), people),
    )


def _head(described: Mapping[str, Any]) -> str:
    """Check what stands at the top of the file; return the day."""
    if type(described["format"]) is not int or described["format"] != FORMAT:
        raise WrongValue(f"must be {FORMAT}", item="town", field="format")
    Section("town", [{key: described[key] for key in ("town", "day")}], _TOP)
    if type(described["rules"]) is not dict:
        raise WrongType("must be an object", item="town", field="rules")
    Section("rules", [described["rules"]], {"window_days": number(0, _MOST_WINDOW_DAYS)})
    day: str = described["day"]
    try:
        if datetime.date.fromisoformat(day).isoformat() != day:
            raise ValueError
    except ValueError as error:
        raise WrongValue("must be a day such as 2026-11-22", item="town", field="day") from error
    return day


_TOP = {"town": text(), "day": text()}


def _listed(described: Mapping[str, Any], key: str) -> list[Any]:
    if type(described[key]) is not list:
        raise WrongType("must be a list", item="town", field=key)
    items: list[Any] = described[key]
    return items


def _sorted_places(section: Section, key: str, *, day: str) -> dict[str, int]:
    """Return where each id stands once the items are in order; categories go by their codes."""
    section.unique(key)
    ids = section[key]
    order = in_order_of_the_day(ids, day) if day else sorted(range(len(ids)), key=ids.__getitem__)
    return {ids[index]: place for place, index in enumerate(order)}


def _ordered(section: Section, key: str, places: Sequence[int], dtype: type) -> npt.NDArray[Any]:
    """Return a column in order: the value of item i goes to places[i]."""
    column: npt.NDArray[Any] = np.empty(len(section), dtype)
    column[places] = np.array(section[key], dtype)
    return column


def _laid_out_categories(section: Section, kinds: Mapping[str, int]) -> dict[str, Any]:
    places = section.places("code", kinds)
    return {
        "categories": tuple(sorted(kinds)),
        "easy": _ordered(section, "easy", places, np.bool_),
        "needs_certificate": _ordered(section, "certificate", places, np.bool_),
        "remote": _ordered(section, "remote", places, np.bool_),
    }


def _laid_out_residents(
    section: Section, people: Mapping[str, int], kinds: Mapping[str, int], helped: Section
) -> dict[str, Any]:
    places = section.places("id", people)
    at = np.array(places, np.int64)
    known = np.zeros((len(section), len(kinds)), np.int8)
    rows, talents = section.nested_places("talents", kinds)
    known[at[rows], talents] = _levels(section)
    known[helped.places("helper", people), helped.places("category", kinds)] = GAVE_BEFORE
    muted = np.zeros((len(section), len(kinds)), np.bool_)
    rows, unwanted = section.nested_places("muted", kinds)
    muted[at[rows], unwanted] = True
    columns = {
        "x": ("x", np.float64),
        "y": ("y", np.float64),
        "balance": ("balance_minutes", np.int64),
        "slots": ("slots", np.int64),
        "max_km": ("max_km", np.float64),
        "capacity": ("capacity_minutes", np.int64),
        "certificate": ("certificate", np.bool_),
        "paused": ("paused", np.bool_),
    }
    return {
        "residents": tuple(people),
        "neighbourhoods": tuple(_ordered(section, "neighbourhood", places, object)),
        "known": known,
        "muted": muted,
        **{name: _ordered(section, key, places, dtype) for name, (key, dtype) in columns.items()},
    }


def _levels(section: Section) -> list[int]:
    """Return how well each talent is known, in the order of ``nested_places``.

    Raises:
        WrongValue: a source that the format does not know.
    """
    levels: list[int] = []
    for index, talents in enumerate(section["talents"]):
        for code, source in talents.items():
            if type(source) is not str or source not in _SOURCES:
                said = f"{code} must be listed or talent_talk"
                raise WrongValue(said, item=section.called(index), field="talents")
            levels.append(_SOURCES[source])
    return levels


def _laid_out_needs(
    section: Section, people: Mapping[str, int], kinds: Mapping[str, int], day: str
) -> dict[str, Any]:
    """Lay the needs out by kind of help, and within a kind in the order of the day."""
    section.unique("id")
    owner = section.places("resident", people)
    category = section.places("category", kinds)
    order = in_order_of_the_day(section["id"], day)
    order.sort(key=category.__getitem__)
    columns = {
        "minutes": np.array(section["minutes"], np.int64),
        "need_slots": np.array(section["slots"], np.int64),
        "waiting": np.array(section["waiting_days"], np.float64),
        "urgent": np.array(section["urgent"], np.bool_),
        "owner": np.array(owner, np.int64),
        "category": np.array(category, np.int64),
    }
    return {
        "needs": tuple(section["id"][index] for index in order),
        **{name: column[np.array(order, np.int64)] for name, column in columns.items()},
    }


def _pairs(section: Section, people: Mapping[str, int]) -> dict[str, Any]:
    helper, helped = section.places("helper", people), section.places("helped", people)
    section.two_people(helper, helped, "helped")
    keys = np.unique(np.array(helper, np.int64) * len(people) + np.array(helped, np.int64))
    return {"helper": keys // max(len(people), 1), "helped": keys % max(len(people), 1)}


def _avoided(rows: Sequence[Any], people: Mapping[str, int]) -> Ints:
    for index, pair in enumerate(rows):
        if type(pair) is not list or len(pair) != _TWO or not all(type(one) is str for one in pair):
            raise WrongType("must be two ids", item=f"avoid no. {index + 1}")
    section = Section("avoid", [{"one": a, "other": b} for a, b in rows], _PAIR)
    one, other = section.places("one", people), section.places("other", people)
    section.two_people(one, other, "other")
    return np.array([one, other], np.int64).T.reshape(-1, 2)


_TWO = 2
_PAIR = {"one": text(), "other": text()}


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave cycles of garbage for later: a town is a million objects, none of them garbage."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
