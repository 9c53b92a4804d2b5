# SPDX-License-Identifier: EUPL-1.2
"""A coordinator writes down when and how somebody without e-mail wants to help."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import builders
from tests.suggestions import making
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.audit.models import AuditEvent
from timebank.corrections.operations import come_back_for, pause_for
from timebank.extensions import db
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.models import MemberPause
from timebank.preferences.models import MatchPreference, MutedCategory
from timebank.preferences.operations import keep_preferences_for
from timebank.preferences.policy import Preferences
from timebank.preferences.queries import preferences_of

SENT = {"when": "own", "slot": ["0", "4"], "reach": "750", "capacity": "240", "muted": ["coffee"]}


def without_email(app: Flask, name: str) -> uuid.UUID:
    with app.app_context():
        making.without_email(db.session, name)
        db.session.commit()
    return roads.member_id(app, name)


def test_what_somebody_told_is_kept_and_stands_among_their_own_data(app: Flask) -> None:
    jan = sign_in(app, "Jan", "en")
    nadia, who = sign_in(app, "Nadia", "en"), without_email(app, "Jan")
    address = f"/people/{who}/times"
    assert address in see(nadia, f"/people/{who}").links

    saved = nadia.post(address, data=SENT)
    refused = Screen(nadia.post(address, data=SENT | {"slot": [], "reach": "10000"}))
    invented = Screen(nadia.post(address, data=SENT | {"reach": "9" * 400, "capacity": "-1"}))

    assert saved.status_code == 303
    assert (refused.status, refused.summary) == (422, ["#slots"])
    assert refused.checked("reach") == "10000"
    assert (invented.status, invented.summary) == (422, ["#reach"])
    page = see(nadia, address)
    assert [page.checked(name) for name in ("when", "reach", "capacity")] == ["own", "750", "240"]
    own = see(jan, "/my-data").text
    assert "Nadia Benali: Wrote down when and how this person wants to help" in own
    assert "Ten minutes on foot" in own


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"when": "x"}, "when"),
        ({"when": ""}, "when"),
        ({"muted": ["coffee", "x"]}, "muted"),
        ({"slot": ["0", "21"]}, "slots"),
        ({"slot": ["0", "x"]}, "slots"),
    ],
)
def test_an_answer_that_is_none_of_the_list_is_told_at_its_question(
    app: Flask, changed: dict[str, object], field: str
) -> None:
    jan, nadia, who = sign_in(app, "Jan"), sign_in(app, "Nadia"), without_email(app, "Jan")

    for person, address in ((jan, "/my-times"), (nadia, f"/people/{who}/times")):
        page = Screen(person.post(address, data=SENT | changed))
        assert (page.status, page.summary) == (422, [f"#{field}"])
        assert field in page.ids
        assert page.of_class("utrecht-form-field-error-message")
        assert [page.checked(name) for name in ("reach", "capacity")] == ["750", "240"]
        assert page.checked("when") == (None if field == "when" else "own")
        ticked = [one["value"] for one in page.all("input", type="checkbox") if "checked" in one]
        assert "coffee" in ticked
        assert field == "when" or "0" in ticked
    with app.app_context():
        assert db.session.scalars(sa.select(MatchPreference)).all() == []


def test_a_pause_begins_and_ends(app: Flask) -> None:
    nadia, who = sign_in(app, "Nadia", "en"), without_email(app, "Jan")
    address = f"/people/{who}/times"

    unsaid = Screen(nadia.post(f"{address}/pause"))
    begun = [nadia.post(f"{address}/pause", data={"until": "2"}) for _twice in range(2)]
    pausing = see(nadia, address)
    ended = [nadia.post(f"{address}/come-back") for _twice in range(2)]

    assert (unsaid.status, unsaid.summary) == (422, ["#until"])
    assert {one.status_code for one in begun + ended} == {303}
    assert "Jan pauses until" in pausing.text
    with app.app_context():
        assert db.session.scalars(sa.select(MemberPause)).all() == []
        about = sa.select(AuditEvent).where(AuditEvent.about_member_id == who)
        done = [one for one in db.session.scalars(about) if one.action != "member:open"]
        writer = builders.member_of(db.session, "Nadia").id
    assert sorted(one.action for one in done) == [
        "member:come_back",
        "member:pause",
        "member:pause",
    ]
    assert {one.by_member_id for one in done} == {writer}


def test_a_talent_that_is_liked_no_more_goes(app: Flask) -> None:
    nadia, who = sign_in(app, "Nadia", "en"), without_email(app, "Jan")
    nadia.post(f"/people/{who}/talk", data={"kind": ["coffee"], "said_yes": "yes"})
    form = see(nadia, f"/people/{who}/talk").form("/talk/coffee/end")

    ended = [nadia.post(form["action"]) for _twice in range(2)]

    assert [one.status_code for one in ended] == [303, 303]
    again = see(nadia, f"/people/{who}/talk")
    assert "/talk/coffee/end" not in again.text
    with app.app_context():
        actions = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert actions.count("talent:take_back") == 1


@pytest.mark.parametrize("name", ["Jan", "Greet", "Fatima", "Henk", "Nadia"])
def test_nobody_is_written_for_who_can_do_it_or_lives_elsewhere(app: Flask, name: str) -> None:
    """Jan has e-mail, Greet lives elsewhere, Fatima is the neighbour who tries, Henk is of another
    timebank, Nadia is the coordinator herself.
    """
    if name not in ("Jan", "Fatima"):
        without_email(app, name)
    tries = "Fatima" if name == "Fatima" else "Nadia"
    if tries == "Fatima":
        without_email(app, "Jan")
    with app.app_context():
        session = db.session
        by = builders.actor_of(session, tries)
        about = builders.member_of(session, "Jan" if tries == "Fatima" else name).id
        for attempt in (
            lambda: keep_preferences_for(session, about, Preferences(), by=by, now=builders.NOW),
            lambda: preferences_of(session, about, by=by),
            lambda: pause_for(session, about, until=None, by=by, now=builders.NOW),
            lambda: come_back_for(session, about, by=by, now=builders.NOW),
        ):
            with pytest.raises((UnknownMember, NotPermitted)):
                attempt()
        kept = [
            session.scalar(sa.select(sa.func.count()).select_from(kind))
            for kind in (MatchPreference, MutedCategory, MemberPause)
        ]
    assert kept == [0, 0, 0]
