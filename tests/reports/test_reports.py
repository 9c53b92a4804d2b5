# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

from tests.builders import (
    HOLTEN,
    NOW,
    SLAAGHWIJK,
    TODAY,
    ZIJLWIJK,
    a_member,
    actor_of,
    approved,
    timebank_of,
)
from tests.reports.making import ring
from timebank.figures.places import EVERYTHING, Ground, ground_of
from timebank.figures.policy import FigureKey, Level
from timebank.members.errors import NotPermitted
from timebank.publication.thresholds import Thresholds
from timebank.reports.errors import NoSuchArea
from timebank.reports.policy import Period, Row
from timebank.reports.queries import (
    Report,
    area_called,
    exact_report,
    kinds_shown,
    published_report,
)
from timebank.showing.operations import choose_thresholds
from timebank.showing.queries import shown_of
from timebank.statements.policy import Quarter

FIRST = Quarter(2026, 1)


def ground(session: Session) -> Ground:
    return ground_of(session, timebank_id=timebank_of(session).id)


def published(session: Session, key: str | None = None, **options: object) -> Report:
    here = ground(session)
    return published_report(
        session,
        here,
        period=Period((FIRST,)),
        area=area_called(session, here, key),
        **options,  # type: ignore[arg-type]
    )


def test_the_report_for_everyone_says_what_the_public_page_says(session: Session) -> None:
    ring(session, minutes=75)
    approved(session, "Greet", "Marijke")

    report = published(session)
    shown = shown_of(session, ground(session), [FIRST])[0].publication

    assert [row.codes for row in report.tables["hours"].rows] == [(SLAAGHWIJK,), (ZIJLWIJK,)]
    (cell,) = shown.cells
    assert report.tables["hours"].rows[0].values == (
        cell.given_minutes,
        cell.received_minutes,
        cell.net_minutes,
        cell.active_people,
    )
    assert report.tables["hours"].rows[1].is_withheld
    assert published(session, ZIJLWIJK).tables["hours"].is_empty


def test_areas_that_stand_together_are_told_on_the_page_of_each(session: Session) -> None:
    ring(session, minutes=60)
    ring(session, minutes=60, code=ZIJLWIJK, number=6, name="Zuid")

    both = [published(session, key) for key in (SLAAGHWIJK, ZIJLWIJK)]

    for report in both:
        assert [row.codes for row in report.tables["hours"].rows] == [(SLAAGHWIJK, ZIJLWIJK)]
        assert report.together == [(SLAAGHWIJK, ZIJLWIJK)]


def test_flows_are_told_by_the_published_rule_only(session: Session) -> None:
    ring(session, minutes=120)
    approved(session, "Greet", "Marijke")

    table = published(session, with_flows=True).tables["flows"]

    assert table.rows == (Row((SLAAGHWIJK,), (1200,), (SLAAGHWIJK,)),)
    assert "flows" not in published(session).tables


def test_kinds_of_help_are_named_only_where_enough_people_took_part(session: Session) -> None:
    ring(session, minutes=60)
    approved(session, category_code="coffee")
    here = ground(session)

    def kinds(key: str) -> list[str]:
        return list(kinds_shown(session, here, published(session, key)))

    assert kinds(SLAAGHWIJK) == ["groceries"]
    assert kinds(ZIJLWIJK) == []
    choose_thresholds(
        session,
        Thresholds(least_active=40),
        timebank_id=here.timebank_id,
        counts_from=TODAY,
        today=TODAY,
    )
    assert kinds(SLAAGHWIJK) == ["groceries"], "months that have begun keep their rule"


def test_a_kind_is_not_named_of_an_area_where_a_neighbour_could_count_the_others(
    session: Session,
) -> None:
    ring(session, minutes=60)
    ring(session, minutes=60, code=ZIJLWIJK, name="Zuid")
    ring(session, minutes=30, number=9, name="Koffie", kind="coffee")
    approved(session, "Greet", "Marijke", category_code="coffee")
    here = ground(session)

    def kinds() -> list[str]:
        return list(kinds_shown(session, here, published(session, None)))

    assert kinds() == ["groceries"]
    ring(session, minutes=30, code=ZIJLWIJK, number=3, name="Thee", kind="coffee")
    assert kinds() == ["coffee", "groceries"]


def test_no_kind_is_named_where_no_figure_is_shown(session: Session) -> None:
    ring(session, minutes=60)
    approved(session, category_code="coffee", minutes=1425)

    report = published(session, SLAAGHWIJK)

    assert report.tables["hours"].is_empty
    assert kinds_shown(session, ground(session), report) == {}


def test_a_stricter_timebank_withholds_more(session: Session) -> None:
    ring(session, minutes=60)
    choose_thresholds(
        session,
        Thresholds(least_active=40),
        timebank_id=timebank_of(session).id,
        counts_from=FIRST.first_day,
        today=FIRST.first_day,
    )

    report = published(session)

    assert report.tables["hours"].is_empty


def test_a_year_adds_up_what_was_shown_of_its_quarters(session: Session) -> None:
    ring(session, minutes=75)
    ring(session, minutes=60, name="Later", now=NOW + datetime.timedelta(days=60))
    here = ground(session)

    report = published_report(
        session,
        here,
        period=Period((FIRST, FIRST.next(), FIRST.next().next())),
        area=area_called(session, here, None),
    )

    hours, quarters = report.tables["hours"].rows, report.tables["quarters"].rows
    assert [row.values for row in hours if not row.is_withheld] == [(1500, 1500, 0, 10)]
    assert [row.values[0] for row in quarters] == [900, 600, None]


def test_coarser_levels_add_up_the_same_rows(session: Session) -> None:
    ring(session, minutes=120)

    for level in Level:
        table = published(session, level=level).tables["hours"]
        assert table.total(0) == 1200, level


def test_the_exact_report_holds_own_areas_to_the_minute(session: Session) -> None:
    approved(session, "Fatima", "Jan", minutes=90)
    approved(session, "Fatima", "Greet", minutes=45)
    nadia, here = actor_of(session, "Nadia"), ground(session)
    area = area_called(session, here, None, by=nadia)

    report = exact_report(session, here, by=nadia, quarter=FIRST, area=area)

    assert report.is_exact
    assert report.tables["hours"].rows == (Row((SLAAGHWIJK,), (135, 90, 45, 2)),)
    row = report.tables["indicators"].rows[0]
    columns = [column.key for column in report.tables["indicators"].columns]
    assert row.values[columns.index(FigureKey.HELPED_MINUTES)] == 135
    assert report.tables["kinds"].rows == (Row(("groceries",), (2, 135)),)
    assert not set(report.names) - {SLAAGHWIJK, ZIJLWIJK, EVERYTHING, "WK054608", ""}


def test_the_exact_report_of_one_area_holds_no_other(session: Session) -> None:
    approved(session, "Fatima", "Greet", minutes=45)
    bart, here = actor_of(session, "Bart"), ground(session)

    for key, values in ((ZIJLWIJK, (0, 45, -45, 1)), (SLAAGHWIJK, (45, 0, 45, 1))):
        area = area_called(session, here, key, by=bart)
        report = exact_report(session, here, by=bart, quarter=FIRST, area=area)
        assert report.tables["hours"].rows == (Row((key,), values),)


def test_areas_of_others_and_unknown_codes_are_refused(session: Session) -> None:
    here, nadia = ground(session), actor_of(session, "Nadia")

    for key, by, year in (
        (HOLTEN, None, 2025),
        ("BU99999999", None, None),
        ("nowhere", None, None),
        ("'; --", None, None),
        (ZIJLWIJK, nadia, 2025),
    ):
        with pytest.raises(NoSuchArea) as refusal:
            area_called(session, here, key, by)
        assert bool(refusal.value.year) == bool(year), key
    with pytest.raises(NotPermitted):
        area_called(session, here, None, actor_of(session, "Annelies"))


def test_somebody_new_changes_no_report_of_a_period_that_is_over(session: Session) -> None:
    ring(session, minutes=75)
    before = published(session, with_flows=True)
    a_member(session, timebank_of(session), "Nieuw", "Hier")
    approved(session, "Fatima", "Nieuw", now=NOW + datetime.timedelta(days=60))

    assert published(session, with_flows=True).tables == before.tables
