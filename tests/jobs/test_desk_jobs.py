# SPDX-License-Identifier: EUPL-1.2
"""The mail of the morning: once a day, from eight o'clock, with numbers and links only."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, logged
from tests.conftest import Clock
from timebank.jobs.schedule import morning_mail
from timebank.notices.models import Mail

TEN_DAYS = datetime.timedelta(days=10)


@pytest.mark.policy("D10")
def test_at_eight_a_coordinator_gets_one_mail_with_what_waits_longest_first(
    app: Flask, session: Session, clock: Clock
) -> None:
    day = datetime.date(2026, 2, 20)
    ids = [
        logged(session, now=NOW - datetime.timedelta(days=days), helped_on=day, note="Medicijnen")
        for days in (13, 12, 10)
    ]
    logged(session, now=NOW - datetime.timedelta(days=2), helped_on=day)
    session.commit()

    with app.app_context():
        clock.moment = NOW.replace(hour=6, minute=59)
        early = morning_mail()
        clock.moment = NOW.replace(hour=7)
        lines = [morning_mail(), morning_mail()]

    assert (early, lines) == ("0 queued", ["2 queued", "0 queued"])
    mails = {mail.to_address: mail for mail in session.scalars(select(Mail))}
    assert set(mails) == {"nadia@example.org", "bart@example.org"}
    body = mails["nadia@example.org"].body
    assert [body.index(f"/desk/{one}") for one in ids] == sorted(
        body.index(f"/desk/{one}") for one in ids
    )
    assert body.count("/desk/") == 3
    for word in ("Fatima", "Jan", "Medicijnen", "Nadia"):
        assert word not in body + mails["nadia@example.org"].subject
    session.rollback()
    with app.app_context():
        clock.advance(days=1)
        assert morning_mail() == "2 queued"
