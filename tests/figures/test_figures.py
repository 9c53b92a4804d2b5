# SPDX-License-Identifier: EUPL-1.2
"""Balances, flows and indicators on books that are written out."""

from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.appointments.making import agreed
from tests.builders import (
    SLAAGHWIJK,
    ZIJLWIJK,
    a_member,
    actor_of,
    member_of,
    timebank_of,
)
from tests.conftest import ROOT
from tests.figures.booking import PRESENT, PRESENT_DAY, book, bring_along, people, undo
from tests.rollups.test_rolling_up import rolled
from tests.suggestions.making import looks_for
from timebank.activities.models import GroupActivity
from timebank.appointments.models import Appointment
from timebank.appointments.workflow import AppointmentState
from timebank.figures.behind import Which, lines_behind
from timebank.figures.errors import UnknownPlace
from timebank.figures.indicators import quarter_report
from timebank.figures.places import ground_of, own_places, spot_called, spots_of
from timebank.figures.policy import (
    CATALOGUE,
    INDICATORS,
    FigureKey,
    Level,
    QuarterReport,
    concentration,
    median_of,
    percent,
)
from timebank.figures.queries import ELSEWHERE, area_balances, flow_matrix, quarter_figures
from timebank.members.errors import NotPermitted
from timebank.members.policy import organisation
from timebank.needs.models import Need
from timebank.needs.workflow import NeedState
from timebank.pot.models import POT_CODE
from timebank.referrals.models import Referral
from timebank.referrals.policy import ReferralOutcome
from timebank.rollups.operations import roll_up
from timebank.service_areas.errors import NameImpossible, NotTakingPart
from timebank.service_areas.operations import group_neighbourhoods
from timebank.statements.policy import quarter_of
from timebank.web.figure_words import MEANINGS, NAMES

DAY = datetime.timedelta(days=1)
QUARTER = quarter_of(PRESENT_DAY)
BOTH = [SLAAGHWIJK, ZIJLWIJK]


def report(session: Session, *codes: str) -> QuarterReport:
    ground = ground_of(session, timebank_id=timebank_of(session).id)
    return quarter_report(session, ground, quarter=QUARTER, codes=list(codes) or BOTH)


def value(session: Session, key: FigureKey, *codes: str) -> int | None:
    return report(session, *codes).values[key]


def test_every_figure_has_its_words_once_and_a_row_of_the_policy() -> None:
    policy = (ROOT / "docs" / "policy.md").read_text("utf-8")

    assert [figure.key for figure in CATALOGUE] == list(FigureKey)
    assert set(NAMES) == set(MEANINGS) == set(FigureKey)
    assert all(f"\n| {figure.source} | " in policy for figure in CATALOGUE)


@pytest.mark.policy("W3")
def test_a_neighbourhood_shows_its_hours_people_pairs_and_new_pairs(session: Session) -> None:
    fatima, jan, greet, marijke = people(session)
    book(session, fatima, jan, 60, PRESENT - 400 * DAY)
    rolled(session, PRESENT - 10 * DAY)
    book(session, jan, fatima, 30, PRESENT)
    book(session, fatima, greet, 45, PRESENT)
    book(session, greet, marijke, 90, PRESENT)

    found = report(session, SLAAGHWIJK)

    assert found.values[FigureKey.HELPED_MINUTES] == 75
    assert (found.values[FigureKey.PAIRS], found.values[FigureKey.NEW_PAIRS]) == (2, 1)
    assert value(session, FigureKey.PAIRS) == 3
    row = quarter_figures(session, by=actor_of(session, "Nadia"), quarter=QUARTER).rows[0]
    assert (row.given_minutes, row.received_minutes, row.active_people) == (75, 30, 2)


@pytest.mark.policy("D5")
def test_who_did_both_in_a_year_is_told_per_wijk(session: Session) -> None:
    fatima, jan, greet, _marijke = people(session)
    ground = ground_of(session, timebank_id=timebank_of(session).id)
    wijk = spot_called(spots_of(ground, ground.places), "WK054608")
    assert value(session, FigureKey.TWO_SIDED, *wijk.codes) is None
    book(session, fatima, jan, 60, PRESENT - 200 * DAY)
    book(session, jan, greet, 60, PRESENT)

    assert value(session, FigureKey.TWO_SIDED, *wijk.codes) == 33


@pytest.mark.policy("W11")
def test_active_givers_are_told_for_four_quarters(session: Session) -> None:
    fatima, jan, greet, _marijke = people(session)
    book(session, greet, jan, 15, PRESENT - 500 * DAY)
    for at in (PRESENT - 190 * DAY, PRESENT - 100 * DAY, PRESENT):
        book(session, fatima, jan, 60, at)
    book(session, greet, jan, 15, PRESENT)

    assert report(session).trend == [("2026-3", 0), ("2026-4", 1), ("2027-1", 1), ("2027-2", 2)]


@pytest.mark.policy("V1")
def test_what_is_undone_leaves_no_step_no_giver_and_no_pair(session: Session) -> None:
    fatima, jan, _greet, _marijke = people(session)
    book(session, fatima, jan, 60, PRESENT, kind="coffee")
    key = book(session, jan, fatima, 45, PRESENT, kind="groceries")
    before = report(session)
    undo(session, timebank_of(session).id, key, PRESENT + DAY)

    found = report(session)

    assert (before.values[FigureKey.LIGHT_STEPS], found.values[FigureKey.LIGHT_STEPS]) == (50, 100)
    assert found.steps == {"1-2": 0, "3": 1, "4": 0, "5": 0}
    assert (before.values[FigureKey.ACTIVE_GIVERS], found.values[FigureKey.ACTIVE_GIVERS]) == (2, 1)
    assert found.values[FigureKey.PAIRS] == 1


def test_the_busiest_tenth_is_at_least_one_person() -> None:
    assert concentration([60, 30, 10]) == 60
    assert concentration([10] * 20) == 10
    assert concentration([]) is None
    assert concentration([-30, 0]) is None


def test_shares_and_middles_are_rounded_half_up_and_nothing_is_no_zero() -> None:
    assert (percent(1, 8), percent(1, 3), percent(0, 3), percent(0, 0)) == (13, 33, 0, None)
    assert (percent(-1, 3), percent(5, 3)) == (0, 100)
    assert (median_of([3, 1, 2]), median_of([1, 2]), median_of([])) == (2, 2, None)


def test_who_types_for_others_and_what_groups_do_is_a_share(session: Session) -> None:
    fatima, jan, greet, _marijke = people(session)
    book(session, fatima, jan, 60, PRESENT, typed_by=member_of(session, "Nadia").id)
    book(session, fatima, jan, 60, PRESENT)
    book(session, fatima, greet, 40, PRESENT, kind="cooking_group")

    found = report(session).values

    assert (found[FigureKey.ASSISTED], found[FigureKey.COLLECTIVE]) == (50, 25)


def test_days_run_from_the_question_and_from_joining(session: Session) -> None:
    bank = timebank_of(session)
    newcomer = a_member(session, bank, joined_on=PRESENT_DAY - 12 * DAY)
    book(session, newcomer, member_of(session, "Jan"), 60, PRESENT)
    for days in (3, 8):
        need = looks_for(session, "Greet", now=PRESENT - days * DAY)
        session.execute(
            sa.update(Need).where(Need.id == need).values(state=NeedState.FILLED, closed_at=PRESENT)
        )

    assert value(session, FigureKey.DAYS_TO_HELP) == 6
    assert value(session, FigureKey.DAYS_TO_HELP, SLAAGHWIJK) is None
    assert value(session, FigureKey.DAYS_TO_FIRST) == 269
    book(session, newcomer, member_of(session, "Jan"), 60, PRESENT + DAY)
    assert value(session, FigureKey.DAYS_TO_FIRST) == 269


@pytest.mark.policy("W7")
def test_the_share_that_residents_started_counts_activities_of_the_place(
    session: Session,
) -> None:
    bank = timebank_of(session).id
    for number, who in enumerate(["resident", "resident", "professional"]):
        session.execute(
            sa.insert(GroupActivity).values(
                timebank_id=bank,
                id=uuid.uuid4(),
                form_key=uuid.uuid4(),
                category_code="cooking_group",
                held_on=PRESENT_DAY - number * DAY,
                neighbourhood_code=SLAAGHWIJK,
                place="De Kooi",
                initiated_by=who,
                guests=5,
                booked_at=PRESENT,
            )
        )

    assert value(session, FigureKey.RESIDENT_LED, SLAAGHWIJK) == 67
    assert value(session, FigureKey.RESIDENT_LED, ZIJLWIJK) is None


def test_appointments_that_went_on_are_a_share_of_those_we_know_of(session: Session) -> None:
    for state in (AppointmentState.KEPT, AppointmentState.NOT_KEPT, AppointmentState.MOVED):
        key = agreed(session, happens_on=PRESENT_DAY, now=PRESENT)
        session.execute(
            sa.update(Appointment)
            .where(Appointment.id == key)
            .values(state=state, answered_at=PRESENT)
        )

    assert value(session, FigureKey.KEPT) == 50


@pytest.mark.policy("V7")
def test_referrals_count_when_they_were_handed_over_and_when_they_ended(session: Session) -> None:
    bank, jan = timebank_of(session).id, member_of(session, "Jan").id
    for outcome in (ReferralOutcome.HELPED, ReferralOutcome.DID_NOT_COME, None):
        session.execute(
            sa.insert(Referral).values(
                timebank_id=bank,
                id=uuid.uuid4(),
                about_id=jan,
                neighbourhood_code=SLAAGHWIJK,
                asked_at=PRESENT,
                partner="social_team",
                consented_at=PRESENT,
                handed_over_on=PRESENT_DAY,
                ask_on=PRESENT_DAY,
                outcome=outcome,
                closed_at=PRESENT if outcome else None,
            )
        )

    found = report(session, SLAAGHWIJK)

    assert found.values[FigureKey.REFERRED] == 3
    assert found.values[FigureKey.REFERRALS_HELPED] == 1
    assert dict(found.outcomes) == {"helped": 1, "did_not_come": 1}
    assert value(session, FigureKey.REFERRED, ZIJLWIJK) == 0


def test_an_empty_quarter_has_nothing_to_count(session: Session) -> None:
    found = report(session)

    assert found.is_empty
    assert found.values[FigureKey.TWO_SIDED] is None
    assert len(found.values) == len(INDICATORS)


def test_a_coordinator_sees_the_others_together_and_not_what_they_did_among_themselves(
    session: Session,
) -> None:
    fatima, jan, greet, marijke = people(session)
    book(session, fatima, greet, 60, PRESENT)
    book(session, greet, marijke, 30, PRESENT)
    bring_along(session, jan, 15, PRESENT)

    matrix = flow_matrix(session, by=actor_of(session, "Nadia"), quarter=QUARTER)

    assert {way: flow.minutes for way, flow in matrix.flows.items()} == {
        (SLAAGHWIJK, ELSEWHERE): 60,
        (SLAAGHWIJK, POT_CODE): 15,
    }
    assert list(matrix.codes) == [SLAAGHWIJK, ELSEWHERE, POT_CODE]
    assert (matrix.given_by(SLAAGHWIJK), matrix.received_by(ELSEWHERE)) == (75, 60)
    assert [
        row.key for row in area_balances(session, by=actor_of(session, "Nadia"), on=PRESENT_DAY)
    ] == [SLAAGHWIJK]


@pytest.mark.parametrize("who", ["Fatima", "Annelies"])
def test_nobody_else_reads_exact_figures(session: Session, who: str) -> None:
    by = actor_of(session, who)
    ground = ground_of(session, timebank_id=by.timebank_id)

    for read in (
        lambda: area_balances(session, by=by, on=PRESENT_DAY),
        lambda: flow_matrix(session, by=by, quarter=QUARTER),
        lambda: quarter_figures(session, by=by, quarter=QUARTER),
        lambda: lines_behind(session, ground, by=by, quarter=QUARTER),
        lambda: own_places(ground, by),
    ):
        with pytest.raises(NotPermitted):
            read()


@pytest.mark.policy("V17")
def test_neighbourhoods_make_a_service_area_that_adds_up(session: Session) -> None:
    bank, bart = timebank_of(session).id, actor_of(session, "Bart")
    fatima, _jan, greet, _marijke = people(session)
    book(session, fatima, greet, 60, PRESENT)
    here = {"timebank_id": bank, "name": "Noord"}
    group_neighbourhoods(session, **here, codes=BOTH)  # type: ignore[arg-type]
    both = area_balances(session, by=bart, on=PRESENT_DAY, level=Level.SERVICE_AREA)
    group_neighbourhoods(session, **here, codes=[ZIJLWIJK])  # type: ignore[arg-type]
    one = area_balances(session, by=bart, on=PRESENT_DAY, level=Level.SERVICE_AREA)
    spots = {spot.key for spot in spots_of(*_own(session, "Marijke"))}

    assert [(row.name, row.given_minutes, row.net_minutes) for row in both[:-1]] == [
        ("Noord", 60, 0)
    ]
    assert {row.name: row.net_minutes for row in one} == {"Slaaghwijk": 60, "Noord": -60, "": 0}
    assert spots == {ZIJLWIJK, "service-Noord"}
    for name in ("", "x" * 61, "a\nb"):
        with pytest.raises(NameImpossible):
            group_neighbourhoods(session, timebank_id=bank, name=name, codes=[])
    with pytest.raises(NotTakingPart):
        group_neighbourhoods(session, timebank_id=bank, name="Zuid", codes=["BU17420300"])


def _own(session: Session, who: str) -> tuple[object, ...]:
    by = actor_of(session, who)
    ground = ground_of(session, timebank_id=by.timebank_id)
    return ground, own_places(ground, by)


def test_the_lines_behind_a_figure_add_up_to_it_page_by_page(session: Session) -> None:
    fatima, _jan, greet, marijke = people(session)
    bank, nadia = timebank_of(session).id, actor_of(session, "Nadia")
    book(session, greet, marijke, 30, PRESENT)
    keys = [book(session, fatima, greet, 15 * n, PRESENT + n * DAY) for n in range(1, 4)]
    undo(session, bank, keys[0], PRESENT + 5 * DAY)
    ground = ground_of(session, timebank_id=bank)

    def page(**more: object) -> list[int]:
        rows = lines_behind(session, ground, by=nadia, quarter=QUARTER, **more)  # type: ignore[arg-type]
        return [row.minutes for row in rows]

    first = lines_behind(session, ground, by=nadia, quarter=QUARTER, limit=2)
    place = (first[-1].booked_at, first[-1].transfer_id)
    assert [row.minutes for row in first] == [-15, 45]
    assert page(before=place) == [30, 15]
    assert page(which=Which(SLAAGHWIJK, ZIJLWIJK)) == [-15, 45, 30, 15]
    assert page(which=Which(None, SLAAGHWIJK)) == []
    for way in ((ZIJLWIJK, ZIJLWIJK), ("BU17420300", None)):
        with pytest.raises(UnknownPlace):
            page(which=Which(*way))


def test_the_lines_of_an_area_are_the_help_that_its_figure_counts(session: Session) -> None:
    fatima, jan, greet, marijke = people(session)
    bank, bart = timebank_of(session).id, actor_of(session, "Bart")
    book(session, greet, marijke, 30, PRESENT)
    book(session, fatima, jan, 45, PRESENT)
    book(session, jan, greet, 60, PRESENT)
    bring_along(session, greet, 20, PRESENT)
    undo(session, bank, book(session, fatima, greet, 15, PRESENT), PRESENT + DAY)
    ground = ground_of(session, timebank_id=bank)

    def total(*codes: str) -> int:
        rows = lines_behind(session, ground, by=bart, quarter=QUARTER, which=Which(area=codes))
        return sum(row.minutes for row in rows)

    for codes, minutes in (([SLAAGHWIJK], 105), ([ZIJLWIJK], 90), (BOTH, 135)):
        assert total(*codes) == value(session, FigureKey.HELPED_MINUTES, *codes) == minutes
    nadia, which = actor_of(session, "Nadia"), Which(area=[ZIJLWIJK])
    with pytest.raises(UnknownPlace):
        lines_behind(session, ground, by=nadia, quarter=QUARTER, which=which)


@pytest.mark.parametrize("level", [Level.WIJK, Level.SERVICE_AREA, Level.MUNICIPALITY])
def test_no_part_of_an_area_bears_the_name_of_the_whole(session: Session, level: Level) -> None:
    group_neighbourhoods(session, timebank_id=timebank_of(session).id, name="Noord", codes=BOTH)

    def wholes(who: str) -> dict[str, bool]:
        rows = area_balances(session, by=actor_of(session, who), on=PRESENT_DAY, level=level)
        return {row.key: row.is_whole for row in rows if row.key != POT_CODE}

    (key,) = wholes("Bart")
    assert wholes("Bart") == {key: True}
    assert wholes("Nadia") == {key: False}


@pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
def test_no_page_scans_the_books_and_none_asks_more_than_six_times(
    engine: sa.Engine, session: Session
) -> None:
    """SQLite says nothing about its plans that could be held against this."""
    from tools.bench_figures.loading import Books, found_town  # noqa: PLC0415 - only here

    today, days = PRESENT_DAY, 4 * 365
    first = today - (days - 1) * DAY
    bank = found_town(session, first)
    session.commit()
    Books(bank, 300, (first, days), seed=1).copy(engine.url.render_as_string(False), 12_000)
    while _roll_up(session, bank):
        session.commit()
    session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    by, ground = organisation(bank), ground_of(session, timebank_id=bank)
    pages = {
        "now": lambda: area_balances(session, by=by, on=today),
        "then": lambda: area_balances(session, by=by, on=today - 200 * DAY),
        "quarter": lambda: quarter_figures(session, by=by, quarter=QUARTER),
        "flows": lambda: flow_matrix(session, by=by, quarter=QUARTER),
        "report": lambda: quarter_report(session, ground, quarter=QUARTER, codes=ground.codes[:-1]),
    }

    for name, page in pages.items():
        plans = _plans(session, page)
        assert 2 <= len(plans) <= 6, name
        for plan in plans:
            scanned = [one for one in LONG if f"Seq Scan on {one} " in plan]
            assert scanned == [], f"{name}: {plan}"


LONG = (
    "ledger_entry",
    "ledger_transfer",
    "exchange",
    "figure_day",
    "figure_pair",
    "figure_balance",
)


def _roll_up(session: Session, bank: int) -> bool:
    return roll_up(session, timebank_id=bank, now=PRESENT)


def _plans(session: Session, page: object) -> list[str]:
    """Return the plan of each statement of a page."""
    sent: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        sent.append((statement, parameters))

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    page()  # type: ignore[operator]
    sa.event.remove(connection, "before_cursor_execute", note)
    return [
        "\n".join(row[0] for row in connection.exec_driver_sql("EXPLAIN " + text, parameters))  # type: ignore[arg-type]
        for text, parameters in sent
    ]
