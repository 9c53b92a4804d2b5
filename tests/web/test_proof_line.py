# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.builders import timebank_of
from tests.web.roads import sign_in
from timebank import clock
from timebank.proofs.operations import record_proof

SOUND = "De boekhouding klopt. Gecontroleerd op"
BROKEN = "De boekhouding klopt niet. Gecontroleerd op"
STALE = "De boekhouding is het laatst gecontroleerd op"


def _proven(session: Session, violations: int, days_ago: int = 0) -> None:
    at = clock.now() - datetime.timedelta(days=days_ago)
    record_proof(
        session,
        timebank_id=timebank_of(session).id,
        violations=violations,
        day=clock.day_of(at),
        now=at,
    )
    session.commit()


@pytest.mark.parametrize(
    ("violations", "days_ago", "line"), [(0, 0, SOUND), (2, 0, BROKEN), (0, 5, STALE)]
)
def test_a_coordinator_reads_whether_the_books_are_right_and_when_they_were_checked(
    app: Flask, session: Session, violations: int, days_ago: int, line: str
) -> None:
    _proven(session, violations, days_ago)

    page = sign_in(app, "Nadia").get("/desk").text

    assert line in page
    assert sum(text in page for text in (SOUND, BROKEN, STALE)) == 1


def test_before_the_first_proof_nothing_is_said(app: Flask, session: Session) -> None:
    page = sign_in(app, "Nadia").get("/desk").text

    assert "De boekhouding" not in page
