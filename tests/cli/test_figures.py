# SPDX-License-Identifier: EUPL-1.2
"""``timebank figures`` and ``timebank areas group``."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.builders import NOW, SLAAGHWIJK, ZIJLWIJK
from tests.conftest import Clock
from tests.figures.booking import book, people
from timebank.months.models import ClosedMonth
from timebank.rollups.models import FigureDay
from timebank.service_areas.models import ServiceAreaPart


def figures(runner: FlaskCliRunner, *arguments: str) -> Result:
    return runner.invoke(args=["figures", *arguments, "--timebank", "leiden"])


def test_days_are_added_up_months_closed_and_both_checked(
    runner: FlaskCliRunner, session: Session, clock: Clock
) -> None:
    fatima, jan, *_ = people(session)
    book(session, fatima, jan, 60, NOW)
    session.commit()
    clock.moment = datetime.datetime(2026, 4, 6, 9, tzinfo=datetime.UTC)

    assert figures(runner, "close-on", "6").output == "leiden closes a month on day 6 of the next\n"
    assert figures(runner, "close-on", "31").exit_code == 1
    assert figures(runner, "roll-up").output == "leiden: the days are added up\n"
    assert figures(runner, "close").output == "leiden: 2026-03 is closed\n"
    assert figures(runner, "close").output == "leiden: no month is due\n"
    assert figures(runner, "months").output == "2026-03\n"
    assert figures(runner, "report", "2026-03").output.startswith('{"balances":')
    assert figures(runner, "report", "2026-04").exit_code == 1
    assert figures(runner, "report", "March").exit_code == 1
    assert figures(runner, "check").exit_code == 0
    session.execute(sa.update(FigureDay).values(minutes=61))
    session.execute(sa.update(ClosedMonth).values(report="{}"))
    session.commit()
    wrong = figures(runner, "check")
    assert wrong.exit_code == 1
    assert "2026-03-10 differs from the journal" in wrong.output
    assert "the report of 2026-03 is not what was closed" in wrong.output


def test_neighbourhoods_are_put_together_and_taken_apart(
    runner: FlaskCliRunner, session: Session
) -> None:
    def group(*arguments: str) -> Result:
        return runner.invoke(args=["areas", "group", *arguments, "--timebank", "leiden"])

    made = group("Noord", SLAAGHWIJK, ZIJLWIJK)
    session.expire_all()
    parts = session.scalars(sa.select(ServiceAreaPart.code)).all()
    session.rollback()
    refused = group("Noord", "BU99999999")

    assert made.output == "Noord has 2 neighbourhoods\n"
    assert sorted(parts) == [SLAAGHWIJK, ZIJLWIJK]
    assert refused.exit_code == 1
    assert group("Noord").output == "Noord has 0 neighbourhoods\n"
