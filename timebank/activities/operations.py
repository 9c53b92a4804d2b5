# SPDX-License-Identifier: EUPL-1.2
"""Writing group activities: check one, book one, all or none. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.activities.errors import InitiatorMissing, NotForAGroup, NotYourPlace
from timebank.activities.models import ActivityPart, GroupActivity
from timebank.activities.policy import (
    Helping,
    InitiatedBy,
    Part,
    check_people,
    check_place,
    split,
)
from timebank.approvals.errors import OwnExchange
from timebank.areas.models import Neighbourhood, Timebank
from timebank.categories.models import Boundary, HelpCategory
from timebank.exchanges.errors import FormKeyUsed, ProfessionalOnly, UnknownKind, UnknownOther
from timebank.exchanges.policy import check_day, check_minutes
from timebank.lettering import readable_line
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission
from timebank.pot.operations import pot_account
from timebank.rules.queries import rules_between


@dataclasses.dataclass(frozen=True)
class BookActivity:
    """A wish to book what people did together.

    Attributes:
        form_key: made with the form; sent twice, it books once.
        place: where in the neighbourhood, in a few words.
        initiated_by: who started it; None was not chosen and is refused.
        helpers: whole steps of the timebank each, at most a day.
        helped: people by name, in the order in which what is left over is shared.
        guests: how many guests without names; 0 with people by name.
    """

    form_key: uuid.UUID
    category_code: str
    held_on: datetime.date
    neighbourhood_code: str
    place: str
    initiated_by: InitiatedBy | None
    helpers: tuple[Helping, ...]
    helped: tuple[uuid.UUID, ...] = ()
    guests: int = 0


@dataclasses.dataclass(frozen=True)
class Booked:
    """The activity that stands after the commit; ``replayed`` when it stood there before."""

    activity_id: uuid.UUID
    replayed: bool


_ANSWERS = ("category_code", "held_on", "neighbourhood_code", "initiated_by", "guests")
"""What must be the same, with place and people, for a form to be the same form."""
People = Mapping[uuid.UUID, "Row[uuid.UUID, int | None, datetime.date, str | None]"]
"""Everybody by name: account, first day and neighbourhood."""


def check_activity(
    session: Session, command: BookActivity, *, by: Actor, now: datetime.datetime
) -> list[Part]:
    """Return how the hours would be shared, and book nothing.

    Raises: what :func:`book_activity` raises, but for FormKeyUsed.
    """
    return _checked(session, command, by=by, now=now)[0]


def book_activity(
    session: Session, command: BookActivity, *, by: Actor, now: datetime.datetime
) -> Booked:
    """Book an activity: every helper gets their hours, or nobody does.

    Raises:
        NotPermitted: the actor decides about no exchanges.
        NotYourPlace: the neighbourhood is not one of theirs.
        OwnExchange: the actor took part in it (policy row L17).
        UnknownKind, ProfessionalOnly, NotForAGroup: this kind of help is not booked so.
        InvalidDuration, NotAWholeStep, DayInFuture, DayBeforeJoining, PlaceMissing,
        InitiatorMissing: an answer is not possible.
        UnknownOther: somebody takes no part in this timebank.
        FormKeyUsed: the key was used before for something else.
        What ``activities.policy`` raises about people and shares.
    """
    parts, people = _checked(session, command, by=by, now=now)
    assert command.initiated_by is not None  # noqa: S101 - checked with the answers
    activity_id = ledger.new_id(now)
    inserted = session.execute(
        ledger.insert_or_conflict(session, GroupActivity)
        .values(
            timebank_id=by.timebank_id,
            id=activity_id,
            form_key=command.form_key,
            category_code=command.category_code,
            held_on=command.held_on,
            neighbourhood_code=command.neighbourhood_code,
            place=readable_line(command.place),
            initiated_by=command.initiated_by,
            guests=command.guests,
            booked_by=by.member_id,
            booked_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "form_key"])
        .returning(GroupActivity.id)
    )
    if inserted.first() is None:
        return _replayed(session, command, parts, by)
    _book(session, command, parts, people, activity_id, by=by, now=now)
    return Booked(activity_id, replayed=False)


def _checked(
    session: Session, command: BookActivity, *, by: Actor, now: datetime.datetime
) -> tuple[list[Part], People]:
    by.require(Permission.DECIDE_EXCHANGES)
    _check_frame(session, command, by)
    check_place(command.place)
    if command.initiated_by is None:
        raise InitiatorMissing
    check_people(command.helpers, command.helped, command.guests)
    named = [one.member_id for one in command.helpers] + list(command.helped)
    if by.member_id in named:
        raise OwnExchange
    people = _people(session, by.timebank_id, named)
    step_minutes = _step_of(session, command, people, by.timebank_id)
    for one in command.helpers:
        check_minutes(one.minutes, step_minutes=step_minutes)
    first_day = max(one.joined_on for one in people.values())
    check_day(command.held_on, today=clock.day_of(now), first_day=first_day)
    return split(command.helpers, command.helped, step_minutes=step_minutes), people


def _check_frame(session: Session, command: BookActivity, by: Actor) -> None:
    """Check place and kind of help."""
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    key = (by.timebank_id, command.neighbourhood_code)
    if not reach.covers(command.neighbourhood_code) or session.get(Neighbourhood, key) is None:
        raise NotYourPlace
    category = session.get(HelpCategory, (by.timebank_id, command.category_code))
    if category is None or not category.is_open:
        raise UnknownKind(command.category_code)
    if category.boundary is Boundary.PROFESSIONAL_ONLY:
        raise ProfessionalOnly(command.category_code)
    if not category.is_group_activity:
        raise NotForAGroup


def _step_of(session: Session, command: BookActivity, people: People, timebank_id: int) -> int:
    """Return the smallest step in minutes: that of the place and of everybody by name.

    The largest of their neighbourhoods, as between two people; without one, that of the timebank.
    """
    codes = {command.neighbourhood_code, *(one.neighbourhood_code for one in people.values())}
    rules = rules_between(session, timebank_id=timebank_id, codes=codes)
    return rules.step_minutes or session.get_one(Timebank, timebank_id).step_minutes


def _people(session: Session, timebank_id: int, named: Sequence[uuid.UUID]) -> People:
    rows = session.execute(
        select(Member.id, Member.account_id, Member.joined_on, Member.neighbourhood_code).where(
            Member.timebank_id == timebank_id,
            Member.id.in_(named),
            Member.left_on.is_(None),
            Member.account_id.is_not(None),
        )
    )
    people = {row.id: row for row in rows}
    if len(people) < len(named):
        raise UnknownOther
    return people


def _replayed(session: Session, command: BookActivity, parts: Sequence[Part], by: Actor) -> Booked:
    """Answer a form that was sent before as the first time, if it is the same form."""
    stored = session.scalars(
        select(GroupActivity).where(
            GroupActivity.timebank_id == by.timebank_id,
            GroupActivity.form_key == command.form_key,
        )
    ).one()
    rows = session.execute(
        select(ActivityPart.helper_id, ActivityPart.helped_id, ActivityPart.minutes)
        .where(ActivityPart.timebank_id == by.timebank_id, ActivityPart.activity_id == stored.id)
        .order_by(ActivityPart.position)
    )
    same = all(getattr(stored, name) == getattr(command, name) for name in _ANSWERS)
    same = same and (stored.booked_by, stored.place) == (by.member_id, readable_line(command.place))
    if not same or [Part(*row) for row in rows] != list(parts):
        raise FormKeyUsed
    return Booked(stored.id, replayed=True)


def _book(
    session: Session,
    command: BookActivity,
    parts: Sequence[Part],
    people: People,
    activity_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Write the parts and their transfers; the id of each follows from the key of the form."""
    accounts: dict[uuid.UUID | None, int] = {one: row.account_id for one, row in people.items()}
    if not command.helped:
        accounts[None] = pot_account(session, timebank_id=by.timebank_id, now=now)
    keys = [uuid.uuid5(command.form_key, str(place)) for place in range(len(parts))]
    steps = [
        ledger.Step(
            ledger.TransferKind.POST,
            ledger.Order(
                timebank_id=by.timebank_id,
                transfer_id=key,
                debit_account_id=accounts[part.helped_id],
                credit_account_id=accounts[part.helper_id],
                minutes=part.minutes,
                effective_on=command.held_on,
                recorded_by=by.member_id,
            ),
        )
        for key, part in zip(keys, parts, strict=True)
    ]
    try:
        ledger.book_all(session, steps, now=now)
    except ledger.BatchRefused as refused:
        if isinstance(refused.cause, ledger.AccountClosed):
            raise UnknownOther from refused
        raise
    session.execute(
        insert(ActivityPart),
        [
            {
                "timebank_id": by.timebank_id,
                "transfer_id": key,
                "activity_id": activity_id,
                "position": place,
                **dataclasses.asdict(part),
            }
            for place, (key, part) in enumerate(zip(keys, parts, strict=True))
        ],
    )
