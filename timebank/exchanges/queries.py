# SPDX-License-Identifier: EUPL-1.2
"""Reading exchanges with the names of both people. Nothing here writes.

``exchange_rows`` is the one shape in which every page sees an exchange; other rooms add conditions.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from timebank import clock
from timebank.exchanges.errors import UnknownExchange
from timebank.exchanges.models import (
    Exchange,
    ExchangeEvent,
    ExchangeNote,
    ExchangeOnBehalf,
    NoteKind,
)
from timebank.exchanges.policy import check_may_see
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason
from timebank.members.errors import UnknownMember
from timebank.members.models import Member, Person
from timebank.members.policy import Actor
from timebank.trust.operations import check_may_act_for


@dataclasses.dataclass(frozen=True)
class ExchangeRow:
    """An exchange as a page shows it. A name is None when that person was erased."""

    exchange_id: uuid.UUID
    helper_id: uuid.UUID
    helped_id: uuid.UUID
    helper_name: str | None
    helped_name: str | None
    helper_neighbourhood_code: str
    helped_neighbourhood_code: str
    category_code: str
    minutes: int
    helped_on: datetime.date
    state: ExchangeState
    logged_by: uuid.UUID | None
    logged_at: datetime.datetime
    note: str | None
    acting_for_id: uuid.UUID | None = None
    """The one of the two for whom somebody else filled the form in."""
    entered_by_id: uuid.UUID | None = None
    entered_by_name: str | None = None


@dataclasses.dataclass(frozen=True)
class EventRow:
    """One line of the history of an exchange."""

    action: Action
    reason: RejectionReason | None
    actor_name: str | None
    happened_at: datetime.datetime
    by_leaving: bool = False
    """It was taken back because its actor stopped taking part."""


ExchangeSelect = Select[Exchange, str, str, str, str, str, ExchangeOnBehalf, str, str]
"""An exchange, given and family name of the helper, the same of the helped, the note, and who typed
it for one of the two, with given and family name.
"""

_HELPER = aliased(Person)
_HELPED = aliased(Person)
_TYPIST = aliased(Person)


def exchange_rows(*conditions: ColumnElement[bool]) -> ExchangeSelect:
    """Return the statement that selects exchanges with names and note, without an order."""
    return (
        select(
            Exchange,
            _HELPER.given_name,
            _HELPER.family_name,
            _HELPED.given_name,
            _HELPED.family_name,
            ExchangeNote.words,
            ExchangeOnBehalf,
            _TYPIST.given_name,
            _TYPIST.family_name,
        )
        .outerjoin(_HELPER, _is_person(_HELPER, Exchange.helper_id))
        .outerjoin(_HELPED, _is_person(_HELPED, Exchange.helped_id))
        .outerjoin(
            ExchangeNote,
            and_(
                ExchangeNote.timebank_id == Exchange.timebank_id,
                ExchangeNote.exchange_id == Exchange.id,
                ExchangeNote.kind == NoteKind.NOTE,
            ),
        )
        .outerjoin(
            ExchangeOnBehalf,
            and_(
                ExchangeOnBehalf.timebank_id == Exchange.timebank_id,
                ExchangeOnBehalf.exchange_id == Exchange.id,
            ),
        )
        .outerjoin(_TYPIST, _is_person(_TYPIST, ExchangeOnBehalf.entered_by_id))
        .where(*conditions)
    )


def _is_person(
    person: type[Person], member_id: InstrumentedAttribute[uuid.UUID]
) -> ColumnElement[bool]:
    return and_(person.timebank_id == Exchange.timebank_id, person.member_id == member_id)


def as_exchange_row(
    row: Row[Exchange, str, str, str, str, str, ExchangeOnBehalf, str, str],
) -> ExchangeRow:
    """Turn one row of :func:`exchange_rows` into what a page shows."""
    exchange, helper_given, helper_family, helped_given, helped_family, note = row[:6]
    on_behalf, typist_given, typist_family = row[6:]
    return ExchangeRow(
        exchange_id=exchange.id,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
        helper_name=helper_given and f"{helper_given} {helper_family}",
        helped_name=helped_given and f"{helped_given} {helped_family}",
        helper_neighbourhood_code=exchange.helper_neighbourhood_code,
        helped_neighbourhood_code=exchange.helped_neighbourhood_code,
        category_code=exchange.category_code,
        minutes=exchange.minutes,
        helped_on=exchange.helped_on,
        state=exchange.state,
        logged_by=exchange.logged_by,
        logged_at=exchange.logged_at,
        note=note,
        acting_for_id=on_behalf.acting_for_id if on_behalf else None,
        entered_by_id=on_behalf.entered_by_id if on_behalf else None,
        entered_by_name=typist_given and f"{typist_given} {typist_family}",
    )


def exchange_for(session: Session, exchange_id: uuid.UUID, *, by: Actor) -> ExchangeRow:
    """Return one exchange, for who took part, who may decide, and who typed it for one of the two.

    Raises:
        UnknownExchange: there is none that this actor may see.
    """
    row = session.execute(
        exchange_rows(Exchange.timebank_id == by.timebank_id, Exchange.id == exchange_id)
    ).first()
    if row is None:
        raise UnknownExchange
    exchange = as_exchange_row(row)
    if exchange.acting_for_id is not None and exchange.entered_by_id == by.member_id:
        with contextlib.suppress(UnknownMember):
            check_may_act_for(session, exchange.acting_for_id, by=by)
            return exchange
    check_may_see(
        by,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
        neighbourhood_codes=(
            exchange.helper_neighbourhood_code,
            exchange.helped_neighbourhood_code,
        ),
    )
    return exchange


def sent_with_key(session: Session, *, by: Actor, form_key: uuid.UUID) -> uuid.UUID | None:
    """Return the exchange that the actor logged with this form key, if they did."""
    return session.scalars(
        select(Exchange.id).where(
            Exchange.timebank_id == by.timebank_id,
            Exchange.form_key == form_key,
            Exchange.logged_by == by.member_id,
        )
    ).first()


def history_of(
    session: Session, exchange_id: uuid.UUID, *, timebank_id: int
) -> tuple[Sequence[EventRow], str | None]:
    """Return what happened to an exchange, oldest first, and the words of a rejection."""
    rows = session.execute(
        select(ExchangeEvent, Person.given_name, Person.family_name, Member.left_on)
        .add_columns(ExchangeNote.words)
        .outerjoin(
            Person,
            and_(
                Person.timebank_id == ExchangeEvent.timebank_id,
                Person.member_id == ExchangeEvent.actor_id,
            ),
        )
        .outerjoin(
            Member,
            and_(
                Member.timebank_id == ExchangeEvent.timebank_id,
                Member.id == ExchangeEvent.actor_id,
            ),
        )
        .outerjoin(
            ExchangeNote,
            and_(
                ExchangeNote.timebank_id == ExchangeEvent.timebank_id,
                ExchangeNote.exchange_id == ExchangeEvent.exchange_id,
                ExchangeNote.kind == NoteKind.REASON,
            ),
        )
        .where(ExchangeEvent.timebank_id == timebank_id, ExchangeEvent.exchange_id == exchange_id)
        .order_by(ExchangeEvent.happened_at, ExchangeEvent.id)
    ).all()
    events = [
        EventRow(
            event.action,
            event.reason,
            given and f"{given} {family}",
            event.happened_at,
            event.action is Action.WITHDRAW and clock.day_of(event.happened_at) == left_on,
        )
        for event, given, family, left_on, _ in rows
    ]
    return events, next((words for *_, words in rows if words), None)


def histories_of_member(
    session: Session, *, timebank_id: int, member_id: uuid.UUID
) -> dict[uuid.UUID, list[EventRow]]:
    """Return what happened to every exchange somebody took part in, by exchange, oldest first."""
    rows = session.execute(
        select(ExchangeEvent, Person.given_name, Person.family_name)
        .outerjoin(
            Person,
            and_(
                Person.timebank_id == ExchangeEvent.timebank_id,
                Person.member_id == ExchangeEvent.actor_id,
            ),
        )
        .where(
            ExchangeEvent.timebank_id == timebank_id,
            ExchangeEvent.exchange_id.in_(_taken_part_in(timebank_id, member_id)),
        )
        .order_by(ExchangeEvent.happened_at, ExchangeEvent.id)
    )
    histories: dict[uuid.UUID, list[EventRow]] = defaultdict(list)
    for event, given, family in rows:
        name = given and f"{given} {family}"
        histories[event.exchange_id].append(
            EventRow(event.action, event.reason, name, event.happened_at)
        )
    return histories


def reasons_given_to(
    session: Session, *, timebank_id: int, member_id: uuid.UUID
) -> dict[uuid.UUID, str]:
    """Return the words of rejections of the exchanges somebody took part in, by exchange."""
    rows = session.execute(
        select(ExchangeNote.exchange_id, ExchangeNote.words).where(
            ExchangeNote.timebank_id == timebank_id,
            ExchangeNote.kind == NoteKind.REASON,
            ExchangeNote.exchange_id.in_(_taken_part_in(timebank_id, member_id)),
        )
    )
    return {row.exchange_id: row.words for row in rows}


def _taken_part_in(timebank_id: int, member_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Exchange.id).where(
        Exchange.timebank_id == timebank_id,
        or_(Exchange.helper_id == member_id, Exchange.helped_id == member_id),
    )


def newest_of_member(
    session: Session,
    *,
    timebank_id: int,
    member_id: uuid.UUID,
    limit: int = 5,
    states: Collection[ExchangeState] = tuple(ExchangeState),
) -> Sequence[ExchangeRow]:
    """Return the exchanges somebody took part in, last logged first.

    Args:
        limit: at most this many.
        states: only those that stand in one of these.
    """
    rows = [
        row
        for side in (Exchange.helper_id, Exchange.helped_id)
        for row in session.execute(
            exchange_rows(
                Exchange.timebank_id == timebank_id,
                side == member_id,
                Exchange.state.in_(states),
            )
            .order_by(Exchange.logged_at.desc(), Exchange.helped_on.desc())
            .limit(limit)
        )
    ]
    rows.sort(key=lambda row: (row[0].logged_at, row[0].helped_on, row[0].id), reverse=True)
    return [as_exchange_row(row) for row in rows[:limit]]


def exchanges_by_id(
    session: Session, *, timebank_id: int, exchange_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, ExchangeRow]:
    """Return exchanges by id, for the lines of a statement."""
    rows = session.execute(
        exchange_rows(Exchange.timebank_id == timebank_id, Exchange.id.in_(exchange_ids))
    )
    found = [as_exchange_row(row) for row in rows]
    return {exchange.exchange_id: exchange for exchange in found}


def recent_others(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, limit: int = 5
) -> Sequence[tuple[uuid.UUID, str]]:
    """Return the people somebody last exchanged help with, newest first, each once."""
    others: dict[uuid.UUID, str] = {}
    for row in newest_of_member(
        session, timebank_id=timebank_id, member_id=member_id, limit=4 * limit
    ):
        is_helper = row.helper_id == member_id
        other = row.helped_id if is_helper else row.helper_id
        name = row.helped_name if is_helper else row.helper_name
        if name is not None:
            others.setdefault(other, name)
    return list(others.items())[:limit]


def either_side_in(codes: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that one of the two lived in one of these neighbourhoods."""
    return or_(
        Exchange.helper_neighbourhood_code.in_(codes),
        Exchange.helped_neighbourhood_code.in_(codes),
    )
