# SPDX-License-Identifier: EUPL-1.2
"""What a kind of help asks for first, its safety card, and the steps of the ladder. Pure.

The cards ship with the program (``safety.toml``) and not with the rows of a timebank: nobody makes
a promise about safety weaker by renaming a kind of help (docs/adr/0031).
"""

from __future__ import annotations

import dataclasses
import enum
import pathlib
import tomllib

LIGHT_STEPS = ("1-2", "3")
"""The steps of the ladder of support that count as solved among neighbours (policy row V1)."""
STEPS = (*LIGHT_STEPS, "4", "5")
"""The steps on which a kind of help can stand; ``set_by_coordinator`` is not on one yet."""


class Check(enum.StrEnum):
    """What a coordinator has seen or done before somebody gives a kind of help."""

    CONDUCT_CERTIFICATE = "conduct_certificate"
    TALK = "talk"
    TRAINING = "training"


@dataclasses.dataclass(frozen=True)
class Safety:
    """What keeps people safe with one kind of help.

    Attributes:
        asks: what must have been seen or done first; empty: nothing.
        card_nl, card_en: the safety card; empty: there is none.
        ticked: the helper must tick the card.
        exception: work for a professional of which a coordinator may allow an exception.
    """

    asks: tuple[Check, ...] = ()
    card_nl: str = ""
    card_en: str = ""
    ticked: bool = False
    exception: bool = False


def _read(path: pathlib.Path) -> dict[str, Safety]:
    """Read the cards; a word that is not known stops the program."""
    rows = tomllib.loads(path.read_text("utf-8"))
    return {
        code: Safety(**row | {"asks": tuple(Check(one) for one in row.get("asks", ()))})
        for code, row in rows.items()
    }


SAFETY = _read(pathlib.Path(__file__).with_name("safety.toml"))
"""What keeps people safe, by the code of the kind of help; the other kinds need nothing."""


def safety_of(code: str) -> Safety:
    """Return what keeps people safe with this kind of help."""
    return SAFETY.get(code, Safety())


def light_share(counts: dict[str, int]) -> int | None:
    """Return which part was solved on steps 1 to 3, in whole percents.

    Args:
        counts: exchanges by step; those without a step of the ladder are left out.

    Returns:
        0 to 100, rounded to the nearest; None when nothing stood on a step.
    """
    total = sum(counts.get(step, 0) for step in STEPS)
    if not total:
        return None
    return round(100 * sum(counts.get(step, 0) for step in LIGHT_STEPS) / total)
