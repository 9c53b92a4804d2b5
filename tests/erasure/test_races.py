# SPDX-License-Identifier: EUPL-1.2
"""Who writes about somebody waits for their erasure, and then finds nobody (PostgreSQL)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger import Base
from tests import builders
from timebank.checks.operations import keep_check
from timebank.checks.policy import Qualification
from timebank.erasure.operations import erase_member
from timebank.needs.operations import Asked, ask_need
from timebank.notes.operations import write_note
from timebank.notes.policy import MemberNoteKind
from timebank.preferences.operations import avoid, keep_preferences
from timebank.preferences.policy import Preferences
from timebank.referrals.operations import ask_referral
from timebank.talents.operations import keep_talents, note_talents
from timebank.trust.operations import appoint_stand_in

NOW, TODAY = builders.NOW, builders.TODAY
OFFERED = frozenset({"coffee"})


def _ids(session: Session) -> dict[str, uuid.UUID]:
    return {name: builders.member_of(session, name).id for name in ("Fatima", "Jan", "Nadia")}


def _need(session: Session) -> Callable[[], object]:
    jan = builders.actor_of(session, "Jan")
    assert jan.member_id is not None
    return lambda: ask_need(
        session, uuid.uuid4(), Asked("Een lift"), about=_known(jan.member_id), by=jan, now=NOW
    )


def _known(member_id: uuid.UUID | None) -> uuid.UUID:
    assert member_id is not None
    return member_id


def _own_talent(session: Session) -> Callable[[], object]:
    jan = builders.actor_of(session, "Jan")
    return lambda: keep_talents(session, OFFERED, "Ik bak", offered=OFFERED, by=jan, now=NOW)


def _noted_talent(session: Session) -> Callable[[], object]:
    about, nadia = _ids(session)["Jan"], builders.actor_of(session, "Nadia")
    return lambda: note_talents(
        session, about, OFFERED, offered=OFFERED, said_yes=False, by=nadia, now=NOW
    )


def _preference(session: Session) -> Callable[[], object]:
    jan = builders.actor_of(session, "Jan")
    return lambda: keep_preferences(session, Preferences(), by=jan, now=NOW)


def _avoidance(session: Session) -> Callable[[], object]:
    other, fatima = _ids(session)["Jan"], builders.actor_of(session, "Fatima")
    return lambda: avoid(session, other, by=fatima, now=NOW)


def _stand_in(session: Session) -> Callable[[], object]:
    ids, fatima = _ids(session), builders.actor_of(session, "Fatima")
    return lambda: appoint_stand_in(
        session, member_id=ids["Fatima"], stand_in_id=ids["Jan"], by=fatima, now=NOW
    )


def _note(session: Session) -> Callable[[], object]:
    about, nadia = _ids(session)["Jan"], builders.actor_of(session, "Nadia")
    return lambda: write_note(
        session, about=about, kind=MemberNoteKind.NOTE, words="Woorden", by=nadia, now=NOW
    )


def _referral(session: Session) -> Callable[[], object]:
    jan = builders.actor_of(session, "Jan")
    return lambda: ask_referral(session, uuid.uuid4(), about=_known(jan.member_id), by=jan, now=NOW)


def _check(session: Session) -> Callable[[], object]:
    about, nadia = _ids(session)["Jan"], builders.actor_of(session, "Nadia")
    return lambda: keep_check(session, about, Qualification.TALK, TODAY, by=nadia, now=NOW)


WRITES = {
    "need": (_need, ("need",)),
    "own talent": (_own_talent, ("talent", "talent_words")),
    "noted talent": (_noted_talent, ("talent",)),
    "preference": (_preference, ("match_preference", "muted_category")),
    "avoidance": (_avoidance, ("avoidance",)),
    "stand-in": (_stand_in, ("stand_in",)),
    "note": (_note, ("member_note",)),
    "referral": (_referral, ("referral",)),
    "check": (_check, ("member_check",)),
}


def test_nothing_is_written_about_who_is_just_being_erased(on_postgresql: sa.Engine) -> None:
    refused: dict[str, Exception] = {}
    read = threading.Barrier(len(WRITES) + 1)
    go = threading.Barrier(len(WRITES) + 1)

    def write(what: str) -> None:
        with Session(on_postgresql) as own:
            do = WRITES[what][0](own)
            read.wait(20)
            go.wait(20)
            try:
                do()
                own.commit()
            except Exception as refusal:
                refused[what] = refusal

    rivals = [threading.Thread(target=write, args=(what,)) for what in WRITES]
    for rival in rivals:
        rival.start()
    with Session(on_postgresql) as session:
        jan = builders.actor_of(session, "Jan")
        read.wait(20)
        erase_member(session, _known(jan.member_id), by=jan, now=NOW)
        go.wait(20)
        for rival in rivals:
            rival.join(0.1)
        waited = [rival.is_alive() for rival in rivals]
        session.commit()
        for rival in rivals:
            rival.join(20)

        assert all(waited)
        assert {name: type(one).__name__ for name, one in refused.items()} == {
            "need": "UnknownMember",
            "own talent": "NotPermitted",
            "noted talent": "UnknownMember",
            "preference": "NotPermitted",
            "avoidance": "CannotAvoid",
            "stand-in": "UnknownMember",
            "note": "UnknownPerson",
            "referral": "UnknownMember",
            "check": "UnknownMember",
        }
        left = {
            table: session.scalar(
                sa.select(sa.func.count()).select_from(Base.metadata.tables[table])
            )
            for _, tables in WRITES.values()
            for table in tables
        }
        assert left == dict.fromkeys(left, 0)
