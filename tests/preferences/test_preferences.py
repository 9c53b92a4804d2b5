# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from timebank.audit.models import AuditEvent
from timebank.corrections.operations import pause
from timebank.erasure.operations import erase_member
from timebank.members.errors import NotPermitted
from timebank.own_data.queries import own_data
from timebank.preferences.errors import (
    CannotAvoid,
    CapacityMissing,
    PreferenceError,
    ReachMissing,
    SlotMissing,
)
from timebank.preferences.operations import avoid, keep_preferences, stop_avoiding
from timebank.preferences.policy import (
    ALL_SLOTS,
    SAID_NOTHING,
    WEEKDAYS,
    Preferences,
    numbers_of,
    slots_of,
)
from timebank.preferences.queries import (
    TownPreferences,
    avoids_of_town,
    own_avoided,
    own_preferences,
    preferences_of_town,
)

NOW = builders.NOW
WISH = Preferences(WEEKDAYS, 750, 240, frozenset({"groceries", "local_lift"}))


def keep(session: Session, wish: Preferences = WISH, by: str = "Fatima") -> None:
    keep_preferences(session, wish, by=builders.actor_of(session, by), now=NOW)


def of_town(session: Session, name: str = "Fatima") -> TownPreferences:
    member_id = builders.member_of(session, name).id
    timebank_id = builders.timebank_of(session).id
    rows = preferences_of_town(session, timebank_id=timebank_id, today=builders.TODAY)
    return {row.member_id: row for row in rows}[member_id]


def test_half_days_are_bits_from_monday_morning_to_sunday_evening() -> None:
    assert slots_of([0]) == 1
    assert slots_of([20]) == 1 << 20
    assert slots_of([20, 20, -1, 21, 500]) == 1 << 20
    assert slots_of(range(21)) == ALL_SLOTS == 2**21 - 1
    assert numbers_of(slots_of([19, 3, 7])) == (3, 7, 19)
    assert numbers_of(WEEKDAYS) == (0, 1, 3, 4, 6, 7, 9, 10, 12, 13)


def test_who_said_nothing_can_be_asked_at_any_time_and_near(session: Session) -> None:
    found = own_preferences(session, by=builders.actor_of(session, "Fatima"))

    assert found == SAID_NOTHING == of_town(session).preferences
    assert (found.slots, found.reach_metres, found.capacity_minutes) == (ALL_SLOTS, 1500, 120)
    assert own_data(session, by=builders.actor_of(session, "Fatima"))["wishes"] == []


def test_answers_are_kept_and_replaced_as_a_whole(session: Session) -> None:
    keep(session)
    first = of_town(session)
    keep(session, dataclasses.replace(WISH, muted=frozenset({"coffee"}), capacity_minutes=60))

    assert first.preferences == WISH
    assert of_town(session).preferences.muted == {"coffee"}
    assert of_town(session).preferences.capacity_minutes == 60
    assert of_town(session, "Jan").preferences == SAID_NOTHING


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"slots": 0}, SlotMissing),
        ({"slots": 1 << 21}, SlotMissing),
        ({"reach_metres": 1}, ReachMissing),
        ({"capacity_minutes": 0}, CapacityMissing),
    ],
)
def test_an_answer_that_is_not_on_the_page_is_refused(
    session: Session, changes: dict[str, int], refusal: type[PreferenceError]
) -> None:
    with pytest.raises(refusal):
        keep(session, dataclasses.replace(WISH, **changes))


def test_a_pause_is_the_one_that_members_have_already(session: Session) -> None:
    tomorrow = builders.TODAY + datetime.timedelta(days=1)
    fatima = builders.actor_of(session, "Fatima")
    assert not of_town(session).paused

    pause(session, until=tomorrow, by=fatima, now=NOW)

    timebank_id = builders.timebank_of(session).id
    later = tomorrow + datetime.timedelta(days=1)
    assert of_town(session).paused
    assert not any(
        one.paused for one in preferences_of_town(session, timebank_id=timebank_id, today=later)
    )


def test_the_preferences_of_a_town_cost_one_statement(session: Session, engine: sa.Engine) -> None:
    for name in ("Fatima", "Jan", "Greet"):
        keep(session, by=name)
    timebank_id = builders.timebank_of(session).id
    statements: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *about: statements.append(about[2]))

    rows = preferences_of_town(session, timebank_id=timebank_id, today=builders.TODAY)

    assert len(statements) == 1
    assert len(rows) == 6, "everybody who takes part, once; a reader of the municipality does not"
    assert sum(row.preferences == WISH for row in rows) == 3


def test_whom_somebody_avoids_is_a_pair_without_a_direction(session: Session) -> None:
    fatima, jan = (builders.actor_of(session, name) for name in ("Fatima", "Jan"))
    assert fatima.member_id is not None
    assert jan.member_id is not None
    timebank_id = fatima.timebank_id
    pair = tuple(sorted((fatima.member_id, jan.member_id)))

    for _twice in range(2):
        avoid(session, jan.member_id, by=fatima, now=NOW)
    one_way = avoids_of_town(session, timebank_id=timebank_id)
    avoid(session, fatima.member_id, by=jan, now=NOW)
    both_ways = avoids_of_town(session, timebank_id=timebank_id)
    stop_avoiding(session, jan.member_id, by=fatima)

    assert one_way == both_ways == [pair]
    assert avoids_of_town(session, timebank_id=timebank_id) == [pair], "Jan still says it"


def test_only_who_said_it_reads_it_and_takes_it_back(session: Session) -> None:
    fatima, jan = (builders.actor_of(session, name) for name in ("Fatima", "Jan"))
    assert fatima.member_id is not None
    assert jan.member_id is not None
    avoid(session, jan.member_id, by=fatima, now=NOW)

    stop_avoiding(session, fatima.member_id, by=jan)
    stop_avoiding(session, jan.member_id, by=jan)

    assert [one.full_name for one in own_avoided(session, by=fatima)] == ["Jan van den Berg"]
    assert own_avoided(session, by=jan) == []
    kept = own_data(session, by=fatima)["wishes"][0]["avoided"]
    assert kept == [{"name": "Jan van den Berg", "said_at": NOW}]
    assert own_data(session, by=jan)["wishes"] == []
    assert "Fatima" not in str(own_data(session, by=jan))
    assert session.scalars(sa.select(AuditEvent)).all() == [], "the other may read the audit"


@pytest.mark.parametrize("name", ["Fatima", "Henk"])
def test_nobody_avoids_themselves_or_somebody_elsewhere(session: Session, name: str) -> None:
    with pytest.raises(CannotAvoid):
        avoid(
            session,
            builders.member_of(session, name).id,
            by=builders.actor_of(session, "Fatima"),
            now=NOW,
        )


def test_who_takes_no_part_has_no_preferences(session: Session) -> None:
    annelies, jan = (builders.actor_of(session, name) for name in ("Annelies", "Jan"))
    assert jan.member_id is not None

    with pytest.raises(NotPermitted):
        keep(session, by="Annelies")
    with pytest.raises(NotPermitted):
        avoid(session, jan.member_id, by=annelies, now=NOW)
    with pytest.raises(NotPermitted):
        stop_avoiding(session, jan.member_id, by=annelies)


@pytest.mark.parametrize("leaver", ["Fatima", "Jan"])
def test_an_erasure_of_either_takes_it_along(session: Session, leaver: str) -> None:
    fatima, jan, bart = (builders.actor_of(session, name) for name in ("Fatima", "Jan", "Bart"))
    assert jan.member_id is not None
    avoid(session, jan.member_id, by=fatima, now=NOW)

    erase_member(session, builders.member_of(session, leaver).id, by=bart, now=NOW)

    assert avoids_of_town(session, timebank_id=bart.timebank_id) == []


def test_who_left_today_is_of_the_town_no_more(session: Session) -> None:
    jan = builders.actor_of(session, "Jan")
    assert jan.member_id is not None
    timebank_id = builders.timebank_of(session).id
    erase_member(session, jan.member_id, by=jan, now=NOW)

    rows = preferences_of_town(session, timebank_id=timebank_id, today=builders.TODAY)

    assert jan.member_id not in {row.member_id for row in rows}
