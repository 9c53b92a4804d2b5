# SPDX-License-Identifier: EUPL-1.2
"""The partners, the outcomes, and when an outcome is asked for. Pure."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import pathlib
import tomllib

ASK_AFTER = datetime.timedelta(days=14)
"""So long after a hand-over, or after "still waiting", the outcome is asked (policy row V6)."""


class ReferralOutcome(enum.StrEnum):
    """How a referral went. ``STILL_WAITING`` is no end: it is asked again after a while."""

    HELPED = "helped"
    STILL_WAITING = "still_waiting"
    DID_NOT_COME = "did_not_come"
    NOT_NEEDED = "not_needed"


@dataclasses.dataclass(frozen=True)
class Partner:
    """A kind of partner to whom people are referred."""

    code: str
    label_nl: str
    label_en: str


def _read(path: pathlib.Path) -> dict[str, Partner]:
    rows = tomllib.loads(path.read_text("utf-8"))["partner"]
    return {row["code"]: Partner(**row) for row in rows}


PARTNERS = _read(pathlib.Path(__file__).with_name("partners.toml"))
"""The kinds of partners by code, in the order of the screen."""


def asks_on(handed_over_on: datetime.date) -> datetime.date:
    """Return the day from which the outcome is asked (inclusive)."""
    return handed_over_on + ASK_AFTER
