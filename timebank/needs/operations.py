# SPDX-License-Identifier: EUPL-1.2
"""Writing needs: ask, change, end, give a kind of help, let pass. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.categories.queries import is_offered, open_kind
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.holding import all_stay
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission
from timebank.needs.errors import (
    NeedEndMissing,
    NeedFormUsed,
    NeedKindImpossible,
    NeedMoved,
    NeedSlotMissing,
    UnknownNeed,
)
from timebank.needs.models import Need
from timebank.needs.policy import (
    DEFAULT_DAYS,
    check_days,
    check_minutes,
    checked_deeper_words,
    checked_words,
)
from timebank.needs.workflow import CLOSED, NeedState, states_before
from timebank.preferences.policy import ALL_SLOTS
from timebank.trust.operations import check_may_act_for


@dataclasses.dataclass(frozen=True)
class Asked:
    """What somebody looks for.

    Attributes:
        words: in their own words; the only answer that must be there.
        category_code: None: a coordinator chooses it later.
        minutes: how long it takes, one of ``policy.MINUTES``; None: not known.
        slots: bits of the half-days that suit.
        days: how many days it stays open, one of ``policy.DAYS_OPEN``.
    """

    words: str
    category_code: str | None = None
    minutes: int | None = None
    slots: int = ALL_SLOTS
    is_urgent: bool = False
    days: int = DEFAULT_DAYS


_TYPED = ("words", "minutes", "slots", "is_urgent")
"""What only the owner changes: the kind may be that of a coordinator by now."""


def ask_need(
    session: Session,
    need_id: uuid.UUID,
    asked: Asked,
    *,
    about: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Keep what somebody looks for; asked twice with one key, it is one need.

    Args:
        need_id: made with the form.
        about: the actor, or whom the actor may fill in for.

    Raises:
        NotPermitted, UnknownMember: the actor may not ask for this member.
        NeedError: an answer cannot be kept; ``field`` names it.
        NeedFormUsed: the form was sent before with other answers.
        UnknownNeed: the key belongs to a need of somebody else.
    """
    _check_may_ask_for(session, about, by=by)
    values = _values_of(session, asked, by.timebank_id, now)
    made = session.execute(
        ledger.insert_or_conflict(session, Need)
        .values(
            timebank_id=by.timebank_id,
            id=need_id,
            member_id=about,
            asked_by=by.member_id,
            asked_at=now,
            **values,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "id"])
        .returning(Need.id)
    ).first()
    if made is None:
        stored = session.get_one(Need, (by.timebank_id, need_id))
        if stored.member_id != about:
            raise UnknownNeed
        if any(getattr(stored, name) != values[name] for name in _TYPED):
            raise NeedFormUsed
    elif about != by.member_id:
        write_down_by(session, "need:ask", by, about=about, subject=need_id, now=now)


def change_need(
    session: Session, need_id: uuid.UUID, asked: Asked, *, by: Actor, now: datetime.datetime
) -> None:
    """Change the answers of one's own need; one that expired is looked for again.

    Raises:
        UnknownNeed: it is not the actor's.
        NeedError: an answer cannot be kept; ``field`` names it.
        NeedMoved: somebody promised to help already, or it is over.
    """
    _own(session, need_id, by=by)
    values = _values_of(session, asked, by.timebank_id, now)
    _move(session, by.timebank_id, need_id, {NeedState.OPEN, NeedState.EXPIRED}, values)


def end_need(
    session: Session,
    need_id: uuid.UUID,
    state: NeedState | None,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Look for it no more: it is filled, or not wanted any more.

    The owner does so, or a coordinator to whom the owner said it.

    Raises:
        UnknownNeed: it is neither the actor's nor within reach.
        NeedEndMissing: neither of the two was chosen.
        NeedMoved: it was over already, otherwise than by this same end.
    """
    if state not in (NeedState.FILLED, NeedState.WITHDRAWN):
        _own_or_in_reach(session, need_id, by=by)
        raise NeedEndMissing
    need = _own_or_in_reach(session, need_id, by=by)
    about, was = need.member_id, need.state
    if was is state:
        return
    _move(session, by.timebank_id, need_id, states_before(state), _to(state, now))
    if about != by.member_id:
        write_down_by(session, "need:end", by, about=about, subject=need_id, now=now)


def choose_kind(session: Session, need_id: uuid.UUID, code: str, *, by: Actor) -> None:
    """Give one's own open need the kind of help that was suggested.

    Raises:
        UnknownNeed: it is not the actor's.
        NeedKindImpossible: neighbours do not give this kind of help here.
        NeedMoved: it is not open any more.
    """
    _own(session, need_id, by=by)
    _check_kind(session, by.timebank_id, code)
    _move(session, by.timebank_id, need_id, {NeedState.OPEN}, {"category_code": code})


def sort_need(
    session: Session,
    need_id: uuid.UUID,
    *,
    category_code: str | None,
    deeper_words: str,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Give a need its kind of help, and put beside its words what it is really about.

    The first words stay as they are (policy row V10).

    Args:
        category_code: None leaves the kind open.
        deeper_words: empty when there is nothing to add.

    Raises:
        UnknownNeed: there is none within the actor's reach, or it is their own.
        NeedKindImpossible, NeedTooLong: it cannot be kept.
        NeedMoved: it is over.
    """
    need = need_within_reach(session, need_id, by=by)
    about, kept = need.member_id, checked_deeper_words(deeper_words)
    if category_code is not None:
        _check_kind(session, by.timebank_id, category_code)
    values = {"category_code": category_code, "deeper_words": kept}
    _move(session, by.timebank_id, need_id, {NeedState.OPEN, NeedState.PROMISED}, values)
    write_down_by(session, "need:sort", by, about=about, subject=need_id, now=now)


def move_need(
    session: Session,
    need_id: uuid.UUID,
    state: NeedState,
    *,
    timebank_id: int,
    now: datetime.datetime,
) -> None:
    """Move a need on for another room, which has checked who may: promised, open again, filled.

    Raises:
        NeedMoved: no move leads there from where it stands, or there is no such need.
    """
    _move(session, timebank_id, need_id, states_before(state), _to(state, now))


def expire_needs(
    session: Session, *, timebank_id: int, today: datetime.date, now: datetime.datetime
) -> int:
    """Let what is open past its last day expire, and return how much that was."""
    gone = session.execute(
        update(Need)
        .where(
            Need.timebank_id == timebank_id,
            Need.state == NeedState.OPEN,
            Need.open_until < today,
        )
        .values(**_to(NeedState.EXPIRED, now))
        .returning(Need.id),
        execution_options={"synchronize_session": False},
    ).all()
    session.expire_all()
    return len(gone)


def need_within_reach(session: Session, need_id: uuid.UUID, *, by: Actor) -> Need:
    """Return a need of somebody else in the actor's neighbourhoods.

    Raises:
        UnknownNeed: there is none; nobody sorts their own.
    """
    found = session.get(Need, (by.timebank_id, need_id))
    if found is None or found.member_id == by.member_id:
        raise UnknownNeed
    member = session.get_one(Member, (by.timebank_id, found.member_id))
    if not by.reach(Permission.HELP_WITH_WISHES).covers(member.neighbourhood_code):
        raise UnknownNeed
    return found


def _own(session: Session, need_id: uuid.UUID, *, by: Actor) -> Need:
    by.require(Permission.KEEP_WISHES)
    found = session.get(Need, (by.timebank_id, need_id))
    if found is None or found.member_id != by.member_id:
        raise UnknownNeed
    return found


def _own_or_in_reach(session: Session, need_id: uuid.UUID, *, by: Actor) -> Need:
    found = session.get(Need, (by.timebank_id, need_id))
    if found is not None and found.member_id == by.member_id and by.can(Permission.KEEP_WISHES):
        return found
    return need_within_reach(session, need_id, by=by)


def _check_may_ask_for(session: Session, about: uuid.UUID, *, by: Actor) -> None:
    stays = all_stay(session, by.timebank_id, about)
    if about != by.member_id:
        check_may_act_for(session, about, by=by)
    else:
        by.require(Permission.KEEP_WISHES)
        if by.account_id is None:
            raise NotPermitted(Permission.KEEP_WISHES)
    if not stays:
        raise UnknownMember(about)


def _values_of(
    session: Session, asked: Asked, timebank_id: int, now: datetime.datetime
) -> dict[str, Any]:
    """Return the columns of an open need, all checked."""
    words = checked_words(asked.words)
    if asked.category_code is not None:
        _check_kind(session, timebank_id, asked.category_code)
    check_minutes(asked.minutes)
    check_days(asked.days)
    if not 0 < asked.slots <= ALL_SLOTS:
        raise NeedSlotMissing
    return {
        "words": words,
        "category_code": asked.category_code,
        "minutes": asked.minutes,
        "slots": asked.slots,
        "is_urgent": asked.is_urgent,
        "open_until": clock.day_of(now) + datetime.timedelta(days=asked.days),
        **_to(NeedState.OPEN, now),
    }


def _to(state: NeedState, now: datetime.datetime) -> dict[str, Any]:
    return {"state": state, "closed_at": now if state in CLOSED else None}


def _check_kind(session: Session, timebank_id: int, code: str) -> None:
    if not is_offered(open_kind(session, code, timebank_id=timebank_id)):
        raise NeedKindImpossible


def _move(
    session: Session,
    timebank_id: int,
    need_id: uuid.UUID,
    states: set[NeedState] | frozenset[NeedState],
    values: dict[str, Any],
) -> None:
    """Change a need that stands in one of these states; the first one wins."""
    changed = session.execute(
        update(Need)
        .where(Need.timebank_id == timebank_id, Need.id == need_id, Need.state.in_(states))
        .values(**values)
        .returning(Need.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is None:
        raise NeedMoved
    session.expire_all()
