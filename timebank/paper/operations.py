# SPDX-License-Identifier: EUPL-1.2
"""Writing paper: give out numbers, type a slip. The door commits.

A slip becomes an exchange by the same operation as the form, on behalf of one of the two (policy
row V9). Taking a typed slip back is ``withdraw_own`` of the room ``disputes``.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.orm import Session

import ledger
from timebank.areas.models import Neighbourhood
from timebank.audit.operations import write_down_by
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import LogExchange, Logged, log_exchange
from timebank.exchanges.queries import sent_with_key
from timebank.exchanges.workflow import PENDING, ExchangeState
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.paper.errors import (
    LooksTheSame,
    NobodyInReach,
    OwnSlip,
    PlaceOutOfReach,
    SlipUsed,
    TooManySheets,
    UnknownSlip,
)
from timebank.paper.models import MemberNumber, PaperSlip, SlipRange
from timebank.paper.policy import FIRST_SLIP, MOST_SHEETS, SLIPS_ON_A_SHEET

_ATTEMPTS = 20
"""So often at most a number is asked for while rivals take them; each rival takes one away."""
_COUNTS = (*PENDING, ExchangeState.APPROVED)
_FREED = (ExchangeState.WITHDRAWN, ExchangeState.RETURNED)
"""The slip of these is typed again, with the same number."""


@dataclasses.dataclass(frozen=True)
class PrintSlips:
    """A wish for sheets of blank slips.

    Attributes:
        form_key: made with the form; sent twice, it prints one run.
        sheets: from 1 to ``MOST_SHEETS`` (inclusive), each with ``SLIPS_ON_A_SHEET`` slips.
    """

    form_key: uuid.UUID
    neighbourhood_code: str
    sheets: int


@dataclasses.dataclass(frozen=True)
class TypeSlip:
    """A wish to write down one slip.

    Attributes:
        form_key: made with the row; sent twice, it writes one slip.
        minutes: whole steps of the timebank, at most a day.
        number: of the slip; None when it has none.
        knowingly: somebody looked at what seems to be the same slip, and it is another one.
    """

    form_key: uuid.UUID
    helper_id: uuid.UUID
    helped_id: uuid.UUID
    category_code: str
    minutes: int
    helped_on: datetime.date
    number: int | None = None
    knowingly: bool = False


@dataclasses.dataclass(frozen=True)
class Typed:
    """What was written down, and for whom of the two; ``replayed`` when it stood there before."""

    exchange_id: uuid.UUID
    acting_for_id: uuid.UUID
    replayed: bool


def print_slips(session: Session, command: PrintSlips, *, by: Actor, now: datetime.datetime) -> int:
    """Give out numbers for a run of blank slips and return the first one.

    Raises:
        NotPermitted: the actor fills in for nobody.
        PlaceOutOfReach: not in this neighbourhood.
        TooManySheets: none, or more than are printed at once.
    """
    check_place(session, command.neighbourhood_code, by=by)
    if not 1 <= command.sheets <= MOST_SHEETS:
        raise TooManySheets(MOST_SHEETS)
    for _ in range(_ATTEMPTS):
        known = session.scalar(
            select(SlipRange.first_number).where(
                SlipRange.timebank_id == by.timebank_id, SlipRange.form_key == command.form_key
            )
        )
        if known is not None:
            return known
        first = _take_numbers(session, command, by.timebank_id, now)
        if first is not None:
            write_down_by(session, "slips:print", by, now=now)
            return first
    raise RuntimeError("no number was free, each time somebody else was first")


def type_slip(session: Session, command: TypeSlip, *, by: Actor, now: datetime.datetime) -> Typed:
    """Write a slip down for one of the two, as something that waits for a coordinator.

    For whom: who has no e-mail address goes first, then the helper, of those within reach.

    Raises:
        NotPermitted: the actor fills in for nobody.
        OwnSlip: the actor is one of the two.
        NobodyInReach: neither of the two lives where the actor may fill in.
        UnknownSlip: no slip with this number was printed.
        SlipUsed: an exchange that counts or waits has this number.
        LooksTheSame: the same helper, helped, day and minutes, unless ``knowingly``.
        ExchangeError: as :func:`log_exchange` raises.

    Source: policy row V9.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    for field, member_id in (("helper", command.helper_id), ("helped", command.helped_id)):
        if member_id == by.member_id:
            raise OwnSlip(field)
    acting_for_id = _for_whom(session, command, by)
    wish = LogExchange(
        form_key=command.form_key,
        helper_id=command.helper_id,
        helped_id=command.helped_id,
        category_code=command.category_code,
        minutes=command.minutes,
        helped_on=command.helped_on,
        acting_for_id=acting_for_id,
    )
    # What was sent before is answered as the first time, before it can look like its own double.
    if sent_with_key(session, by=by, form_key=command.form_key) is None:
        _check_new(session, command, by.timebank_id)
    logged = log_exchange(session, wish, by=by, now=now)
    if not logged.replayed:
        keep_slip(session, logged, command.number, timebank_id=by.timebank_id)
    return Typed(logged.exchange_id, acting_for_id, logged.replayed)


def keep_slip(session: Session, logged: Logged, number: int | None, *, timebank_id: int) -> None:
    """Keep that an exchange came from paper, and from which slip; the door rolls back on refusal.

    Raises:
        UnknownSlip: no slip with this number was printed.
        SlipUsed: an exchange that counts or waits has this number.
    """
    if logged.replayed:
        return
    if number is not None:
        check_slip_free(session, number, timebank_id=timebank_id)
        _free_of_what_was_taken_back(session, number, timebank_id)
    kept = session.execute(
        ledger.insert_or_conflict(session, PaperSlip)
        .values(timebank_id=timebank_id, exchange_id=logged.exchange_id, number=number)
        .on_conflict_do_nothing()
        .returning(PaperSlip.exchange_id)
    ).first()
    if kept is None:
        raise SlipUsed(number or 0)


def check_slip_free(session: Session, number: int, *, timebank_id: int) -> None:
    """Refuse the number of a slip that was not printed or stands for an exchange already.

    Raises:
        UnknownSlip, SlipUsed
    """
    printed, used_by = session.execute(
        select(
            exists().where(
                SlipRange.timebank_id == timebank_id,
                SlipRange.first_number <= number,
                SlipRange.last_number >= number,
            ),
            select(Exchange.id)
            .join(
                PaperSlip,
                and_(
                    PaperSlip.timebank_id == Exchange.timebank_id,
                    PaperSlip.exchange_id == Exchange.id,
                ),
            )
            .where(
                PaperSlip.timebank_id == timebank_id,
                PaperSlip.number == number,
                Exchange.state.not_in(_FREED),
            )
            .scalar_subquery(),
        )
    ).one()
    if not printed:
        raise UnknownSlip(number)
    if used_by is not None:
        raise SlipUsed(number)


def give_numbers(
    session: Session, member_ids: Collection[uuid.UUID], *, timebank_id: int
) -> dict[uuid.UUID, int]:
    """Return the short numbers of members by id; who has none gets the next one, for ever."""
    for _ in range(_ATTEMPTS):
        rows = session.execute(
            select(MemberNumber.member_id, MemberNumber.number).where(
                MemberNumber.timebank_id == timebank_id, MemberNumber.member_id.in_(member_ids)
            )
        )
        numbers = {row.member_id: row.number for row in rows}
        missing = [member_id for member_id in member_ids if member_id not in numbers]
        if not missing:
            return numbers
        top = session.scalar(
            select(func.coalesce(func.max(MemberNumber.number), 0)).where(
                MemberNumber.timebank_id == timebank_id
            )
        )
        session.execute(
            ledger.insert_or_conflict(session, MemberNumber)
            .values(
                [
                    {"timebank_id": timebank_id, "number": number, "member_id": member_id}
                    for number, member_id in enumerate(missing, (top or 0) + 1)
                ]
            )
            .on_conflict_do_nothing()
        )
    raise RuntimeError("no number was free, each time somebody else was first")


def check_place(session: Session, code: str, *, by: Actor) -> None:
    """Refuse what is done for people of a neighbourhood in which the actor fills in for nobody.

    Raises:
        NotPermitted: the actor fills in for nobody at all.
        PlaceOutOfReach: not in this neighbourhood.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    here = session.get(Neighbourhood, (by.timebank_id, code)) if "\0" not in code else None
    if here is None or not by.reach(Permission.LOG_FOR_OTHERS).covers(code):
        raise PlaceOutOfReach


def _take_numbers(
    session: Session, command: PrintSlips, timebank_id: int, now: datetime.datetime
) -> int | None:
    """Take the numbers after the last ones; None when a rival took them first."""
    last = session.scalar(
        select(func.max(SlipRange.last_number)).where(SlipRange.timebank_id == timebank_id)
    )
    first = FIRST_SLIP if last is None else last + 1
    return session.scalar(
        ledger.insert_or_conflict(session, SlipRange)
        .values(
            timebank_id=timebank_id,
            first_number=first,
            last_number=first + command.sheets * SLIPS_ON_A_SHEET - 1,
            neighbourhood_code=command.neighbourhood_code,
            form_key=command.form_key,
            printed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(SlipRange.first_number)
    )


def _for_whom(session: Session, command: TypeSlip, by: Actor) -> uuid.UUID:
    rows = session.execute(
        select(Member.id, Member.neighbourhood_code, Person.email)
        .join(
            Person,
            and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id),
        )
        .where(
            Member.timebank_id == by.timebank_id,
            Member.id.in_((command.helper_id, command.helped_id)),
            Member.left_on.is_(None),
        )
    ).all()
    reach = by.reach(Permission.LOG_FOR_OTHERS)
    near = [row for row in rows if reach.covers(row.neighbourhood_code)]
    near.sort(key=lambda row: (row.email is not None, row.id != command.helper_id))
    if not near:
        raise NobodyInReach
    member_id: uuid.UUID = near[0].id
    return member_id


def _check_new(session: Session, command: TypeSlip, timebank_id: int) -> None:
    if command.number is not None:
        check_slip_free(session, command.number, timebank_id=timebank_id)
    if command.knowingly:
        return
    same = session.scalar(
        select(Exchange.id)
        .where(
            Exchange.timebank_id == timebank_id,
            Exchange.helper_id == command.helper_id,
            Exchange.helped_id == command.helped_id,
            Exchange.helped_on == command.helped_on,
            Exchange.minutes == command.minutes,
            Exchange.state.in_(_COUNTS),
        )
        .limit(1)
    )
    if same is not None:
        raise LooksTheSame(same)


def _free_of_what_was_taken_back(session: Session, number: int, timebank_id: int) -> None:
    """Take the number from an exchange that was taken back: the slip is typed anew."""
    taken_back = select(Exchange.id).where(
        Exchange.timebank_id == timebank_id, Exchange.state.in_(_FREED)
    )
    session.execute(
        update(PaperSlip)
        .where(
            PaperSlip.timebank_id == timebank_id,
            PaperSlip.number == number,
            PaperSlip.exchange_id.in_(taken_back),
        )
        .values(number=None),
        execution_options={"synchronize_session": False},
    )
