# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from timebank.calls.models import CallReason, CallTask
from timebank.calls.operations import finish_call, tell_member
from timebank.categories.operations import close_category
from timebank.drafts.operations import DRAFT_LIFETIME
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.models import Person
from timebank.own_data.queries import own_data
from timebank.personal.operations import forget_due
from timebank.talents.errors import NothingNoted, TalentWordsTooLong, UnknownTalent
from timebank.talents.operations import answer_noted, keep_talents, note_talents, record_answer
from timebank.talents.policy import LONGEST_WORDS, TalentSource
from timebank.talents.queries import (
    own_talent_words,
    own_talents,
    talent_words_of,
    talents_of,
    talents_of_town,
)

NOW = builders.NOW
OFFERED = frozenset({"coffee", "groceries", "phone_call", "cooking_group"})


def keep(session: Session, *codes: str, words: str = "", by: str = "Fatima") -> None:
    actor = builders.actor_of(session, by)
    keep_talents(session, codes, words, offered=OFFERED, by=actor, now=NOW)


def note(
    session: Session,
    codes: Collection[str] = ("cooking_group",),
    *,
    about: str = "Fatima",
    by: str = "Nadia",
    said_yes: bool = False,
) -> None:
    note_talents(
        session,
        builders.member_of(session, about).id,
        codes,
        offered=OFFERED,
        said_yes=said_yes,
        by=builders.actor_of(session, by),
        now=NOW,
    )


def of_town(session: Session) -> dict[str, TalentSource]:
    timebank_id = builders.timebank_of(session).id
    fatima = builders.member_of(session, "Fatima").id
    rows = talents_of_town(session, timebank_id=timebank_id)
    return {row.category_code: row.source for row in rows if row.member_id == fatima}


def without_email(session: Session, name: str) -> uuid.UUID:
    member = builders.member_of(session, name)
    session.get_one(Person, (member.timebank_id, member.id)).email = None
    session.flush()
    return member.id


def test_ones_own_list_counts_at_once_and_can_change(session: Session) -> None:
    keep(session, "coffee", "groceries", "made_up", words=" Ik bak graag.\0 ")
    fatima = builders.actor_of(session, "Fatima")

    first, words = of_town(session), own_talent_words(session, by=fatima)
    keep(session, "groceries", "phone_call")
    keep(session, "groceries", "phone_call")

    assert first == {"coffee": TalentSource.LISTED, "groceries": TalentSource.LISTED}
    assert words == "Ik bak graag."
    assert set(of_town(session)) == {"groceries", "phone_call"}
    assert own_talent_words(session, by=fatima) == ""


def test_what_is_not_on_offer_any_more_stays(session: Session) -> None:
    keep(session, "coffee", "groceries")
    fatima = builders.actor_of(session, "Fatima")

    keep_talents(session, (), "", offered={"coffee"}, by=fatima, now=NOW)

    assert set(of_town(session)) == {"groceries"}


@pytest.mark.policy("L14")
@pytest.mark.parametrize("yes", [True, False])
def test_a_talent_that_was_noted_is_listed_after_a_yes_and_not_before(
    session: Session, yes: bool
) -> None:
    note(session)
    fatima = builders.actor_of(session, "Fatima")

    (asked,) = own_talents(session, by=fatima)
    before = of_town(session)
    for _twice in range(2):
        answer_noted(session, "cooking_group", yes=yes, by=fatima, now=NOW)

    assert (asked.noted_by_name, asked.counts, before) == ("Nadia Benali", False, {})
    assert of_town(session) == ({"cooking_group": TalentSource.TALENT_TALK} if yes else {})
    assert len(own_talents(session, by=fatima)) == yes


def test_a_yes_cannot_be_said_for_somebody_who_has_mail(session: Session) -> None:
    note(session, said_yes=True)
    fatima, nadia = (builders.actor_of(session, name) for name in ("Fatima", "Nadia"))
    assert fatima.member_id is not None

    with pytest.raises(UnknownTalent):
        record_answer(session, fatima.member_id, "cooking_group", yes=True, by=nadia, now=NOW)

    assert of_town(session) == {}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_coordinator_records_the_yes_of_somebody_without_mail(
    session: Session, at_once: bool
) -> None:
    about = without_email(session, "Fatima")
    note(session, said_yes=at_once)
    nadia = builders.actor_of(session, "Nadia")
    if not at_once:
        assert of_town(session) == {}
        record_answer(session, about, "cooking_group", yes=True, by=nadia, now=NOW)

    assert of_town(session) == {"cooking_group": TalentSource.TALENT_TALK}
    looked = own_data(session, by=builders.actor_of(session, "Fatima"))["looked_at"]
    assert {item["action"] for item in looked} == {"talent:confirm", "talent:note"}


def test_a_no_of_somebody_without_mail_leaves_nothing(session: Session) -> None:
    about = without_email(session, "Fatima")
    note(session)
    nadia = builders.actor_of(session, "Nadia")

    record_answer(session, about, "cooking_group", yes=False, by=nadia, now=NOW)

    assert talents_of(session, about, by=nadia) == []


def test_what_waits_and_is_chosen_on_ones_own_page_counts(session: Session) -> None:
    note(session, ("cooking_group", "phone_call"))

    keep(session, "cooking_group")

    assert of_town(session) == {"cooking_group": TalentSource.TALENT_TALK}
    waiting = own_talents(session, by=builders.actor_of(session, "Fatima"))
    assert [(row.category_code, row.counts) for row in waiting] == [
        ("cooking_group", True),
        ("phone_call", False),
    ]


def test_a_talk_does_not_take_back_what_stands(session: Session) -> None:
    keep(session, "coffee")

    note(session, ("coffee", "phone_call"))

    assert of_town(session) == {"coffee": TalentSource.LISTED}


@pytest.mark.parametrize("codes", [(), ("personal_care",)])
def test_a_talk_is_about_something(session: Session, codes: tuple[str, ...]) -> None:
    with pytest.raises(NothingNoted):
        note(session, codes)


@pytest.mark.parametrize(
    ("about", "by", "refusal"),
    [
        ("Greet", "Nadia", UnknownMember),
        ("Nadia", "Nadia", UnknownMember),
        ("Annelies", "Bart", UnknownMember),
        ("Henk", "Bart", UnknownMember),
        ("Fatima", "Jan", NotPermitted),
        ("Fatima", "Annelies", NotPermitted),
    ],
)
def test_a_talk_is_with_a_resident_within_reach(
    session: Session, about: str, by: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        note(session, about=about, by=by)
    member_id, actor = builders.member_of(session, about).id, builders.actor_of(session, by)
    with pytest.raises(refusal):
        record_answer(session, member_id, "coffee", yes=True, by=actor, now=NOW)


def test_who_takes_no_part_has_no_list(session: Session) -> None:
    with pytest.raises(NotPermitted):
        keep(session, "coffee", by="Annelies")
    with pytest.raises(NotPermitted):
        answer_noted(
            session, "coffee", yes=True, by=builders.actor_of(session, "Annelies"), now=NOW
        )


def test_words_that_are_too_long_are_not_kept(session: Session) -> None:
    with pytest.raises(TalentWordsTooLong):
        keep(session, "coffee", words="a" * (LONGEST_WORDS + 1))

    keep(session, "coffee", words="a" * LONGEST_WORDS)
    fatima, nadia = (builders.actor_of(session, name) for name in ("Fatima", "Nadia"))
    assert fatima.member_id is not None
    assert len(own_talent_words(session, by=fatima)) == LONGEST_WORDS
    assert talent_words_of(session, fatima.member_id, by=nadia) == "a" * LONGEST_WORDS


def test_who_left_offers_nothing_any_more(session: Session) -> None:
    keep(session, "coffee")
    builders.member_of(session, "Fatima").left_on = builders.TODAY - datetime.timedelta(days=1)
    session.flush()

    assert of_town(session) == {}


def test_the_talents_of_a_town_cost_one_statement(session: Session, engine: sa.Engine) -> None:
    for name in ("Fatima", "Jan", "Greet", "Nadia"):
        keep(session, *OFFERED, by=name)
    timebank_id = builders.timebank_of(session).id
    statements: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *about: statements.append(about[2]))

    rows = talents_of_town(session, timebank_id=timebank_id)

    assert len(statements) == 1
    assert len(rows) == 16
    keys = [(row.member_id, row.category_code) for row in rows]
    assert keys == sorted(keys, key=lambda key: (key[0].hex, key[1]))


def test_what_waits_for_a_yes_goes_as_a_draft_goes_and_what_counts_stays(session: Session) -> None:
    timebank_id = builders.timebank_of(session).id
    keep(session, "coffee")
    note(session, ["groceries", "phone_call"])
    fatima = builders.actor_of(session, "Fatima")
    answer_noted(session, "phone_call", yes=True, by=fatima, now=NOW)
    later = NOW + DRAFT_LIFETIME

    kept = forget_due(session, timebank_id=timebank_id, now=later)
    note_talents(
        session,
        builders.member_of(session, "Fatima").id,
        ["phone_call"],
        offered=OFFERED,
        said_yes=False,
        by=builders.actor_of(session, "Nadia"),
        now=later,
    )
    gone = forget_due(session, timebank_id=timebank_id, now=later + datetime.timedelta(seconds=1))

    assert (kept, gone) == ({}, {"talent": 1})
    assert set(of_town(session)) == {"coffee", "phone_call"}
    assert [row.category_code for row in own_talents(session, by=fatima)] == [
        "coffee",
        "phone_call",
    ]


def test_noted_again_it_waits_from_that_day_on(session: Session) -> None:
    note(session)
    note_talents(
        session,
        builders.member_of(session, "Fatima").id,
        ["cooking_group"],
        offered=OFFERED,
        said_yes=False,
        by=builders.actor_of(session, "Nadia"),
        now=NOW + DRAFT_LIFETIME,
    )

    timebank_id = builders.timebank_of(session).id
    later = NOW + 2 * DRAFT_LIFETIME
    assert forget_due(session, timebank_id=timebank_id, now=later) == {}


def test_ones_own_data_say_who_wrote_the_yes_down_and_when(session: Session) -> None:
    fatima = without_email(session, "Fatima")
    note(session, said_yes=True)
    actor = builders.actor_of(session, "Fatima")

    (row,) = own_data(session, by=actor)["wishes"]

    assert actor.member_id == fatima
    assert (row["confirmed_by"], row["confirmed_at"]) == ("Nadia Benali", NOW)


def test_ones_own_data_tell_the_calls_that_stand_for_a_mail(session: Session) -> None:
    jan, nadia = without_email(session, "Jan"), builders.actor_of(session, "Nadia")
    bank = builders.timebank_of(session).id
    for reason in (CallReason.JOINED, CallReason.FILLED_IN):
        tell_member(session, reason, timebank_id=bank, member_id=jan, letter=None, now=NOW)
    call = session.scalars(sa.select(CallTask).where(CallTask.reason == CallReason.JOINED)).one()
    finish_call(session, call.id, by=nadia, now=NOW)

    calls = own_data(session, by=builders.actor_of(session, "Jan"))["mails"]

    told = {(one["call"], one["called_at"], one["called_by"]) for one in calls}
    assert told == {
        (CallReason.JOINED, NOW, "Nadia Benali"),
        (CallReason.FILLED_IN, None, None),
    }


def test_what_is_not_offered_any_more_is_no_talent_of_the_town(session: Session) -> None:
    keep(session, "coffee", "groceries")

    close_category(session, timebank_id=builders.timebank_of(session).id, code="coffee")

    assert set(of_town(session)) == {"groceries"}
