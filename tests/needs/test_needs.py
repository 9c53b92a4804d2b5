# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from timebank.categories.operations import close_category
from timebank.jobs.schedule import JOBS
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.needs.errors import (
    NeedDaysImpossible,
    NeedEmpty,
    NeedEndMissing,
    NeedError,
    NeedFormUsed,
    NeedKindImpossible,
    NeedMinutesImpossible,
    NeedMoved,
    NeedSlotMissing,
    NeedTooLong,
    UnknownNeed,
)
from timebank.needs.models import Need
from timebank.needs.operations import (
    Asked,
    ask_need,
    change_need,
    choose_kind,
    end_need,
    expire_needs,
    move_need,
    sort_need,
)
from timebank.needs.policy import LONGEST_NEED
from timebank.needs.queries import (
    NeedRow,
    TownNeed,
    count_unsorted,
    need_row,
    needs_in_reach,
    open_needs,
    own_need,
    own_needs,
)
from timebank.needs.workflow import CLOSED, MOVES, NeedState, states_before
from timebank.own_data.queries import own_data
from timebank.preferences.policy import ALL_SLOTS, WEEKDAYS
from timebank.trust.operations import appoint_stand_in

NOW, DAY = builders.NOW, datetime.timedelta(days=1)
WORDS = "Wie helpt mij met de boodschappen?"
FULL = Asked(WORDS, "groceries", 90, WEEKDAYS, is_urgent=True, days=7)


def ask(
    session: Session,
    asked: Asked = FULL,
    *,
    about: str = "Fatima",
    by: str | None = None,
    key: uuid.UUID | None = None,
    now: datetime.datetime = NOW,
) -> uuid.UUID:
    need_id = key or uuid.uuid4()
    ask_need(
        session,
        need_id,
        asked,
        about=builders.member_of(session, about).id,
        by=builders.actor_of(session, by or about),
        now=now,
    )
    return need_id


def own(session: Session, need_id: uuid.UUID, name: str = "Fatima") -> NeedRow:
    return own_need(session, need_id, by=builders.actor_of(session, name), now=NOW)


def of_town(session: Session, now: datetime.datetime = NOW) -> list[TownNeed]:
    timebank_id = builders.timebank_of(session).id
    return open_needs(session, timebank_id=timebank_id, today=now.date(), now=now)


@pytest.mark.policy("D14")
def test_one_sentence_is_accepted_without_a_category(session: Session) -> None:
    need_id = ask(session, Asked(WORDS))

    row = own(session, need_id)

    assert (row.words, row.category_code, row.minutes) == (WORDS, None, None)
    assert (row.state, row.slots, row.is_urgent) == (NeedState.OPEN, ALL_SLOTS, False)
    assert row.open_until == builders.TODAY + 30 * DAY
    assert of_town(session) == [], "the matcher waits for the kind"


def test_every_answer_is_kept(session: Session) -> None:
    row = own(session, ask(session, dataclasses.replace(FULL, words=f" {WORDS}\0 ")))

    assert (row.words, row.category_code, row.minutes) == (WORDS, "groceries", 90)
    assert (row.slots, row.is_urgent) == (WEEKDAYS, True)
    assert row.open_until == builders.TODAY + 7 * DAY
    assert row.asked_by_name is None


def test_a_form_that_is_sent_twice_is_one_need_and_no_door_to_another(session: Session) -> None:
    key = ask(session)
    ask(session, key=key)

    with pytest.raises(NeedFormUsed):
        ask(session, Asked("Something else"), key=key)
    with pytest.raises(UnknownNeed):
        ask(session, about="Jan", key=key)

    assert own(session, key).words == WORDS
    assert len(own_needs(session, by=builders.actor_of(session, "Fatima"), now=NOW)) == 1


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"words": " \0 "}, NeedEmpty, "words"),
        ({"words": "a" * (LONGEST_NEED + 1)}, NeedTooLong, "words"),
        ({"minutes": 0}, NeedMinutesImpossible, "minutes"),
        ({"slots": 0}, NeedSlotMissing, "slots"),
        ({"slots": 1 << 21}, NeedSlotMissing, "slots"),
        ({"days": 365}, NeedDaysImpossible, "days"),
        ({"category_code": "made_up"}, NeedKindImpossible, "category"),
        ({"category_code": "personal_care"}, NeedKindImpossible, "category"),
    ],
)
def test_an_answer_that_cannot_be_kept_is_named(
    session: Session, changes: dict[str, object], refusal: type[NeedError], field: str
) -> None:
    asked = dataclasses.replace(FULL, **changes)  # type: ignore[arg-type]
    need_id = ask(session)

    with pytest.raises(refusal) as found:
        ask(session, asked)
    with pytest.raises(refusal):
        change_need(session, need_id, asked, by=builders.actor_of(session, "Fatima"), now=NOW)

    assert found.value.field == field
    assert own(session, need_id).words == WORDS


def test_the_owner_changes_it_and_asks_again_what_expired(session: Session) -> None:
    need_id, fatima = ask(session), builders.actor_of(session, "Fatima")
    later = NOW + 8 * DAY
    here = {"timebank_id": fatima.timebank_id, "now": later}
    on_the_last_day = expire_needs(session, today=builders.TODAY + 7 * DAY, **here)
    the_day_after = expire_needs(session, today=later.date(), **here)
    again = expire_needs(session, today=later.date(), **here)

    expired = own(session, need_id)
    change_need(session, need_id, Asked("Nog steeds"), by=fatima, now=later)

    assert (on_the_last_day, the_day_after, again) == (0, 1, 0)
    assert expired.state is NeedState.EXPIRED
    row = own(session, need_id)
    assert (row.words, row.state) == ("Nog steeds", NeedState.OPEN)
    assert row.open_until == later.date() + 30 * DAY


@pytest.mark.parametrize("state", [NeedState.FILLED, NeedState.WITHDRAWN])
def test_the_owner_ends_it_once(session: Session, state: NeedState) -> None:
    need_id, fatima = ask(session), builders.actor_of(session, "Fatima")
    other = {NeedState.FILLED, NeedState.WITHDRAWN} - {state}

    for _twice in range(2):
        end_need(session, need_id, state, by=fatima, now=NOW)

    assert own(session, need_id).state is state
    with pytest.raises(NeedMoved):
        end_need(session, need_id, other.pop(), by=fatima, now=NOW)
    with pytest.raises(NeedMoved):
        change_need(session, need_id, FULL, by=fatima, now=NOW)
    with pytest.raises(NeedEndMissing):
        end_need(session, need_id, None, by=fatima, now=NOW)


def test_what_was_promised_is_not_changed_behind_the_back_of_the_helper(session: Session) -> None:
    need_id, fatima = ask(session), builders.actor_of(session, "Fatima")
    move_need(session, need_id, NeedState.PROMISED, timebank_id=fatima.timebank_id, now=NOW)

    with pytest.raises(NeedMoved):
        change_need(session, need_id, Asked("Iets anders"), by=fatima, now=NOW)
    with pytest.raises(NeedMoved):
        move_need(session, need_id, NeedState.PROMISED, timebank_id=fatima.timebank_id, now=NOW)

    assert of_town(session) == []
    move_need(session, need_id, NeedState.OPEN, timebank_id=fatima.timebank_id, now=NOW)
    assert len(of_town(session)) == 1


@pytest.mark.parametrize("state", NeedState)
def test_every_need_can_come_to_an_end_and_an_end_is_an_end(state: NeedState) -> None:
    after = {to for before, to in MOVES if before is state}

    assert bool(after) == (state not in (NeedState.FILLED, NeedState.WITHDRAWN))
    assert state not in states_before(state)
    assert states_before(NeedState.OPEN) == {NeedState.PROMISED, NeedState.EXPIRED}
    assert set(NeedState) - {NeedState.OPEN, NeedState.PROMISED} == CLOSED


@pytest.mark.parametrize(("by", "who"), [("Nadia", "a coordinator"), ("Jan", "a stand-in")])
def test_somebody_else_asks_on_behalf_and_the_owner_reads_who(
    session: Session, by: str, who: str
) -> None:
    fatima = builders.actor_of(session, "Fatima")
    jan = builders.member_of(session, "Jan").id
    assert fatima.member_id is not None
    appoint_stand_in(session, member_id=fatima.member_id, stand_in_id=jan, by=fatima, now=NOW)

    row = own(session, ask(session, by=by))

    assert row.asked_by_name == builders.actor_of(session, by).full_name, who
    assert "need:ask" in {item["action"] for item in own_data(session, by=fatima)["looked_at"]}


@pytest.mark.parametrize(
    ("about", "by", "refusal"),
    [
        ("Greet", "Nadia", UnknownMember),
        ("Fatima", "Jan", UnknownMember),
        ("Henk", "Bart", UnknownMember),
        ("Annelies", "Annelies", NotPermitted),
    ],
)
def test_nobody_asks_for_who_is_out_of_reach(
    session: Session, about: str, by: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(session, about=about, by=by)


def test_nobody_touches_the_need_of_somebody_else(session: Session) -> None:
    need_id, jan = ask(session), builders.actor_of(session, "Jan")

    with pytest.raises(UnknownNeed):
        change_need(session, need_id, FULL, by=jan, now=NOW)
    with pytest.raises(UnknownNeed):
        choose_kind(session, need_id, "coffee", by=jan)
    with pytest.raises(UnknownNeed):
        end_need(session, need_id, NeedState.FILLED, by=jan, now=NOW)
    with pytest.raises(UnknownNeed):
        own(session, need_id, "Jan")
    for name in ("Jan", "Marijke", "Gerda", "Annelies"):
        actor = builders.actor_of(session, name)
        with pytest.raises(UnknownNeed):
            sort_need(session, need_id, category_code="coffee", deeper_words="", by=actor, now=NOW)
        with pytest.raises(UnknownNeed):
            need_row(session, need_id, by=actor, now=NOW)


def test_the_owner_chooses_a_kind_that_was_suggested(session: Session) -> None:
    need_id, fatima = ask(session, Asked(WORDS)), builders.actor_of(session, "Fatima")

    choose_kind(session, need_id, "groceries", by=fatima)

    assert own(session, need_id).category_code == "groceries"
    with pytest.raises(NeedKindImpossible):
        choose_kind(session, need_id, "debts", by=fatima)


@pytest.mark.policy("V10")
def test_a_coordinator_adds_what_it_is_really_about_and_the_first_sentence_stays(
    session: Session,
) -> None:
    need_id, nadia = ask(session, Asked(WORDS)), builders.actor_of(session, "Nadia")

    sort_need(
        session,
        need_id,
        category_code="company",
        deeper_words="Eigenlijk: gezelschap.",
        by=nadia,
        now=NOW,
    )

    for row in (need_row(session, need_id, by=nadia, now=NOW), own(session, need_id)):
        assert (row.words, row.deeper_words) == (WORDS, "Eigenlijk: gezelschap.")
        assert row.category_code == "company"
    with pytest.raises(NeedTooLong) as refusal:
        sort_need(
            session,
            need_id,
            category_code=None,
            deeper_words="a" * (LONGEST_NEED + 1),
            by=nadia,
            now=NOW,
        )
    assert refusal.value.field == "deeper_words"


def test_nobody_sorts_their_own_need_but_may_end_that_of_others(session: Session) -> None:
    own_of_nadia, nadia = ask(session, about="Nadia"), builders.actor_of(session, "Nadia")
    need_id = ask(session)

    with pytest.raises(UnknownNeed):
        sort_need(session, own_of_nadia, category_code="coffee", deeper_words="", by=nadia, now=NOW)
    end_need(session, need_id, NeedState.WITHDRAWN, by=nadia, now=NOW)

    assert own(session, need_id).state is NeedState.WITHDRAWN
    with pytest.raises(NeedMoved):
        sort_need(session, need_id, category_code="coffee", deeper_words="", by=nadia, now=NOW)


def test_a_coordinator_sees_those_of_the_neighbourhood_without_a_kind_first(
    session: Session,
) -> None:
    old = ask(session, dataclasses.replace(FULL, is_urgent=False), now=NOW - 3 * DAY)
    urgent = ask(session, now=NOW - DAY)
    unsorted = ask(session, Asked(WORDS), about="Jan")
    elsewhere = ask(session, about="Greet")
    ask(session, about="Nadia")
    ended, fatima = ask(session), builders.actor_of(session, "Fatima")
    end_need(session, ended, NeedState.FILLED, by=fatima, now=NOW)
    nadia, bart = (builders.actor_of(session, name) for name in ("Nadia", "Bart"))

    rows = needs_in_reach(session, by=nadia, now=NOW)

    assert [row.need_id for row in rows] == [unsorted, urgent, old]
    assert [row.days for row in rows] == [0, 1, 3]
    assert len(needs_in_reach(session, by=nadia, now=NOW, limit=2)) == 2
    assert elsewhere in [row.need_id for row in needs_in_reach(session, by=bart, now=NOW)]
    assert count_unsorted(session, by=nadia) == (1, NOW)
    with pytest.raises(NotPermitted):
        needs_in_reach(session, by=builders.actor_of(session, "Jan"), now=NOW)


def test_the_open_needs_of_a_town_in_the_units_of_the_matcher(
    session: Session, engine: sa.Engine
) -> None:
    first = ask(session, dataclasses.replace(FULL, minutes=None), now=NOW - 36 * DAY / 24)
    second = ask(session, about="Greet")
    timebank_id = builders.timebank_of(session).id
    statements: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *about: statements.append(about[2]))

    rows = open_needs(session, timebank_id=timebank_id, today=builders.TODAY, now=NOW)

    assert len(statements) == 1
    assert [row.need_id for row in rows] == [first, second]
    assert rows[0] == TownNeed(
        need_id=first,
        member_id=builders.member_of(session, "Fatima").id,
        category_code="groceries",
        minutes=60,
        slots=WEEKDAYS,
        waiting_days=1.5,
        is_urgent=True,
    )
    assert len(of_town(session, NOW + 5 * DAY)) == 2
    assert of_town(session, NOW + 8 * DAY) == []
    close_category(session, timebank_id=timebank_id, code="groceries")
    assert of_town(session, NOW) == []


def test_what_is_over_stands_below_and_the_list_is_bounded(session: Session) -> None:
    fatima = builders.actor_of(session, "Fatima")
    ended = ask(session, now=NOW + DAY)
    end_need(session, ended, NeedState.FILLED, by=fatima, now=NOW)
    older, newer = ask(session, now=NOW - DAY), ask(session)

    rows = own_needs(session, by=fatima, now=NOW)

    assert [row.need_id for row in rows] == [newer, older, ended]


def test_no_open_need_is_closed_and_no_closed_one_is_open(session: Session) -> None:
    need_id = ask(session)

    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.update(Need).where(Need.id == need_id).values(closed_at=NOW))


def test_a_job_lets_them_expire() -> None:
    assert "expire-needs" in {job.name for job in JOBS}
