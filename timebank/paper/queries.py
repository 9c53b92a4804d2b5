# SPDX-License-Identifier: EUPL-1.2
"""Reading paper: printed runs, who is meant on a slip, what was typed. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.categories.models import Boundary, HelpCategory
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import ExchangeRow, exchanges_by_id
from timebank.exchanges.workflow import ExchangeState
from timebank.members.operations import folded
from timebank.members.policy import Actor, Permission
from timebank.members.queries import (
    MemberName,
    PersonRow,
    find_residents,
    people_in_reach,
    residents_by_id,
)
from timebank.paper.errors import (
    NameTooShort,
    NobodyCalled,
    NothingPrinted,
    NumberOfNobody,
    NumberWrong,
    SeveralFit,
)
from timebank.paper.models import MemberNumber, PaperSlip, SlipRange
from timebank.paper.policy import (
    LEAST_LETTERS,
    looks_like_a_number,
    member_number,
    read_member_number,
    slip_number,
)

MOST_CANDIDATES = 8
MOST_SUGGESTED = 200
MOST_RUNS = 10
MOST_TYPED = 200
"""So many lines of one day at most are shown; the totals count all."""


@dataclasses.dataclass(frozen=True)
class TypedRow:
    """A slip that was typed: the exchange it became, and its number if it had one."""

    exchange: ExchangeRow
    number: int | None


@dataclasses.dataclass(frozen=True)
class DayTotal:
    """How many slips somebody typed on a day, without those taken back, and their minutes."""

    slips: int
    minutes: int


def person_meant(
    session: Session, text: str, *, field: str, chosen: uuid.UUID | None, timebank_id: int
) -> MemberName:
    """Return who is meant by a member's number or by the beginning of a name.

    Args:
        text: such as ``37K``, ``fat`` or ``Fatima El Amrani``; capitals and accents do not matter.
        field: where the text stands, for the refusals.
        chosen: who was chosen of several that fitted; counts only while the text still fits them.

    Raises:
        NumberWrong: it looks like a number, and its sign does not fit.
        NumberOfNobody: no member who takes part has this number.
        NameTooShort, NobodyCalled: the letters lead to nobody.
        SeveralFit: somebody must choose.
    """
    if looks_like_a_number(text):
        return _numbered(session, text, field, timebank_id)
    if len(folded(text).replace(" ", "")) < LEAST_LETTERS:
        raise NameTooShort(field)
    found = find_residents(session, timebank_id=timebank_id, text=text, limit=MOST_CANDIDATES + 1)
    for person in found:
        if person.member_id == chosen:
            return person
    whole = [one for one in found if folded(one.full_name).split() == folded(text).split()]
    fitting = whole or found
    if not fitting:
        raise NobodyCalled(field)
    if len(fitting) > 1:
        raise SeveralFit(field, [one.member_id for one in fitting])
    return fitting[0]


def suggested(session: Session, *, by: Actor) -> Sequence[PersonRow]:
    """Return the people of the actor's neighbourhoods whose names a browser may complete, by name.

    Raises:
        NotPermitted: the actor reads no people.
    """
    return people_in_reach(session, by=by, limit=MOST_SUGGESTED)


def kinds_by_number(categories: Mapping[str, HelpCategory]) -> dict[int, HelpCategory]:
    """Return the kinds of help that may stand on a slip by their number, which stays the same."""
    return {
        category.position + 1: category
        for category in sorted(categories.values(), key=lambda category: category.position)
        if category.is_open and category.boundary is not Boundary.PROFESSIONAL_ONLY
    }


def typed_on(session: Session, day: datetime.date, *, by: Actor) -> Sequence[TypedRow]:
    """Return the slips that the actor typed on a day in the Netherlands, last typed first.

    Raises:
        NotPermitted: the actor fills in for nobody.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    numbers = {
        row.id: row.number
        for row in session.execute(
            select(Exchange.id, PaperSlip.number)
            .join(PaperSlip, _came_from_paper())
            .where(*_typed(by, day))
            .order_by(Exchange.logged_at.desc(), Exchange.id.desc())
            .limit(MOST_TYPED)
        )
    }
    exchanges = exchanges_by_id(session, timebank_id=by.timebank_id, exchange_ids=list(numbers))
    return [TypedRow(exchanges[id_], number) for id_, number in numbers.items()]


def total_of(session: Session, day: datetime.date, *, by: Actor) -> DayTotal:
    """Return what the actor typed on a day in the Netherlands, all of it.

    Raises:
        NotPermitted: the actor fills in for nobody.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    slips, minutes = session.execute(
        select(func.count(), func.coalesce(func.sum(Exchange.minutes), 0))
        .select_from(Exchange)
        .join(PaperSlip, _came_from_paper())
        .where(*_typed(by, day), Exchange.state != ExchangeState.WITHDRAWN)
    ).one()
    return DayTotal(int(slips), int(minutes))


def slip_of(session: Session, exchange_id: uuid.UUID, *, timebank_id: int) -> int | None:
    """Return the number of the slip from which an exchange came, if it had one."""
    return session.scalar(
        select(PaperSlip.number).where(
            PaperSlip.timebank_id == timebank_id, PaperSlip.exchange_id == exchange_id
        )
    )


def run_from(session: Session, first_number: int, *, by: Actor) -> SlipRange:
    """Return a printed run of slips.

    Raises:
        NotPermitted: the actor fills in for nobody.
        NothingPrinted: there is none that begins here, within reach.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    run = session.get(SlipRange, (by.timebank_id, first_number))
    if run is None or not by.reach(Permission.LOG_FOR_OTHERS).covers(run.neighbourhood_code):
        raise NothingPrinted
    return run


def last_runs(session: Session, *, by: Actor) -> Sequence[SlipRange]:
    """Return the runs that were printed last in the actor's neighbourhoods, newest first.

    Raises:
        NotPermitted: the actor fills in for nobody.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    reach = by.reach(Permission.LOG_FOR_OTHERS)
    query = select(SlipRange).where(SlipRange.timebank_id == by.timebank_id)
    if not reach.everywhere:
        query = query.where(SlipRange.neighbourhood_code.in_(reach.codes))
    return session.scalars(query.order_by(SlipRange.first_number.desc()).limit(MOST_RUNS)).all()


def number_of(session: Session, member_id: uuid.UUID, *, timebank_id: int) -> str | None:
    """Return the short number of a member as it is written; None while it was never needed."""
    number = session.scalar(
        select(MemberNumber.number).where(
            MemberNumber.timebank_id == timebank_id, MemberNumber.member_id == member_id
        )
    )
    return None if number is None else member_number(number)


def number_for_oneself(session: Session, *, by: Actor) -> str | None:
    """Return the actor's own short number as it is written; None while it was never needed."""
    if by.member_id is None:
        return None
    return number_of(session, by.member_id, timebank_id=by.timebank_id)


def slips_for_oneself(session: Session, *, by: Actor) -> dict[uuid.UUID, str]:
    """Return the numbers of the slips from which the actor's own exchanges came, by exchange."""
    rows = session.execute(
        select(PaperSlip.exchange_id, PaperSlip.number)
        .join(Exchange, _came_from_paper())
        .where(
            PaperSlip.timebank_id == by.timebank_id,
            PaperSlip.number.is_not(None),
            or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id),
        )
    )
    return {row.exchange_id: slip_number(row.number) for row in rows}


def _numbered(session: Session, text: str, field: str, timebank_id: int) -> MemberName:
    try:
        number = read_member_number(text)
    except NumberWrong as refusal:
        refusal.field = field
        raise
    member_id = session.scalar(
        select(MemberNumber.member_id).where(
            MemberNumber.timebank_id == timebank_id, MemberNumber.number == number
        )
    )
    found = residents_by_id(
        session, timebank_id=timebank_id, member_ids=[member_id] if member_id else []
    )
    if member_id is None or member_id not in found:
        raise NumberOfNobody(field)
    return found[member_id]


def _came_from_paper() -> ColumnElement[bool]:
    return and_(PaperSlip.timebank_id == Exchange.timebank_id, PaperSlip.exchange_id == Exchange.id)


def _typed(by: Actor, day: datetime.date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions: by this actor, for somebody else, on this day."""
    return (
        Exchange.timebank_id == by.timebank_id,
        Exchange.logged_by == by.member_id,
        Exchange.helper_id != by.member_id,
        Exchange.helped_id != by.member_id,
        Exchange.logged_at >= clock.start_of(day),
        Exchange.logged_at < clock.start_of(day + datetime.timedelta(days=1)),
    )
