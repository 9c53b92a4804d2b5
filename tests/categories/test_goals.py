# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.builders import timebank_of
from timebank.categories.models import HelpCategory
from timebank.categories.operations import tie_categories
from timebank.reports.policy import goals


def goal_of(session: Session, code: str, slug: str = "leiden") -> str | None:
    bank = timebank_of(session, slug).id
    return session.scalar(
        sa.select(HelpCategory.goal).where(
            HelpCategory.timebank_id == bank, HelpCategory.code == code
        )
    )


def test_kinds_that_ship_serve_goals_that_there_are(session: Session) -> None:
    found = set(session.scalars(sa.select(HelpCategory.goal)))

    assert found - {""}
    assert found - {""} <= {goal.key for goal in goals()}


def test_only_kinds_that_are_named_change_and_only_in_one_timebank(session: Session) -> None:
    bank = timebank_of(session).id
    before = goal_of(session, "coffee")

    tie_categories(session, timebank_id=bank, goals={"groceries": "take-part", "walk_together": ""})
    tie_categories(session, timebank_id=bank, goals={})

    assert goal_of(session, "groceries") == "take-part"
    assert goal_of(session, "walk_together") == ""
    assert goal_of(session, "coffee") == before == "take-part"
    assert goal_of(session, "groceries", "holten") == "light-help-first"
