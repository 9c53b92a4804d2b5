# SPDX-License-Identifier: EUPL-1.2
"""Suggestions as residents and coordinators meet them on their screens."""

from __future__ import annotations

import datetime
import uuid

import pytest
from flask import Flask

from tests import builders
from tests.suggestions import making
from tests.web import roads
from tests.web.roads import see, sign_in
from timebank.extensions import db

DAY = datetime.timedelta(days=1)
NOW = builders.NOW


def a_need(app: Flask, who: str = "Jan", *codes: str, **answers: object) -> uuid.UUID:
    """Let Fatima like something and somebody look for it."""
    with app.app_context():
        making.likes(db.session, "Fatima", *codes)
        need = making.looks_for(db.session, who, *codes[:1], **answers)  # type: ignore[arg-type]
        db.session.commit()
    return need


@pytest.mark.policy("W1")
def test_a_yes_of_both_makes_an_appointment_and_only_then_they_see_how_to_reach_each_other(
    app: Flask,
) -> None:
    need = a_need(app)
    fatima, jan = sign_in(app, "Fatima", "en"), sign_in(app, "Jan", "en")

    home, page = see(fatima, "/"), see(fatima, "/suggestions")
    why = see(fatima, f"/suggestions/{need}")
    said = fatima.post(f"/suggestions/{need}/yes")
    half = see(fatima, f"/suggestions/{need}")
    offered = see(jan, f"/my-needs/{need}/helper")
    form = offered.form(f"/my-needs/{need}/helper/yes")
    agreed = jan.post(
        f"/my-needs/{need}/helper/yes",
        data=offered.fields(form) | {"moment": offered.all("input", name="moment")[0]["value"]},
    )

    assert "Wie helpt mij?" in home.text
    assert "This is on your list" in page.text
    assert "Points" in why.text
    assert said.status_code == 303
    assert "1 of 2 said yes" in half.text
    for before in (home, page, why, half, offered):
        assert "van den Berg" not in before.text
        assert "@example.org" not in before.text
    assert "Fatima" in offered.text
    assert "/appointments/" in agreed.headers["Location"]
    after = see(fatima, f"/suggestions/{need}")
    assert "jan@example.org" in after.text
    assert "fatima@example.org" in see(jan, f"/my-needs/{need}/helper").text


def test_worklist(app: Flask) -> None:
    need = a_need(app, now=NOW - 9 * DAY)
    nadia = sign_in(app, "Nadia", "en")
    page = see(nadia, "/worklist")
    assert "Wie helpt mij?" in page.text
    people = see(nadia, f"/worklist/needs/{need}")
    assert "Fatima El Amrani" in people.text
    fatima = roads.member_id(app, "Fatima")
    assert nadia.post(f"/worklist/needs/{need}/ask").status_code == 422
    asked = nadia.post(f"/worklist/needs/{need}/ask", data={"member": str(fatima)})
    assert asked.status_code == 303
    assert "Asked in person" in see(nadia, "/worklist").text
