# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.publication.towns import books_of, days_of
from timebank.publication.errors import PeriodOverlaps, ThresholdTooLoose
from timebank.publication.figures import Books, Cell, Flow, Publication, Share
from timebank.publication.publishing import added_up, publish
from timebank.publication.thresholds import BOUNDS, Thresholds, check_thresholds

AMPLE = [Share(account, 300, 300) for account in range(10)]
"""Ten people who each gave and received five hours."""


def changed(*last: tuple[int, int]) -> list[Share]:
    """Ten people of whom the last ones gave and received this."""
    start = 10 - len(last)
    return AMPLE[:start] + [Share(start + n, *sides) for n, sides in enumerate(last)]


def shares(count: int, given_minutes: int, received_minutes: int, start: int = 0) -> list[Share]:
    return [Share(start + n, given_minutes, received_minutes) for n in range(count)]


def books(
    by_area: dict[str, list[Share]], parents: dict[str, str] | None = None, period: int = 0
) -> Books:
    return Books(*days_of(period), by_area, parents or {})


def only(people: list[Share], thresholds: Thresholds | None = None) -> Cell | None:
    return publish(books({"BU1": people}), thresholds).cell_of("BU1")


def test_ample_figures_are_published() -> None:
    assert only(AMPLE) == Cell(("BU1",), 3000, 3000, 10)


@pytest.mark.parametrize(
    "people",
    [
        [],
        AMPLE[:9],
        shares(4, 300, 300) + shares(6, 0, 300, start=4),
        shares(4, 300, 300) + shares(6, 300, 0, start=4),
        changed((1801, 300)),
        changed((300, 1801)),
        [*AMPLE[:9], Share(0, 300, 300)],
        [*AMPLE[:9], Share(10, -60, 0)],
    ],
    ids=[
        "nobody",
        "9 people",
        "4 givers",
        "4 receivers",
        "a giver above 40 %",
        "a receiver above 40 %",
        "one of them twice",
        "one who only took back",
    ],
)
def test_figures_that_could_tell_about_one_person_are_withheld(people: list[Share]) -> None:
    assert only(people) is None


@pytest.mark.parametrize(
    "people",
    [
        AMPLE,
        shares(5, 300, 300) + shares(5, 0, 300, start=5),
        shares(5, 300, 300) + shares(5, 300, 0, start=5),
        changed((1800, 300)),
        changed((300, 1800)),
    ],
    ids=["10 people", "5 givers", "5 receivers", "a giver of 40 %", "a receiver of 40 %"],
)
def test_figures_exactly_at_the_thresholds_are_published(people: list[Share]) -> None:
    assert only(people) is not None


@pytest.mark.parametrize(("people", "rounded"), [(10, 10), (12, 10), (13, 15), (17, 15), (18, 20)])
def test_people_are_rounded_to_fives(people: int, rounded: int) -> None:
    cell = only(shares(people, 300, 300))

    assert cell is not None
    assert cell.active_people == rounded


@pytest.mark.parametrize(
    ("extra", "rounded"), [(0, 3000), (149, 3000), (150, 3300), (299, 3300), (449, 3300)]
)
def test_minutes_are_rounded_to_five_hours_halves_up(extra: int, rounded: int) -> None:
    cell = only(changed((300 + extra, 300)))

    assert cell is not None
    assert (cell.given_minutes, cell.received_minutes) == (rounded, 3000)
    assert cell.net_minutes == rounded - 3000


@pytest.mark.parametrize("field", list(BOUNDS))
def test_a_timebank_may_be_stricter_and_never_looser(field: str) -> None:
    least, most = BOUNDS[field]
    loosest = getattr(Thresholds(), field)
    beyond = most + 1 if loosest == most else least - 1

    check_thresholds(dataclasses.replace(Thresholds(), **{field: least}))
    check_thresholds(dataclasses.replace(Thresholds(), **{field: most}))
    with pytest.raises(ThresholdTooLoose) as refusal:
        publish(books({"BU1": AMPLE}), dataclasses.replace(Thresholds(), **{field: beyond}))

    assert refusal.value.field == field


def test_stricter_thresholds_withhold_more_and_round_more() -> None:
    assert only(AMPLE, Thresholds(least_active=11)) is None
    assert only(AMPLE, Thresholds(round_minutes=2400)) == Cell(("BU1",), 2400, 2400, 10)


def test_what_is_too_small_is_taken_together_within_its_wijk_first() -> None:
    parents = {"BU1": "WK1", "BU2": "WK1", "BU3": "WK2", "WK1": "GM1", "WK2": "GM1"}
    by_area = {
        "BU1": shares(12, 300, 300),
        "BU2": shares(6, 300, 300, start=100),
        "BU3": shares(12, 300, 300, start=200),
    }

    told = publish(books(by_area, parents))

    assert told.cells == (
        Cell(("BU1", "BU2"), 5400, 5400, 20),
        Cell(("BU3",), 3600, 3600, 10),
    )
    assert told.withheld == ()


def test_two_small_areas_are_shown_together_without_a_larger_neighbour() -> None:
    parents = dict.fromkeys(("BU1", "BU2", "BU3"), "WK1")
    by_area = {
        "BU1": shares(12, 300, 300),
        "BU2": shares(6, 300, 300, start=100),
        "BU3": shares(7, 300, 300, start=200),
    }

    told = publish(books(by_area, parents))

    assert [cell.areas for cell in told.cells] == [("BU1",), ("BU2", "BU3")]


def test_a_wijk_with_too_few_people_goes_up_to_the_municipality() -> None:
    parents = {"BU1": "WK1", "BU2": "WK2", "WK1": "GM1", "WK2": "GM1"}
    by_area = {"BU1": shares(6, 300, 300), "BU2": shares(5, 300, 300, start=100)}

    told = publish(books(by_area, parents))

    assert [cell.areas for cell in told.cells] == [("BU1", "BU2")]


def test_the_same_period_is_answered_as_it_was_though_entries_came_late() -> None:
    first = publish(books({"BU1": AMPLE}))

    again = publish(books({"BU1": [*AMPLE, Share(11, 6000, 6000)]}), earlier=[first])

    assert again == first


def test_a_period_that_shares_days_with_an_earlier_one_is_refused() -> None:
    first = publish(books({"BU1": AMPLE}))
    longer = dataclasses.replace(
        books({"BU1": AMPLE}), last_day=first.last_day + datetime.timedelta(days=1)
    )

    with pytest.raises(PeriodOverlaps):
        publish(longer, earlier=[first])
    assert publish(books({"BU1": AMPLE}, period=1), earlier=[first]).cells == first.cells


def test_successive_publications_are_added_up_from_what_was_shown() -> None:
    parents = {"BU1": "WK1", "BU2": "WK1"}
    crowd, few = shares(12, 300, 300), shares(6, 300, 300, start=100)
    one = publish(books({"BU1": crowd, "BU2": few}, parents))
    two = publish(books({"BU1": crowd, "BU2": []}, parents, period=1))
    three = publish(books({"BU1": shares(20, 300, 300), "BU2": []}, parents, period=2))

    assert added_up([three, one, two]) == {
        ("BU1", "BU2"): Cell(("BU1", "BU2"), 5400, 5400, 20),
        ("BU1",): Cell(("BU1",), 9600, 9600, 20),
    }
    with pytest.raises(PeriodOverlaps):
        added_up([one, one])


def test_a_flow_needs_people_of_its_own() -> None:
    crowd = [Flow(n, "BU1", 10 + n, "BU1", 300) for n in range(10)]
    crowd += [Flow(10 + n, "BU1", n, "BU1", 300) for n in range(10)]
    other = [Flow(100 + n, "BU2", 110 + n, "BU2", 300) for n in range(10)]
    few = [Flow(n, "BU1", 100 + n, "BU2", 300) for n in range(4)]

    told = publish(books_of([*crowd, *other, *few]))

    assert {(flow.givers, flow.receivers) for flow in told.flows} == {
        (("BU1",), ("BU1",)),
        (("BU2",), ("BU2",)),
    }


def test_without_anything_there_is_nothing_to_show() -> None:
    told = publish(books({}))

    assert told == Publication(*days_of(0), (), ())
    assert (told.given_minutes, told.received_minutes) == (0, 0)


share = st.builds(
    Share,
    account=st.integers(0, 40),
    given_minutes=st.integers(-500, 3000),
    received_minutes=st.integers(-500, 3000),
)


@given(st.lists(share, max_size=30, unique_by=lambda one: one.account))
def test_nothing_is_published_below_a_threshold_and_nothing_unrounded(people: list[Share]) -> None:
    given_ = [one.given_minutes for one in people if one.given_minutes > 0]
    received = [one.received_minutes for one in people if one.received_minutes > 0]
    active = [one for one in people if one.given_minutes > 0 or one.received_minutes > 0]
    safe = (
        len(active) >= 10
        and len(given_) >= 5
        and len(received) >= 5
        and max(given_) <= 0.4 * sum(given_)
        and max(received) <= 0.4 * sum(received)
    )

    cell = only(people)

    assert cell is None or safe
    if cell is not None:
        assert cell.given_minutes % 300 == cell.received_minutes % 300 == 0
        assert cell.active_people % 5 == 0
        assert abs(cell.given_minutes - sum(given_)) <= 150
        assert abs(cell.received_minutes - sum(received)) <= 150
