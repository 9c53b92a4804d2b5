# SPDX-License-Identifier: EUPL-1.2
"""A GET never writes: every page and its head, by everyone, and no row of any table differs."""

from __future__ import annotations

import uuid

from flask import Flask

from tests import builders
from tests.suggestions.making import without_email
from tests.web import roads
from tests.web.roads import form_address, sign_in, visitor
from timebank.extensions import db


def test_reading_every_page_and_its_head_changes_no_row(app: Flask) -> None:
    names = ("Fatima", "Nadia", "Annelies", "Bart")
    fatima, nadia, annelies, bart = (sign_in(app, name) for name in names)
    approved, waiting = roads.log_help(fatima), roads.log_help(fatima, note={"note": "tea"})
    nadia.post(f"/desk/{approved}/approve")
    key = roads.fill_in(fatima, category={"category": "coffee"})
    visitor(app).post("/sign-in", data={"timebank": "leiden", "email": "jan@example.org"})
    need_id = uuid.uuid4()
    fatima.post("/my-needs", data={"words": "My lawn", "key": str(need_id)})
    digest = roads.digest_of_all_tables(app)
    steps = (*roads.QUESTIONS, "check", "refer")
    addresses = [
        "/",
        "/health",
        "/sign-in",
        "/sign-in/code",
        "/sign-in/letter",
        "/sign-in/oidc/back?state=x&code=x",
        "/second-step",
        "/second-step/new",
        "/my-devices",
        "/colleagues",
        "/colleagues/00000000-0000-0000-0000-000000000001/reset",
        roads.mailed_link(app),
        "/exchanges/new/gave",
        "/exchanges/new/received",
        *(form_address("gave", key, step) for step in steps),
        f"/exchanges/{approved}",
        f"/exchanges/{waiting}",
        "/desk",
        "/service-worker/nl.js",
        "/offline/nl",
        "/exchanges/queued/known",
        "/my-hours",
        "/my-hours?before=1",
        "/my-data",
        "/my-data.json",
        "/my-data/details",
        "/my-data/pause",
        "/my-data/leave",
        "/my-data/come-back",
        "/left",
        "/address/leiden/unknown",
        "/audit",
        f"/notes/{roads.member_id(app, 'Jan')}",
        f"/notes/{roads.member_id(app, 'Jan')}/read",
        f"/erase/{roads.member_id(app, 'Jan')}",
        "/neighbourhoods",
        "/neighbourhoods?quarter=2025-4",
        "/staff-hours",
        "/staff-hours?quarter=2025-4",
        "/timebanks/leiden",
        "/theme.css",
        "/people",
        "/people/new",
        f"/people/{roads.member_id(app, 'Jan')}/letter",
        f"/people/{roads.member_id(app, 'Jan')}/roles",
        "/my-talents",
        "/my-talents/coffee/yes",
        "/my-times",
        "/my-times/avoid",
        "/my-needs",
        "/my-needs/new",
        "/my-needs/suggestions",
        f"/my-needs/{need_id}",
        f"/my-needs/{need_id}/change",
        f"/needs/{need_id}/end",
        "/needs",
        "/kinds",
        "/my-helpers",
        "/my-people",
        "/join/leiden",
        "/paper",
        "/paper/stack",
        "/paper/stack/day",
        "/paper/sheets/1000",
        "/slip/1000B",
        f"/exchanges/{waiting}/withdraw",
        f"/desk/{waiting}/approve",
        f"/desk/{waiting}/reject?reason=wrong_person",
        "/sign-out",
        "/language?language=en",
    ]

    for browser in (visitor(app), fatima, nadia, annelies, bart):
        for address in addresses:
            for method in ("GET", "HEAD"):
                assert browser.open(address, method=method).status_code < 500, address

    assert roads.digest_of_all_tables(app) == digest


def test_opening_a_person_writes_down_who_looked_and_nothing_else(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")
    need_id = uuid.uuid4()
    sign_in(app, "Jan").post("/my-needs", data={"words": "My lawn", "key": str(need_id)})
    with app.app_context():
        builders.a_member(db.session, builders.timebank_of(db.session), "Riet")
        without_email(db.session, "Riet")
        db.session.commit()
    quiet = roads.member_id(app, "Riet")
    pages = [f"/people/{jan}", f"/people/{jan}/talk", f"/people/{jan}/need", f"/needs/{need_id}"]
    pages.append(f"/people/{quiet}/times")
    before = roads.row_counts(app)

    for page in pages:
        assert nadia.get(page).status_code == 200

    after = roads.row_counts(app)
    assert after.pop("audit_event") == before.pop("audit_event") + len(pages)
    assert after == before
