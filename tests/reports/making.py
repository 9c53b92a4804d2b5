# SPDX-License-Identifier: EUPL-1.2
"""Neighbours who help each other in a ring, so that there is enough to show."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from tests.builders import NOW, SLAAGHWIJK, a_member, approved, timebank_of


def ring(
    session: Session,
    *,
    minutes: int,
    code: str = SLAAGHWIJK,
    number: int = 10,
    name: str = "Buur",
    kind: str = "groceries",
    now: datetime.datetime = NOW,
) -> None:
    """Let so many new neighbours each help the one before them."""
    bank = timebank_of(session)
    people = [f"{name}{letter}" for letter in "abcdefghijklmnop"[:number]]
    for one in people:
        a_member(session, bank, one, "Geheim", code)
    for place, one in enumerate(people):
        approved(
            session,
            one,
            people[place - 1],
            minutes=minutes,
            category_code=kind,
            now=now,
            helped_on=now.date() - datetime.timedelta(days=1),
        )
