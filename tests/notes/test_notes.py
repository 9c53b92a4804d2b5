# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests import builders
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.audit.queries import events
from timebank.members.errors import NotPermitted
from timebank.members.policy import organisation
from timebank.notes.errors import NoteEmpty, NoteKindMissing, NoteTooLong, UnknownPerson
from timebank.notes.models import MemberNote
from timebank.notes.operations import read_notes, write_note
from timebank.notes.policy import LONGEST_NOTE, MemberNoteKind
from timebank.notes.queries import notes_for_oneself

NOTE, CONCERN = MemberNoteKind.NOTE, MemberNoteKind.CONCERN


def write(session: Session, by: str = "Nadia", about: str = "Fatima", **more: object) -> uuid.UUID:
    values: dict[str, object] = {"kind": NOTE, "words": "Likes to cook", "now": builders.NOW}
    return write_note(
        session,
        about=builders.member_of(session, about).id,
        by=builders.actor_of(session, by),
        **(values | more),  # type: ignore[arg-type]
    )


def read(session: Session, by: str, about: str = "Fatima", reason: str = "") -> list[str]:
    member = builders.member_of(session, about).id
    actor = builders.actor_of(session, by)
    rows = read_notes(session, about=member, reason=reason, by=actor, now=builders.NOW)
    return [row.words for row in rows]


def test_a_coordinator_of_the_neighbourhood_reads_notes_and_concerns(session: Session) -> None:
    write(session)
    later = builders.NOW + datetime.timedelta(minutes=1)
    write(session, kind=CONCERN, words="Seems tired\r\n\0", now=later)

    assert read(session, "Nadia") == ["Seems tired", "Likes to cook"]


@pytest.mark.policy("D13")
def test_a_member_reads_notes_about_themselves_and_no_concern(session: Session) -> None:
    write(session)
    write(session, kind=CONCERN, words="Seems tired")

    rows = notes_for_oneself(session, by=builders.actor_of(session, "Fatima"))

    assert [(row.words, row.author_name) for row in rows] == [("Likes to cook", "Nadia Benali")]


@pytest.mark.parametrize(
    ("by", "about", "refusal"),
    [
        ("Marijke", "Fatima", UnknownPerson),
        ("Nadia", "Greet", UnknownPerson),
        ("Nadia", "Nadia", UnknownPerson),
        ("Nadia", "Henk", UnknownPerson),
        ("Bart", "Fatima", NotPermitted),
        ("Jan", "Fatima", NotPermitted),
    ],
)
def test_nobody_writes_about_people_elsewhere_or_themselves(
    session: Session, by: str, about: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        write(session, by, about)


@pytest.mark.parametrize(
    ("by", "about"),
    [("Marijke", "Fatima"), ("Jan", "Fatima"), ("Nadia", "Nadia"), ("Bart", "Bart")],
)
def test_nobody_reads_notes_about_people_elsewhere_or_themselves(
    session: Session, by: str, about: str
) -> None:
    with pytest.raises(UnknownPerson):
        read(session, by, about, reason="curious")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"words": " \n\0"}, NoteEmpty),
        ({"words": "x" * (LONGEST_NOTE + 1)}, NoteTooLong),
        ({"kind": None}, NoteKindMissing),
    ],
)
def test_what_is_no_note_is_not_kept(
    session: Session, change: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        write(session, **change)

    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(MemberNote)) == 0


def test_the_organisation_writes_no_notes(session: Session) -> None:
    fatima = builders.member_of(session, "Fatima")

    with pytest.raises(NotPermitted):
        write_note(
            session,
            about=fatima.id,
            kind=NOTE,
            words="words",
            by=organisation(fatima.timebank_id),
            now=builders.NOW,
        )


def test_writing_and_reading_are_written_down(session: Session) -> None:
    note_id = write(session)
    read(session, "Nadia")
    read(session, "Bart", reason="A complaint")
    fatima = builders.member_of(session, "Fatima")

    found = events(session, timebank_id=fatima.timebank_id, about=fatima.id)

    assert sorted(event.action for event in found) == [
        "note:read",
        "note:read_for_a_reason",
        "note:write",
    ]
    assert {event.subject_id for event in found} >= {note_id}


def test_an_administrator_gives_a_reason_that_the_member_reads(app: Flask) -> None:
    bart, fatima = sign_in(app, "Bart", "en"), sign_in(app, "Fatima", "en")
    address = f"/notes/{roads.member_id(app, 'Fatima')}"
    sign_in(app, "Nadia").post(address, data={"kind": "concern", "words": "Seems tired"})

    looked = see(bart, address)
    without = Screen(bart.post(f"{address}/read", data={"reason": " "}))
    given = Screen(bart.post(f"{address}/read", data={"reason": "She phoned about it"}))

    assert "Seems tired" not in looked.text
    assert (without.status, without.summary) == (422, ["#reason"])
    assert "Seems tired" not in without.text
    assert "Seems tired" in given.text
    mine = see(fatima, "/my-data")
    assert "She phoned about it" in mine.text
    assert "Bart Verhoeven" in mine.text
    assert "Seems tired" not in mine.text


def test_what_was_typed_stays_when_a_note_is_refused(app: Flask) -> None:
    address = f"/notes/{roads.member_id(app, 'Fatima')}"

    screen = Screen(sign_in(app, "Nadia").post(address, data={"kind": "", "words": "Cooks"}))

    assert (screen.status, screen.summary) == (422, ["#kind"])
    assert screen.value("words") == "Cooks"
