# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from importlib import resources

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from tests.demo.conftest import STORY_NOW
from tests.imports.bringing import bring
from timebank.areas.queries import timebank_by_slug
from timebank.exchanges.models import Exchange
from timebank.imports.policy import Verdict
from timebank.imports.queries import Bringing


def read(session: Session) -> list[Verdict]:
    slips = resources.files("timebank.demo").joinpath("paper-slips-march.csv").read_bytes()
    bank = timebank_by_slug(session, "leiden")
    return bring(session, Bringing(slips), timebank_id=bank.id, now=STORY_NOW)


def outcomes(verdicts: list[Verdict]) -> dict[str, int]:
    said = [verdict.outcome for verdict in verdicts]
    return {outcome: said.count(outcome) for outcome in set(said)}


def count_of(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Exchange)) or 0


def test_37_of_the_40_slips_are_added_and_3_say_why_not(told: Session) -> None:
    before = count_of(told)

    verdicts = read(told)

    assert outcomes(verdicts) == {"added": 37, "bad": 3}
    assert count_of(told) == before + 37
    why = {verdict.number: verdict.why for verdict in verdicts if verdict.outcome == "bad"}
    assert why == {
        11: "helper: nobody here is called 'Truus Jansen'",
        24: "minutes: 7 minutes is not a whole number of 15 minutes",
        28: "category: personal_care is for a professional: it is referred, never booked",
    }


def test_the_slips_read_again_add_nothing_and_the_books_are_sound(told: Session) -> None:
    read(told)
    before = count_of(told)

    again = read(told)

    assert outcomes(again) == {"known": 37, "bad": 3}
    assert count_of(told) == before
    bank = timebank_by_slug(told, "leiden")
    assert ledger.violations(told, timebank_id=bank.id) == []
