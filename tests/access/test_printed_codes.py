# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import re
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.approvals.at_once import at_once
from tests.builders import NOW, TODAY, actor_of, member_of, timebank_of
from timebank.access.errors import CodeNotValid
from timebank.access.operations import issue_code, redeem_code, revoke_everything
from timebank.access.policy import CODE_LIFETIME
from timebank.audit.queries import events
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.rates.errors import TooOften
from timebank.sessions.operations import open_session
from timebank.sessions.policy import OWN_DEVICE
from timebank.sessions.queries import signed_in

INSTANT = datetime.timedelta(microseconds=1)


def printed(session: Session, name: str = "Jan", by: str = "Nadia") -> str:
    actor = actor_of(session, by)
    return issue_code(
        session,
        timebank_id=actor.timebank_id,
        member_id=member_of(session, name).id,
        by=actor,
        now=NOW,
    )


def redeemed(
    session: Session, code: str, now: datetime.datetime = NOW, place: str = "here"
) -> uuid.UUID:
    bank = timebank_of(session).id
    return redeem_code(session, timebank_id=bank, code=code, place=place, now=now)


def test_a_code_is_eight_signs_in_two_groups_without_look_alikes(session: Session) -> None:
    codes = [printed(session) for _ in range(50)]

    assert all(re.fullmatch(r"[2-79ACDEFGHJKMNPQRTUVWXY]{4}-\w{4}", code) for code in codes)
    assert not set("".join(codes)) & set("0O1IL8BSZ")
    assert len(set(codes)) == 50


@pytest.mark.parametrize(
    "change", [str, str.lower, lambda c: c.replace("-", " "), lambda c: f" {c}"]
)
def test_a_code_signs_in_however_it_is_typed(session: Session, change: object) -> None:
    code = printed(session)

    assert redeemed(session, change(code)) == member_of(session, "Jan").id  # type: ignore[operator]


def test_a_code_works_once(session: Session) -> None:
    code = printed(session)
    redeemed(session, code)

    with pytest.raises(CodeNotValid):
        redeemed(session, code)


def test_a_new_code_ends_the_older_one(session: Session) -> None:
    old, new = printed(session), printed(session)

    with pytest.raises(CodeNotValid):
        redeemed(session, old)
    assert redeemed(session, new)


def test_a_code_works_for_thirty_days(session: Session) -> None:
    code = printed(session)

    with pytest.raises(CodeNotValid):
        redeemed(session, code, NOW + CODE_LIFETIME)
    assert redeemed(session, code, NOW + CODE_LIFETIME - INSTANT)


@pytest.mark.parametrize("typed", ["", "K7QN-4MXP", "é", "x" * 10_000, "\0"])
def test_what_was_never_printed_opens_nothing(session: Session, typed: str) -> None:
    printed(session)

    with pytest.raises(CodeNotValid):
        redeemed(session, typed)


def test_guessing_from_one_place_ends_after_sixty_tries(session: Session) -> None:
    code = printed(session)
    for number in range(60):
        with pytest.raises(CodeNotValid):
            redeemed(session, f"GUESS{number}")

    with pytest.raises(TooOften):
        redeemed(session, code)
    assert redeemed(session, code, place="elsewhere")


def test_guessing_from_everywhere_ends_after_five_hundred_tries(session: Session) -> None:
    for number in range(500):
        with pytest.raises(CodeNotValid):
            redeemed(session, f"GUESS{number}", place=f"place {number}")

    with pytest.raises(TooOften):
        redeemed(session, "GUESS", place="one more")


@pytest.mark.parametrize("by", ["Fatima", "Annelies", "Marijke"])
def test_only_who_coordinates_there_prints_a_code(session: Session, by: str) -> None:
    with pytest.raises(NotPermitted):
        printed(session, "Jan", by)


@pytest.mark.parametrize("name", ["Bart", "Nadia"])
def test_a_letter_for_who_sees_other_peoples_data_takes_an_administrator(
    session: Session, name: str
) -> None:
    with pytest.raises(NotPermitted):
        printed(session, name, by="Nadia")

    assert redeemed(session, printed(session, name, by="Bart")) == member_of(session, name).id


def test_nobody_prints_a_code_for_another_timebank(session: Session) -> None:
    gerda, jan = actor_of(session, "Gerda"), member_of(session, "Jan")

    for bank in (gerda.timebank_id, jan.timebank_id):
        with pytest.raises(UnknownMember):
            issue_code(session, timebank_id=bank, member_id=jan.id, by=gerda, now=NOW)


def test_who_left_gets_no_code(session: Session) -> None:
    member_of(session, "Jan").left_on = TODAY
    session.flush()

    with pytest.raises(UnknownMember):
        printed(session)


def test_printing_a_code_is_written_down(session: Session) -> None:
    printed(session)

    jan, nadia = member_of(session, "Jan"), member_of(session, "Nadia")
    (event,) = events(session, timebank_id=jan.timebank_id, about=jan.id)
    assert (event.action, event.by_member_id) == ("code:print", nadia.id)


def test_of_16_who_type_one_code_at_once_exactly_one_gets_in(
    session: Session, engine: sa.Engine
) -> None:
    code, jan = printed(session), member_of(session, "Jan").id
    session.commit()

    answers = at_once(engine, *[lambda own: redeemed(own, code)] * 16)

    assert [answer for answer in answers if answer == jan] == [jan]
    assert {type(answer) for answer in answers if answer != jan} == {CodeNotValid}


def test_revoking_everything_ends_sessions_and_codes(session: Session) -> None:
    code, jan = printed(session), member_of(session, "Jan")
    who = {"timebank_id": jan.timebank_id, "member_id": jan.id, "now": NOW}
    key = open_session(session, **who, terms=OWN_DEVICE, device="")  # type: ignore[arg-type]

    assert revoke_everything(session, **who) == 1  # type: ignore[arg-type]

    with pytest.raises(CodeNotValid):
        redeemed(session, code)
    where = {"timebank_id": jan.timebank_id, "secret": key, "now": NOW, "today": TODAY}
    assert signed_in(session, **where) is None  # type: ignore[arg-type]
