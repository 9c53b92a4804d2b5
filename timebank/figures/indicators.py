# SPDX-License-Identifier: EUPL-1.2
"""Counting what the indicators of a quarter are made of: five statements, whatever the history."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from timebank.categories.models import HelpCategory
from timebank.figures.facts import facts_of
from timebank.figures.places import Ground
from timebank.figures.policy import (
    KindLine,
    QuarterReport,
    TakingPart,
    report_of,
)
from timebank.members.models import Member
from timebank.pot.models import POT_CODE
from timebank.rollups.models import FigurePair
from timebank.rollups.queries import first_open_day, lines, pairs
from timebank.statements.policy import Quarter, quarter_of

QUARTERS_OF_A_YEAR = 4


def quarter_report(
    session: Session, ground: Ground, *, quarter: Quarter, codes: Collection[str]
) -> QuarterReport:
    """Count the indicators of some neighbourhoods in a quarter, and work them out.

    Five statements. Of the history outside the quarter only pairs are looked up, by key, and the
    three quarters before it.

    Args:
        codes: the neighbourhoods that are told together.
    """
    year = _year_up_to(quarter)
    # Pairs of the open days stand in no roll-up yet, though they may be of an earlier quarter.
    since = min(year[0], quarter_of(first_open_day(ground.through)))
    rows = pairs(
        session,
        ground.timebank_id,
        since,
        quarter,
        through=ground.through,
        codes=ground.codes,
    )
    return report_of(
        quarter=quarter.code,
        quarters=[one.code for one in year],
        taking_part=_taking_part(session, rows, year[0], codes),
        pairs=_count_pairs(session, ground, rows, quarter, codes),
        kinds=_kinds(session, ground, quarter, codes),
        facts=dataclasses.replace(
            facts_of(session, ground, quarter, codes),
            days_to_first=_days_to_first(session, ground, rows, quarter, codes),
        ),
    )


def _year_up_to(quarter: Quarter) -> list[Quarter]:
    quarters = [quarter]
    while len(quarters) < QUARTERS_OF_A_YEAR:
        quarters.insert(0, quarters[0].previous())
    return quarters


def _taking_part(
    session: Session, rows: Subquery, first: Quarter, codes: Collection[str]
) -> list[TakingPart]:
    """Sum what each account gave and received, by quarter from the first on.

    The pot takes no part: its code is no neighbourhood.
    """
    here = rows.c.quarter_on >= first.first_day
    nothing = literal(0)
    sides = union_all(
        select(
            rows.c.quarter_on.label("quarter_on"),
            rows.c.giver_account_id.label("account_id"),
            rows.c.minutes.label("given"),
            nothing.label("received"),
        ).where(here, rows.c.giver_code.in_(codes)),
        select(rows.c.quarter_on, rows.c.receiver_account_id, nothing, rows.c.minutes).where(
            here, rows.c.receiver_code.in_(codes)
        ),
    ).subquery()
    query = select(
        sides.c.account_id, sides.c.quarter_on, func.sum(sides.c.given), func.sum(sides.c.received)
    ).group_by(sides.c.account_id, sides.c.quarter_on)
    return [
        TakingPart(account, quarter_of(day).code, int(given), int(received))
        for account, day, given, received in session.execute(query)
    ]


def _count_pairs(
    session: Session, ground: Ground, rows: Subquery, quarter: Quarter, codes: Collection[str]
) -> tuple[int, int]:
    """Return how many pairs of people there were, and how many for the first time."""
    one, other = rows.c.giver_account_id, rows.c.receiver_account_id
    low, high = case((one < other, one), else_=other), case((one < other, other), else_=one)
    now = case((rows.c.quarter_on == quarter.first_day, rows.c.minutes), else_=0)
    met = (
        select(low.label("low"), high.label("high"), func.min(rows.c.quarter_on).label("since"))
        .where(
            or_(rows.c.giver_code.in_(codes), rows.c.receiver_code.in_(codes)),
            rows.c.giver_code != POT_CODE,
            rows.c.receiver_code != POT_CODE,
        )
        .group_by(low, high)
        .having(func.sum(now) > 0)
        .subquery()
    )
    known = or_(
        met.c.since < quarter.first_day,
        _booked_before(ground, quarter, met.c.low, met.c.high),
        _booked_before(ground, quarter, met.c.high, met.c.low),
    )
    total, new = session.execute(
        select(func.count(), func.coalesce(func.sum(case((known, 0), else_=1)), 0)).select_from(met)
    ).one()
    return total, int(new)


def _booked_before(
    ground: Ground, quarter: Quarter, giver: ColumnElement[Any], receiver: ColumnElement[Any]
) -> ColumnElement[bool]:
    before = aliased(FigurePair)
    return exists().where(
        before.timebank_id == ground.timebank_id,
        before.giver_account_id == giver,
        before.receiver_account_id == receiver,
        before.quarter_on < quarter.first_day,
    )


def _kinds(
    session: Session, ground: Ground, quarter: Quarter, codes: Collection[str]
) -> list[KindLine]:
    """Sum each kind of help in which one of the two lives in the area, each booking once."""
    rows = lines(
        ground.timebank_id,
        quarter.first_day,
        quarter.last_day,
        through=ground.through,
        codes=ground.codes,
    )
    query = (
        select(
            HelpCategory.code,
            HelpCategory.step,
            HelpCategory.is_group_activity,
            func.sum(rows.c.exchanges - rows.c.reversed_exchanges),
            func.sum(rows.c.minutes - rows.c.reversed_minutes),
            func.sum(rows.c.assisted_exchanges),
            func.sum(rows.c.exchanges),
        )
        .join(
            HelpCategory,
            and_(
                HelpCategory.timebank_id == ground.timebank_id,
                HelpCategory.code == rows.c.category_code,
            ),
        )
        .where(or_(rows.c.giver_code.in_(codes), rows.c.receiver_code.in_(codes)))
        .group_by(HelpCategory.code, HelpCategory.step, HelpCategory.is_group_activity)
    )
    return [
        KindLine(code, step, is_group, *(int(number) for number in numbers))
        for code, step, is_group, *numbers in session.execute(query)
    ]


def _days_to_first(
    session: Session, ground: Ground, rows: Subquery, quarter: Quarter, codes: Collection[str]
) -> list[int]:
    """Return, of each who took part for the first time ever, the days since they joined."""
    sides = union_all(
        *(
            select(
                account.label("account_id"),
                rows.c.quarter_on.label("quarter_on"),
                rows.c.first_day.label("day"),
                case((code.in_(codes), 1), else_=0).label("is_here"),
            )
            for account, code in (
                (rows.c.giver_account_id, rows.c.giver_code),
                (rows.c.receiver_account_id, rows.c.receiver_code),
            )
        )
    ).subquery()
    firsts = (
        select(sides.c.account_id, func.min(sides.c.day).label("day"))
        .group_by(sides.c.account_id)
        .having(
            func.min(sides.c.quarter_on) == quarter.first_day,
            func.max(case((sides.c.quarter_on == quarter.first_day, sides.c.is_here), else_=0))
            == 1,
        )
        .subquery()
    )
    before = aliased(FigurePair)
    earlier = [
        exists().where(
            before.timebank_id == ground.timebank_id,
            side == firsts.c.account_id,
            before.quarter_on < quarter.first_day,
        )
        for side in (before.giver_account_id, before.receiver_account_id)
    ]
    query = (
        select(firsts.c.day, Member.joined_on)
        .join(
            Member,
            and_(
                Member.timebank_id == ground.timebank_id,
                Member.account_id == firsts.c.account_id,
            ),
        )
        .where(~or_(*earlier))
    )
    return [max(0, (day - joined).days) for day, joined in session.execute(query)]
