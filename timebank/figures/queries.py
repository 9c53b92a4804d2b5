# SPDX-License-Identifier: EUPL-1.2
"""Reading exact figures: balances of neighbourhoods, flows between them. Nothing here writes.

Each is a sum over closed days by their roll-ups and over open days by the entries, so that it
agrees to the minute with the journal and costs the same however old the books are.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

import ledger
from timebank.categories.models import HelpCategory
from timebank.figures.places import Ground, area_of, ground_of, own_places
from timebank.figures.policy import Level
from timebank.members.policy import Actor
from timebank.pot.models import POT_CODE
from timebank.rollups.queries import balances_at, first_open_day, lines, pairs
from timebank.statements.policy import Quarter

ELSEWHERE = "elsewhere"
"""The other neighbourhoods of the timebank together, for who may not see each."""
Way = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class AreaBalance:
    """What an area gave and received up to the end of a day, and what waits there now.

    ``key`` is the code of a neighbourhood or wijk, the key of another area, or the code of the
    community pot. What is pending does not count yet, and stands here as it is at this moment.
    ``is_whole`` is false where the actor reaches only a part of the neighbourhoods of the area: a
    page may not give that part the name of the whole.
    """

    key: str
    name: str
    given_minutes: int
    received_minutes: int
    pending_given_minutes: int = 0
    pending_received_minutes: int = 0
    is_whole: bool = True

    @property
    def net_minutes(self) -> int:
        """Given minus received; over all areas and the pot these sum to zero."""
        return self.given_minutes - self.received_minutes


@dataclasses.dataclass(frozen=True)
class NeighbourhoodFigures:
    """The exact figures of one neighbourhood over one quarter; pending is as it stands now."""

    code: str
    name: str
    given_minutes: int
    received_minutes: int
    pending_given_minutes: int
    pending_received_minutes: int
    active_people: int

    @property
    def net_minutes(self) -> int:
        """Given minus received; with the community pot these sum to zero over a timebank."""
        return self.given_minutes - self.received_minutes


@dataclasses.dataclass(frozen=True)
class QuarterFigures:
    """The neighbourhoods of a quarter, and what was done on each step of the ladder.

    Attributes:
        steps: exchanges with one of the two in these neighbourhoods, each once, less what was
            undone, by step (policy row V1); those of no step stand under ``""``.
    """

    rows: Sequence[NeighbourhoodFigures]
    steps: Mapping[str, int]


@dataclasses.dataclass(frozen=True)
class Flow:
    """What went one way in a period: how many times, and how many minutes, less what was undone."""

    exchanges: int
    minutes: int


@dataclasses.dataclass(frozen=True)
class FlowMatrix:
    """Who helped whom, by neighbourhood.

    Attributes:
        codes: the rows and columns in their order; the pot and ``ELSEWHERE`` only where something
            went there.
        names: the names of neighbourhoods by code.
        flows: by giving and receiving code; what is not there is nothing.
    """

    codes: Sequence[str]
    names: Mapping[str, str]
    flows: Mapping[Way, Flow]

    def given_by(self, code: str) -> int:
        """Return the minutes that one row gave."""
        return sum(flow.minutes for way, flow in self.flows.items() if way[0] == code)

    def received_by(self, code: str) -> int:
        """Return the minutes that one column received."""
        return sum(flow.minutes for way, flow in self.flows.items() if way[1] == code)


def area_balances(
    session: Session, *, by: Actor, on: datetime.date, level: Level = Level.NEIGHBOURHOOD
) -> Sequence[AreaBalance]:
    """Return the balances of the areas within the actor's reach at the end of a day, by name.

    Four statements at most. Who reaches every neighbourhood also gets the community pot, so that
    the sum is zero. A neighbourhood that is in no area of that level stands by itself.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    ground = ground_of(session, timebank_id=by.timebank_id)
    own = own_places(ground, by)
    rows = balances_on(session, ground, on)
    pending = ledger.pending_by_neighbourhood(
        session, timebank_id=by.timebank_id, neighbourhood_codes=ground.codes
    )
    grouped: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for place in own:
        key, name = area_of(ground, place, level)
        grouped.setdefault(key, []).append(place.code)
        names[key] = name
    sizes = Counter(area_of(ground, place, level)[0] for place in ground.places)
    if len(own) == len(ground.places) and own:
        grouped[POT_CODE] = [POT_CODE]
    return [
        dataclasses.replace(
            _together(key, names.get(key, ""), codes, rows, pending),
            is_whole=len(codes) >= sizes[key],
        )
        for key, codes in grouped.items()
    ]


def balances_on(
    session: Session, ground: Ground, on: datetime.date
) -> Mapping[str, tuple[int, int]]:
    """Return given and received up to the end of a day by code, the pot among them.

    Two statements: the closed days, and those of the open days that are not later than ``on``.
    """
    found = dict.fromkeys(ground.codes, (0, 0))
    open_from = first_open_day(ground.through)
    if ground.through is not None:
        closed = balances_at(ground.timebank_id, min(on, ground.through), ground.codes)
        for code, given, received in session.execute(closed):
            found[code] = (given, received)
    if on >= open_from:
        for (giver, receiver), flow in _flows(session, ground, open_from, on).items():
            given, received = found[giver]
            found[giver] = (given + flow.minutes, received)
            given, received = found[receiver]
            found[receiver] = (given, received + flow.minutes)
    return found


def quarter_figures(session: Session, *, by: Actor, quarter: Quarter) -> QuarterFigures:
    """Return the exact figures of the neighbourhoods within the actor's reach, by name.

    Four statements, whatever the history.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    ground = ground_of(session, timebank_id=by.timebank_id)
    own = own_places(ground, by)
    codes = {place.code for place in own}
    given, received, steps = Counter[str](), Counter[str](), Counter[str]()
    for giver, receiver, step, exchanges, minutes in session.execute(_by_step(ground, quarter)):
        given[giver] += int(minutes)
        received[receiver] += int(minutes)
        if step is not None and not codes.isdisjoint((giver, receiver)):
            steps[step] += int(exchanges)
    pending = ledger.pending_by_neighbourhood(
        session, timebank_id=by.timebank_id, neighbourhood_codes=sorted(codes)
    )
    people = _people_by_code(session, ground, quarter)
    rows = [
        NeighbourhoodFigures(
            place.code,
            place.name,
            given[place.code],
            received[place.code],
            *pending.get(place.code, (0, 0)),
            active_people=people.get(place.code, 0),
        )
        for place in own
    ]
    return QuarterFigures(rows, steps)


def quarter_hours(
    session: Session, ground: Ground, quarter: Quarter
) -> Mapping[str, tuple[int, int, int]]:
    """Return minutes given, minutes received and active people of a quarter, by neighbourhood.

    Two statements, whatever the history.
    """
    flows = _flows(session, ground, quarter.first_day, quarter.last_day)
    people = _people_by_code(session, ground, quarter)
    given, received = Counter[str](), Counter[str]()
    for (giver, receiver), flow in flows.items():
        given[giver] += flow.minutes
        received[receiver] += flow.minutes
    return {
        place.code: (given[place.code], received[place.code], people.get(place.code, 0))
        for place in ground.places
    }


def flow_matrix(session: Session, *, by: Actor, quarter: Quarter) -> FlowMatrix:
    """Return who helped whom in a quarter, for the neighbourhoods within the actor's reach.

    Two statements. The other neighbourhoods stand together under ``ELSEWHERE``; what went between
    two of those is left out.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    ground = ground_of(session, timebank_id=by.timebank_id)
    own = [place.code for place in own_places(ground, by)]
    flows: dict[Way, Flow] = {}
    first, last = quarter.first_day, quarter.last_day
    for way, flow in _flows(session, ground, first, last, touching=own).items():
        shown = _shown(way[0], own), _shown(way[1], own)
        before = flows.get(shown, Flow(0, 0))
        flows[shown] = Flow(before.exchanges + flow.exchanges, before.minutes + flow.minutes)
    used = {code for way in flows for code in way}
    codes = [*own, *(code for code in (ELSEWHERE, POT_CODE) if code in used)]
    return FlowMatrix(codes, {place.code: place.name for place in ground.places}, flows)


def _shown(code: str, own: Collection[str]) -> str:
    return code if code == POT_CODE or code in own else ELSEWHERE


def _flows(
    session: Session,
    ground: Ground,
    first: datetime.date,
    last: datetime.date,
    *,
    touching: Collection[str] | None = None,
) -> dict[Way, Flow]:
    """Sum what was booked from each code to each other, in one statement."""
    rows = lines(ground.timebank_id, first, last, through=ground.through, codes=ground.codes)
    query = select(
        rows.c.giver_code,
        rows.c.receiver_code,
        func.sum(rows.c.exchanges - rows.c.reversed_exchanges),
        func.sum(rows.c.minutes - rows.c.reversed_minutes),
    ).group_by(rows.c.giver_code, rows.c.receiver_code)
    if touching is not None:
        query = query.where(
            or_(rows.c.giver_code.in_(touching), rows.c.receiver_code.in_(touching))
        )
    return {
        (giver, receiver): Flow(int(exchanges), int(minutes))
        for giver, receiver, exchanges, minutes in session.execute(query)
    }


def _together(
    key: str,
    name: str,
    codes: Iterable[str],
    rows: Mapping[str, tuple[int, int]],
    pending: Mapping[str, tuple[int, int]],
) -> AreaBalance:
    """Add several codes up to one area."""
    sides = [(*rows[code], *pending.get(code, (0, 0))) for code in codes]
    given, received, coming, going = (sum(side) for side in zip(*sides, strict=True))
    return AreaBalance(key, name, given, received, coming, going)


def _by_step(ground: Ground, quarter: Quarter) -> Select[Any]:
    """Select each way and step of the ladder with its exchanges and minutes; no help has none."""
    rows = lines(
        ground.timebank_id,
        quarter.first_day,
        quarter.last_day,
        through=ground.through,
        codes=ground.codes,
    )
    return (
        select(
            rows.c.giver_code,
            rows.c.receiver_code,
            HelpCategory.step,
            func.sum(rows.c.exchanges - rows.c.reversed_exchanges),
            func.sum(rows.c.minutes - rows.c.reversed_minutes),
        )
        .outerjoin(
            HelpCategory,
            and_(
                HelpCategory.timebank_id == ground.timebank_id,
                HelpCategory.code == rows.c.category_code,
            ),
        )
        .group_by(rows.c.giver_code, rows.c.receiver_code, HelpCategory.step)
    )


def _people_by_code(session: Session, ground: Ground, quarter: Quarter) -> dict[str, int]:
    """Count who gave or received something that stands, by neighbourhood."""
    rows = pairs(
        session, ground.timebank_id, quarter, quarter, through=ground.through, codes=ground.codes
    )
    sides = union_all(
        select(
            rows.c.giver_code.label("code"),
            rows.c.giver_account_id.label("account_id"),
            rows.c.minutes.label("given"),
            literal(0).label("received"),
        ),
        select(rows.c.receiver_code, rows.c.receiver_account_id, literal(0), rows.c.minutes),
    ).subquery()
    active = (
        select(sides.c.code)
        .group_by(sides.c.code, sides.c.account_id)
        .having(or_(func.sum(sides.c.given) > 0, func.sum(sides.c.received) > 0))
        .subquery()
    )
    query = select(active.c.code, func.count().label("people")).group_by(active.c.code)
    return {row.code: row.people for row in session.execute(query)}
