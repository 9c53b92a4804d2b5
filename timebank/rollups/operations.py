# SPDX-License-Identifier: EUPL-1.2
"""Adding up the journal by closed days. The door commits.

Never "what is newer than the last one seen": a transfer with an earlier moment may be committed
later and would be left out for ever. Whole days are taken, a few days late, and the last ones are
made again each night (docs/adr/0038).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.pot.models import POT_CODE
from timebank.rollups.models import FigureBalance, FigureDay, FigurePair, FigureProof, RolledUp
from timebank.rollups.moves import DAY_SUMS, dutch_day, help_moves, moves, summed
from timebank.rollups.policy import MADE_AGAIN_DAYS, last_closed_day, spans
from timebank.statements.policy import quarter_of

ONE_DAY = datetime.timedelta(days=1)
DAY_COLUMNS = ("timebank_id", "day", "giver_code", "receiver_code", "category_code", *DAY_SUMS)
_PAIR_COLUMNS = (
    "timebank_id",
    "quarter_on",
    "giver_account_id",
    "receiver_account_id",
    "giver_code",
    "receiver_code",
    "minutes",
    "first_day",
)


def roll_up(
    session: Session,
    *,
    timebank_id: int,
    now: datetime.datetime,
    again_from: datetime.date | None = None,
) -> bool:
    """Add up the next closed days of a timebank, at most a quarter of a year at once.

    The last closed days are made again first, for what was committed late. One at a time works on
    one timebank: another waits, and then finds the work done.

    Args:
        again_from: make everything from this day (inclusive) again, although it was closed.

    Returns:
        Whether days are left to add up; the door commits and asks again.
    """
    reach = _hold_reach(session, timebank_id, now)
    target = last_closed_day(now)
    first = reach.through - datetime.timedelta(days=MADE_AGAIN_DAYS - 1)
    if again_from is not None:
        first = min(first, again_from)
    span = next(spans(first, target), None)
    if span is None:
        return False
    _make_days(session, timebank_id, *span)
    _make_balances(session, timebank_id, span[0])
    _make_pairs(session, timebank_id, *span)
    reach.through = max(reach.through, span[1]) if again_from is None else span[1]
    reach.made_at = now
    session.flush()
    return span[1] < target


def record_figure_proof(
    session: Session, *, timebank_id: int, differences: int, now: datetime.datetime
) -> None:
    """Write down what the comparison of a day found; a later one of that day replaces it."""
    found = {"checked_at": now, "differences": differences}
    session.execute(
        ledger.insert_or_conflict(session, FigureProof)
        .values(timebank_id=timebank_id, day=clock.day_of(now), **found)
        .on_conflict_do_update(
            index_elements=[FigureProof.timebank_id, FigureProof.day], set_=found
        )
    )


def _hold_reach(session: Session, timebank_id: int, now: datetime.datetime) -> RolledUp:
    """Return the row that says how far it reaches, locked; at first it stands before all books."""
    opened = session.scalar(
        select(func.min(ledger.Account.opened_at)).where(ledger.Account.timebank_id == timebank_id)
    )
    session.execute(
        ledger.insert_or_conflict(session, RolledUp)
        .values(timebank_id=timebank_id, through=clock.day_of(opened or now) - ONE_DAY, made_at=now)
        .on_conflict_do_nothing(index_elements=["timebank_id"])
    )
    return session.scalars(
        select(RolledUp).where(RolledUp.timebank_id == timebank_id).with_for_update()
    ).one()


def _make_days(
    session: Session, timebank_id: int, first: datetime.date, last: datetime.date
) -> None:
    session.execute(
        delete(FigureDay).where(
            FigureDay.timebank_id == timebank_id, FigureDay.day >= first, FigureDay.day <= last
        )
    )
    since, until = clock.start_of(first), clock.start_of(last + ONE_DAY)
    rows = day_rows(session, timebank_id, since, until, codes_of(session, timebank_id))
    session.execute(insert(FigureDay).from_select(DAY_COLUMNS, rows))


def day_rows(
    session: Session,
    timebank_id: int,
    since: datetime.datetime,
    until: datetime.datetime,
    codes: Collection[str] | None,
) -> Select[Any]:
    """Select the day rows of a period from the journal; see ``moves`` for the arguments."""
    moved = moves(timebank_id, since, until, codes)
    day = dutch_day(session, moved.c.recorded_at, since, until)
    return select(
        literal(timebank_id),
        day.label("day"),
        moved.c.giver_code,
        moved.c.receiver_code,
        moved.c.category_code,
        *summed(moved),
    ).group_by(day, moved.c.giver_code, moved.c.receiver_code, moved.c.category_code)


def codes_of(session: Session, timebank_id: int) -> list[str]:
    """Return every code that an entry may bear: neighbourhoods never go, and the pot has one."""
    accounts = select(ledger.Account.neighbourhood_code).where(
        ledger.Account.timebank_id == timebank_id
    )
    places = select(Neighbourhood.code).where(Neighbourhood.timebank_id == timebank_id)
    return sorted({POT_CODE, *session.scalars(accounts.distinct()), *session.scalars(places)})


def _make_balances(session: Session, timebank_id: int, first: datetime.date) -> None:
    """Make the running sums again from a day on (inclusive), each from its last row before."""
    session.execute(
        delete(FigureBalance).where(
            FigureBalance.timebank_id == timebank_id, FigureBalance.day >= first
        )
    )
    running = _balances_before(session, timebank_id)
    rows = []
    for day, code, given, received in session.execute(_sides(timebank_id, first)):
        before = running.get(code, (0, 0))
        running[code] = (before[0] + int(given), before[1] + int(received))
        rows.append(
            {
                "timebank_id": timebank_id,
                "code": code,
                "day": day,
                "given_minutes": running[code][0],
                "received_minutes": running[code][1],
            }
        )
    if rows:
        session.execute(insert(FigureBalance), rows)


def _balances_before(session: Session, timebank_id: int) -> dict[str, tuple[int, int]]:
    """Return the running sums at the last row of each code."""
    newest = (
        select(FigureBalance.code, func.max(FigureBalance.day).label("day"))
        .where(FigureBalance.timebank_id == timebank_id)
        .group_by(FigureBalance.code)
        .subquery()
    )
    rows = session.execute(
        select(FigureBalance.code, FigureBalance.given_minutes, FigureBalance.received_minutes)
        .join(
            newest,
            and_(FigureBalance.code == newest.c.code, FigureBalance.day == newest.c.day),
        )
        .where(FigureBalance.timebank_id == timebank_id)
    )
    return {code: (given, received) for code, given, received in rows}


def _sides(timebank_id: int, first: datetime.date) -> Select[Any]:
    """Select day, code, given and received from the day rows, in the order of days."""
    net = FigureDay.minutes - FigureDay.reversed_minutes
    here = (FigureDay.timebank_id == timebank_id, FigureDay.day >= first)
    nothing = literal(0)
    both = union_all(
        select(
            FigureDay.day.label("day"),
            FigureDay.giver_code.label("code"),
            net.label("given"),
            nothing.label("received"),
        ).where(*here),
        select(FigureDay.day, FigureDay.receiver_code, nothing, net).where(*here),
    ).subquery()
    return (
        select(both.c.day, both.c.code, func.sum(both.c.given), func.sum(both.c.received))
        .group_by(both.c.day, both.c.code)
        .order_by(both.c.day, both.c.code)
    )


def _make_pairs(
    session: Session, timebank_id: int, first: datetime.date, last: datetime.date
) -> None:
    """Make the pairs of each quarter again that these days touch, as far as days are closed."""
    codes = codes_of(session, timebank_id)
    quarter = quarter_of(first)
    while quarter.first_day <= last:
        session.execute(
            delete(FigurePair).where(
                FigurePair.timebank_id == timebank_id, FigurePair.quarter_on == quarter.first_day
            )
        )
        end = min(quarter.last_day, last)
        since, until = quarter.since, clock.start_of(end + ONE_DAY)
        rows = _pair_rows(session, timebank_id, since, until, codes)
        session.execute(insert(FigurePair).from_select(_PAIR_COLUMNS, rows))
        quarter = quarter.next()


def _pair_rows(
    session: Session,
    timebank_id: int,
    since: datetime.datetime,
    until: datetime.datetime,
    codes: Collection[str],
) -> Select[Any]:
    moved = help_moves(timebank_id, since, until, codes)
    day = dutch_day(session, moved.c.recorded_at, since, until)
    sides = (
        moved.c.giver_account_id,
        moved.c.receiver_account_id,
        moved.c.giver_code,
        moved.c.receiver_code,
    )
    return select(
        literal(timebank_id),
        literal(clock.day_of(since)),
        *sides,
        func.sum(moved.c.net_minutes),
        func.min(day),
    ).group_by(*sides)
