# SPDX-License-Identifier: EUPL-1.2
"""Counting what is shown of quarters that are not closed yet. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from timebank.areas.policy import parents_of
from timebank.categories.queries import goals_of_kinds
from timebank.figures.places import Ground, spots_of
from timebank.publication.figures import Books, Flow, Share
from timebank.publication.publishing import publish
from timebank.publication.rounding import flow_may_be_shown
from timebank.publication.thresholds import Thresholds
from timebank.rollups.moves import help_moves
from timebank.rollups.queries import pairs
from timebank.showing.models import PublicationRule
from timebank.showing.policy import MOST_CELLS_WITH_FLOWS, Shown
from timebank.statements.policy import Quarter, quarter_of

_NAMES = [field.name for field in dataclasses.fields(Thresholds)]


def thresholds_at(
    session: Session, timebank_id: int, first_days: Sequence[datetime.date]
) -> list[Thresholds]:
    """Return how strict a timebank is with periods that begin on these days, in one statement."""
    rules = session.scalars(
        select(PublicationRule)
        .where(PublicationRule.timebank_id == timebank_id)
        .order_by(PublicationRule.counts_from.desc())
    ).all()
    return [_thresholds_from(rules, day) for day in first_days]


def _thresholds_from(rules: Sequence[PublicationRule], first_day: datetime.date) -> Thresholds:
    for rule in rules:
        if rule.counts_from <= first_day:
            return Thresholds(**{name: getattr(rule, name) for name in _NAMES})
    return Thresholds()


def count_quarters(
    session: Session, ground: Ground, quarters: Sequence[Quarter], *, with_flows: bool = False
) -> list[Shown]:
    """Count what everyone may read of some quarters in a row, as the books are now.

    Two statements, and one more for each quarter with flows.

    Args:
        quarters: the oldest first.
    """
    strictness = thresholds_at(
        session, ground.timebank_id, [quarter.first_day for quarter in quarters]
    )
    shares = _shares(session, ground, quarters)
    names = {place.code: place.name for place in ground.places}
    parents = parents_of(names)
    told = []
    for quarter, thresholds in zip(quarters, strictness, strict=True):
        books = Books(quarter.first_day, quarter.last_day, shares[quarter], parents)
        shown = Shown(publish(books, thresholds), thresholds, names)
        too_many = len(shown.publication.cells) > MOST_CELLS_WITH_FLOWS
        if with_flows and too_many:
            shown = dataclasses.replace(shown, too_many_cells=True)
        elif with_flows:
            books = dataclasses.replace(books, flows=_flows(session, ground, quarter))
            shown = dataclasses.replace(shown, publication=publish(books, thresholds))
        told.append(shown)
    return told


def count_at_close(session: Session, ground: Ground, quarter: Quarter) -> Shown:
    """Count everything that a quarter will say of itself: figures, flows, kinds of every area."""
    (shown,) = count_quarters(session, ground, [quarter], with_flows=True)
    areas = {spot.key: spot.codes for spot in spots_of(ground, ground.places)}
    kinds = kinds_in(session, ground, quarter, areas, shown.thresholds)
    goals = goals_of_kinds(session, timebank_id=ground.timebank_id)
    return dataclasses.replace(shown, kinds=kinds, goals=goals)


def kinds_in(
    session: Session,
    ground: Ground,
    quarter: Quarter,
    areas: Mapping[str, Collection[str]],
    thresholds: Thresholds,
) -> dict[str, Sequence[str]]:
    """Return, by area, the kinds of help in which enough of its people helped each other.

    Only that there was some is told, never how much: a number for each kind beside a number for
    each area would be a second breakdown of the same hours (docs/adr/0039). One statement.

    Args:
        areas: the neighbourhoods of each area, by its key.
    """
    by_kind = _flows_by_kind(
        session, ground, quarter, {one for some in areas.values() for one in some}
    )
    return {
        key: sorted(
            kind
            for kind, flows in by_kind.items()
            if _may_be_named(
                [one for one in flows if one.giver_area in codes and one.receiver_area in codes],
                thresholds,
            )
        )
        for key, codes in areas.items()
    }


def _may_be_named(flows: Sequence[Flow], thresholds: Thresholds) -> bool:
    """Say whether a kind may be named: also to who knows one of the neighbourhoods exactly.

    Beside the neighbourhood with the most people there are enough others, or nobody at all.
    """
    people: dict[str, set[int]] = {}
    for flow in flows:
        people.setdefault(flow.giver_area, set()).add(flow.giver)
        people.setdefault(flow.receiver_area, set()).add(flow.receiver)
    most = max(people.values(), key=len, default=set())
    others = set().union(*people.values()) - most
    enough = not others or len(others) >= thresholds.least_beside
    return enough and flow_may_be_shown(flows, thresholds)


def _flows_by_kind(
    session: Session, ground: Ground, quarter: Quarter, codes: Collection[str]
) -> dict[str, list[Flow]]:
    moved = help_moves(ground.timebank_id, quarter.since, quarter.until, ground.codes)
    way = (
        moved.c.category_code,
        moved.c.giver_account_id,
        moved.c.giver_code,
        moved.c.receiver_account_id,
        moved.c.receiver_code,
    )
    rows = session.execute(
        select(*way, func.sum(moved.c.net_minutes))
        .where(moved.c.giver_code.in_(codes), moved.c.receiver_code.in_(codes))
        .group_by(*way)
    )
    by_kind: dict[str, list[Flow]] = {}
    for kind, giver, giver_code, receiver, receiver_code, minutes in rows:
        if int(minutes) > 0:
            flow = Flow(giver, giver_code, receiver, receiver_code, int(minutes))
            by_kind.setdefault(kind, []).append(flow)
    return by_kind


def _shares(
    session: Session, ground: Ground, quarters: Sequence[Quarter]
) -> dict[Quarter, dict[str, list[Share]]]:
    """Return what each account gave and received in each place, less what was taken back.

    Only help: hours that were brought along or left to the pot are nobody's doing in the quarter.
    """
    rows = pairs(
        session,
        ground.timebank_id,
        quarters[0],
        quarters[-1],
        through=ground.through,
        codes=ground.codes,
    )
    here, nothing = [place.code for place in ground.places], literal(0)
    sides = union_all(
        select(
            rows.c.quarter_on.label("quarter_on"),
            rows.c.giver_code.label("code"),
            rows.c.giver_account_id.label("account_id"),
            rows.c.minutes.label("given"),
            nothing.label("received"),
        ).where(rows.c.giver_code.in_(here)),
        select(
            rows.c.quarter_on,
            rows.c.receiver_code,
            rows.c.receiver_account_id,
            nothing,
            rows.c.minutes,
        ).where(rows.c.receiver_code.in_(here)),
    ).subquery()
    way = (sides.c.quarter_on, sides.c.code, sides.c.account_id)
    query = select(*way, func.sum(sides.c.given), func.sum(sides.c.received)).group_by(*way)
    found: dict[Quarter, dict[str, list[Share]]] = {
        quarter: {code: [] for code in here} for quarter in quarters
    }
    for day, code, account, given, received in session.execute(query):
        if (quarter := quarter_of(day)) in found:
            found[quarter][code].append(Share(account, int(given), int(received)))
    return found


def _flows(session: Session, ground: Ground, quarter: Quarter) -> list[Flow]:
    """Return who gave whom how much, in one statement; what was taken back counts for nobody."""
    rows = pairs(
        session, ground.timebank_id, quarter, quarter, through=ground.through, codes=ground.codes
    )
    way = (
        rows.c.giver_account_id,
        rows.c.giver_code,
        rows.c.receiver_account_id,
        rows.c.receiver_code,
    )
    query = select(*way, func.sum(rows.c.minutes)).group_by(*way)
    return [
        Flow(giver, giver_code, receiver, receiver_code, int(minutes))
        for giver, giver_code, receiver, receiver_code, minutes in session.execute(query)
        if minutes > 0
    ]
