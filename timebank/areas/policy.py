# SPDX-License-Identifier: EUPL-1.2
"""How Statistics Netherlands writes codes, and which area lies in which. Pure.

Source: "Toelichting Wijk- en Buurtkaart" of CBS. Numbers of wijk and buurt can hold letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

CODE = re.compile(r"^(GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4})$", re.ASCII)
_LENGTH_IN_PARENT = {"BU": ("WK", 8), "WK": ("GM", 6)}


def is_code(text: str) -> bool:
    """Say whether this is written as the code of a municipality, a wijk or a buurt."""
    return bool(CODE.fullmatch(text))


def parent_of(code: str) -> str | None:
    """Return the code of the area in which an area lies; None for a municipality, or no code."""
    if not is_code(code) or code[:2] not in _LENGTH_IN_PARENT:
        return None
    prefix, length = _LENGTH_IN_PARENT[code[:2]]
    return prefix + code[2:length]


def parents_of(codes: Iterable[str]) -> dict[str, str]:
    """Return the area above each of these areas, and above those, up to the municipalities."""
    parents: dict[str, str] = {}
    for code in codes:
        below, above = code, parent_of(code)
        while above is not None:
            parents[below] = above
            below, above = above, parent_of(above)
    return parents
