# SPDX-License-Identifier: EUPL-1.2
"""Which property of a file holds the code and the name; the spellings of each year are data."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

LEVELS = ("BU", "WK", "GM")
"""Smallest first: a buurt names its wijk and municipality too."""
CODE = re.compile(r"(GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4})", re.ASCII)
LONGEST_NAME = 80
_DIGITS = {"GM": 4, "WK": 6, "BU": 8}


@dataclasses.dataclass(frozen=True)
class Spelling:
    """How the files of some years name their properties."""

    first: int
    last: int
    code: Mapping[str, Sequence[str]]
    name: Mapping[str, Sequence[str]]
    water: Sequence[str]
    year: Sequence[str]


@dataclasses.dataclass(frozen=True)
class Named:
    """What the properties of an area say; ``year`` is empty when they do not say it."""

    code: str
    name: str
    is_water: bool
    year: str


@functools.cache
def spellings() -> tuple[Spelling, ...]:
    """Return every spelling that is known, in the order in which they are tried."""
    text = resources.files("timebank.shapes").joinpath("spellings.toml").read_text("utf-8")
    return tuple(
        Spelling(
            row["first"], row.get("last", 9999), row["code"], row["name"], row["water"], row["year"]
        )
        for row in tomllib.loads(text)["spelling"]
    )


def named(properties: Mapping[str, Any], year: int) -> Named | None:
    """Return what the properties say in the spelling of a year; None when no code is there.

    The code is written as CBS writes it, but may be no code at all: see ``is_code``.
    """
    for spelling in spellings():
        if not spelling.first <= year <= spelling.last:
            continue
        for level in LEVELS:
            code = _text(properties, spelling.code[level])
            if code:
                return Named(
                    code=normal(code, level),
                    name=_text(properties, spelling.name[level]),
                    is_water=_text(properties, spelling.water).upper() in ("JA", "B", "TRUE"),
                    year=_text(properties, spelling.year),
                )
    return None


def normal(code: str, level: str) -> str:
    """Write a code in capitals, with the letters of its level and its leading zeros."""
    code = code.strip().upper()
    if code[:2] in LEVELS:
        return code
    return level + code.rjust(_DIGITS[level], "0")


def is_code(code: str) -> bool:
    """Say whether this is written as CBS writes codes."""
    return CODE.fullmatch(code) is not None


def is_name(name: str) -> bool:
    """Say whether this can stand on a page as the name of an area."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def _text(properties: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = properties.get(name)
        if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
            continue
        return str(value).strip()
    return ""
