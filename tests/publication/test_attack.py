# SPDX-License-Identifier: EUPL-1.2
"""A reader with a solver attacks what is published of random towns (docs/adr/0039)."""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.publication.attacking import Attacker
from tests.publication.towns import AREAS, PARENTS, books_of, random_flows, seeded
from timebank.publication.figures import Books, Cell, Flow, FlowCell, Publication
from timebank.publication.publishing import added_up, publish
from timebank.publication.rounding import cell_of, flow_may_be_shown, may_be_shown, pooled, rounded
from timebank.publication.thresholds import Thresholds

RULE = Thresholds()
PROMISED = 299 * 9 // 10
"""Most minus least: nothing is known to less than four and a half hours (docs/adr/0039)."""
EXAMPLES = int(os.environ.get("TORTURE_RUNS", "1000")) if os.environ.get("TORTURE") else 15


def own_width(published: int) -> int:
    return min(PROMISED, (published + 149) * 9 // 10)


def attacker_of(publications: Sequence[Publication]) -> Attacker:
    """An attacker who read every total and every flow of successive publications."""
    attacker = Attacker(AREAS, periods=len(publications))
    for period, told in enumerate(publications):
        for cell in told.cells:
            attacker.reads(attacker.given(period, cell.areas), cell.given_minutes)
            attacker.reads(attacker.received(period, cell.areas), cell.received_minutes)
        for flow in told.flows:
            which = attacker.between(period, flow.givers, flow.receivers)
            attacker.reads(which, flow.minutes)
    return attacker


def without_flows(told: Publication) -> Publication:
    return Publication(told.first_day, told.last_day, told.cells, told.withheld)


def breaches(publications: Sequence[Publication]) -> list[str]:
    """Return what the attacker knows better than was promised."""
    attacker = attacker_of(publications)
    found = []
    for period, told in enumerate(publications):
        totals = attacker_of([without_flows(told)]) if told.cells else None
        shown = {(flow.givers, flow.receivers): flow.minutes for flow in told.flows}
        targets = []
        for cell in told.cells:
            for side, minutes in (
                (attacker.given, cell.given_minutes),
                (attacker.received, cell.received_minutes),
            ):
                targets.append((f"total of {cell}", side(period, cell.areas), own_width(minutes)))
                if len(cell.areas) > 1:
                    one = side(period, cell.areas[:1])
                    targets.append((f"one of {cell}", one, own_width(minutes)))
        for area in told.withheld if told.cells else ():
            targets.append((f"given by {area}", attacker.given(period, [area]), PROMISED))
            targets.append((f"received by {area}", attacker.received(period, [area]), PROMISED))
        for giver, receiver in itertools.product(told.cells, repeat=2):
            pair = giver.areas, receiver.areas
            needed = min(PROMISED, totals.window(totals.between(0, *pair)))
            if pair in shown:
                needed = min(needed, own_width(shown[pair]))
            targets.append((f"flow {pair}", attacker.between(period, *pair), needed))
        found += [
            f"{words}: {width:.0f} of {needed:.0f}"
            for words, which, needed in targets
            if (width := attacker.window(which)) < needed - 0.5
        ]
    return found


def about_too_few(books: Books, told: Publication) -> list[object]:
    """Return what is shown though the people behind it are too few, counted from the books."""
    bad: list[object] = []
    for cell in told.cells:
        people = pooled(share for area in cell.areas for share in books.shares[area])
        each = [len(pooled(books.shares[area])) for area in cell.areas]
        if not may_be_shown(people, RULE) or (len(each) > 1 and len(people) - max(each) < 5):
            bad.append(cell)
    for flow in told.flows:
        behind = [
            one
            for one in books.flows
            if one.giver_area in flow.givers and one.receiver_area in flow.receivers
        ]
        if not flow_may_be_shown(behind, RULE):
            bad.append(flow)
    return bad


def a_town(seed: int, period: int, people: dict[str, int]) -> Books:
    chance = seeded(seed + period)
    return books_of(random_flows(chance, people, chance.choice([60, 200, 600])), period=period)


people_of_a_town = st.fixed_dictionaries(
    {area: st.sampled_from([0, 1, 3, 6, 9, 12, 20, 30]) for area in AREAS}
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(people=people_of_a_town, seed=st.integers(0, 10**6), periods=st.integers(1, 2))
def test_a_reader_with_a_solver_learns_no_more_than_is_promised(
    people: dict[str, int], seed: int, periods: int
) -> None:
    towns = [a_town(seed, period, people) for period in range(periods)]
    told: list[Publication] = []
    for books in towns:
        told.append(publish(books, earlier=told))

    assert [
        bad for books, one in zip(towns, told, strict=True) for bad in about_too_few(books, one)
    ] == []
    assert breaches(told) == []


@settings(max_examples=50, deadline=None)
@given(people=people_of_a_town, seed=st.integers(0, 10**6))
def test_no_hour_is_in_two_figures_and_totals_are_sums(people: dict[str, int], seed: int) -> None:
    told = publish(a_town(seed, 0, people))

    counted = [area for cell in told.cells for area in cell.areas] + list(told.withheld)
    assert sorted(counted) == sorted(AREAS)
    assert told.given_minutes == sum(cell.given_minutes for cell in told.cells)
    assert told.received_minutes == sum(cell.received_minutes for cell in told.cells)
    assert added_up([told]) == {cell.areas: cell for cell in told.cells}


def naive(books: Books) -> Publication:
    """The rule of before for each figure by itself, and a total of each wijk beside it."""
    groups = [[area] for area in AREAS]
    groups += [[area for area in AREAS if PARENTS[area] == wijk] for wijk in ("WK1", "WK2")]
    cells = [
        cell_of(group, people, RULE)
        for group in groups
        if may_be_shown(
            people := pooled(share for area in group for share in books.shares[area]), RULE
        )
    ]
    return Publication(books.first_day, books.last_day, tuple(cells), ())


def test_the_same_attack_breaks_a_total_beside_a_withheld_area() -> None:
    """Negative control: three people of BU3 are withheld, and their wijk tells of them."""
    chance = seeded(1)
    flows = random_flows(chance, {"BU1": 20, "BU2": 20}, 200)
    flows += [Flow(300 + n, "BU3", n, "BU1", 40 * 60) for n in range(3)]
    books = books_of(flows)

    told = naive(books)
    attacker = attacker_of([told])
    hidden = attacker.given(0, ["BU3"])

    assert all(cell.areas != ("BU3",) for cell in told.cells)
    assert attacker.window(hidden) <= 900
    safe = publish(books)
    assert "BU3" in safe.withheld
    assert attacker_of([safe]).window(hidden) > 3000


def test_the_same_attack_breaks_flows_that_were_judged_one_by_one() -> None:
    """Negative control: flow by flow there are people enough, and yet the totals narrow them."""
    books = a_town(3, 0, {"BU1": 14, "BU2": 9, "BU3": 0, "BU4": 12, "BU5": 12})
    told = publish(books)
    between = defaultdict(list)
    for flow in books.flows:
        one, other = told.cell_of(flow.giver_area), told.cell_of(flow.receiver_area)
        if one and other:
            between[one.areas, other.areas].append(flow)
    each = tuple(
        FlowCell(*pair, rounded(sum(flow.minutes for flow in flows), 300))
        for pair, flows in between.items()
        if flow_may_be_shown(flows, RULE)
    )

    assert len(each) > len(told.flows) > 0
    assert breaches([dataclasses.replace(told, flows=each)])
    assert breaches([told]) == []


def test_two_publications_of_overlapping_days_tell_of_the_days_between() -> None:
    """Negative control: why a quarter is never counted anew beside its months."""
    chance = seeded(3)
    crowd = random_flows(chance, {"BU1": 20, "BU2": 20}, 300)
    few = [Flow(1, "BU1", 2, "BU1", 600)]
    month, quarter = books_of(crowd), books_of([*crowd, *few])

    def total(books: Books) -> Cell:
        return cell_of(["BU1"], pooled(books.shares["BU1"]), RULE)

    assert abs(total(quarter).given_minutes - total(month).given_minutes - 600) <= 300


@pytest.mark.parametrize("beside", [1, 4, 5])
def test_who_knows_one_area_exactly_is_left_with_five_people_at_least(beside: int) -> None:
    """The coordinator of BU1 subtracts what she reads there from what is published."""
    flows = random_flows(seeded(4), {"BU1": 20}, 200)
    flows += [Flow(200 + n, "BU2", n, "BU1", 60) for n in range(beside)]

    told = publish(books_of(flows))

    assert (told.cell_of("BU2") is not None) == (beside >= 5)
    assert told.cell_of("BU1") is not None
