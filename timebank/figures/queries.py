# SPDX-License-Identifier: EUPL-1.2
"""Reading exact figures: balances of neighbourhoods, flows between them. Nothing here writes.

Each is a sum over closed days by their roll-ups and over open days by the entries, so that it
agrees to the minute with the journal and costs the same however old the books are.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

import ledger
from timebank.figures.places import Ground, at_level, ground_of, own_places
from timebank.figures.policy import Level
from timebank.members.policy import Actor
from timebank.pot.models import POT_CODE
from timebank.rollups.queries import balances_at, first_open_day, lines
from timebank.statements.policy import Quarter

ELSEWHERE = "elsewhere"
"""The other neighbourhoods of the timebank together, for who may not see each."""
Way = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class AreaBalance:
    """What an area gave and received up to the end of a day, and what waits there now.

    ``key`` is the code of a neighbourhood or wijk, the key of another area, or the code of the
    community pot. What is pending does not count yet, and stands here as it is at this moment.
    """

    key: str
    name: str
    given_minutes: int
    received_minutes: int
    pending_given_minutes: int = 0
    pending_received_minutes: int = 0

    @property
    def net_minutes(self) -> int:
        """Given minus received; over all areas and the pot these sum to zero."""
        return self.given_minutes - self.received_minutes


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
        key, name = at_level(ground, place, level)
        key, name = (key, name) if key else (place.code, place.name)
        grouped.setdefault(key, []).append(place.code)
        names[key] = name
    if len(own) == len(ground.places) and own:
        grouped[POT_CODE] = [POT_CODE]
    return [
        _together(key, names.get(key, ""), codes, rows, pending) for key, codes in grouped.items()
    ]


def balances_on(
    session: Session, ground: Ground, on: datetime.date
) -> Mapping[str, tuple[int, int]]:
    """Return given and received up to the end of a day by code, the pot among them.

    Two statements: the closed days, and those of the open days that are not later than ``on``.
    """
    found = {code: (0, 0) for code in ground.codes}
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
        shown = tuple(code if code in {*own, POT_CODE} else ELSEWHERE for code in way)
        before = flows.get(shown, Flow(0, 0))  # type: ignore[call-overload]
        flows[shown] = Flow(  # type: ignore[index]
            before.exchanges + flow.exchanges, before.minutes + flow.minutes
        )
    used = {code for way in flows for code in way}
    codes = [*own, *(code for code in (ELSEWHERE, POT_CODE) if code in used)]
    return FlowMatrix(codes, {place.code: place.name for place in ground.places}, flows)


def _flows(
    session: Session,
    ground: Ground,
    first: datetime.date,
    last: datetime.date,
    *,
    touching: Collection[str] | None = None,
) -> dict[Way, Flow]:
    """Sum what was booked from each code to each other, in one statement."""
    rows = lines(
        ground.timebank_id, first, last, through=ground.through, codes=ground.codes
    )
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
