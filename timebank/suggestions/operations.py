# SPDX-License-Identifier: EUPL-1.2
"""What the giver says to a suggestion: yes, later, no. The door commits.

An answer that was given before is answered as then. Of one need one giver at a time says yes: the
need is locked first, and a unique index of the database stands behind it.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.checks.policy import lacking
from timebank.members.models import Member, MemberPause, Person
from timebank.members.policy import Actor, Permission
from timebank.needs.models import Need
from timebank.needs.workflow import NeedState
from timebank.preferences.models import Avoidance
from timebank.preferences.operations import avoid, keep_preferences
from timebank.preferences.queries import own_preferences
from timebank.suggestions.errors import SuggestionMoved, UnknownSuggestion
from timebank.suggestions.models import Suggestion
from timebank.suggestions.policy import (
    ACCEPTED_DAYS,
    DAY,
    LATER_DAYS,
    MOST_SHOWN,
    PLAN_DAYS,
    nearer_reach,
)
from timebank.suggestions.workflow import (
    ANSWERABLE,
    TAKEN,
    DeclineCode,
    SuggestionState,
)
from timebank.towns.queries import checks_of, places_of_town
from timebank.trust.operations import check_may_act_for

Reasons = list[dict[str, Any]]
_DEEDS = {
    SuggestionState.ACCEPTED: "suggestion:accept",
    SuggestionState.LATER: "suggestion:put_off",
    SuggestionState.DECLINED: "suggestion:decline",
}
"""How the audit calls an answer that a coordinator wrote down."""


@dataclasses.dataclass(frozen=True)
class Found:
    """Something that suits somebody, as the matcher found it.

    Attributes:
        reasons: code, points and perhaps a value of each, in the order in which they are said.
    """

    need_id: uuid.UUID
    points: int
    reasons: Reasons


def remember(
    session: Session, found: Found, *, giver_id: uuid.UUID, by: Actor, now: datetime.datetime
) -> None:
    """Keep a suggestion that no plan holds, so that it can be answered; one that stands stays.

    One that ran out stands again, with its new points.
    """
    key = {"timebank_id": by.timebank_id, "giver_id": giver_id, "need_id": found.need_id}
    values = {
        "points": found.points,
        "reasons": found.reasons,
        "state": SuggestionState.SHOWN,
        "expires_on": clock.day_of(now) + PLAN_DAYS * DAY,
        "changed_at": now,
    }
    session.execute(
        ledger.insert_or_conflict(session, Suggestion)
        .values(id=ledger.new_id(now), rank=MOST_SHOWN, shown_at=now, **key, **values)
        .on_conflict_do_update(
            index_elements=list(key),
            set_=values,
            where=Suggestion.state == SuggestionState.EXPIRED,
        ),
        execution_options={"synchronize_session": False},
    )


def say_yes(
    session: Session,
    need_id: uuid.UUID,
    *,
    giver_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> bool:
    """Say that the giver wants to do this; whoever looks for help is asked next.

    Returns:
        Whether it was said now; False where it had been said before.

    Raises:
        UnknownSuggestion: there is none for whom the actor speaks.
        SuggestionMoved: somebody else was first, it is not looked for any more, or it asks for a
            certificate, a talk or a training that the giver does not have.
    """
    check_speaks_for(session, giver_id, by=by)
    need = lock_need(session, need_id, by=by)
    found = suggestion_of(session, giver_id, need_id, by=by)
    if found.state in (SuggestionState.ACCEPTED, SuggestionState.AGREED):
        return False
    today = clock.day_of(now)
    here = {"timebank_id": by.timebank_id}
    if found.state not in ANSWERABLE or not still_looked_for(need, today):
        raise SuggestionMoved
    if not both_there(session, giver_id, need.member_id, **here, today=today):
        raise SuggestionMoved
    if lacking(need.category_code or "", checks_of(session, giver_id, **here)):
        raise SuggestionMoved
    if taken(session, need_id, by=by, but=found.id):
        raise SuggestionMoved
    expires_on = today + ACCEPTED_DAYS * DAY
    _move(session, found, SuggestionState.ACCEPTED, by, now, expires_on=expires_on)
    return True


def say_later(
    session: Session,
    need_id: uuid.UUID,
    *,
    giver_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Put it off for ``LATER_DAYS``; somebody who was asked in person sets the need free.

    Raises:
        UnknownSuggestion, SuggestionMoved
    """
    check_speaks_for(session, giver_id, by=by)
    found = suggestion_of(session, giver_id, need_id, by=by)
    if found.state is SuggestionState.LATER:
        return
    if found.state not in ANSWERABLE:
        raise SuggestionMoved
    rests_on = clock.day_of(now) + LATER_DAYS * DAY
    _move(session, found, SuggestionState.LATER, by, now, expires_on=rests_on)


def say_no(
    session: Session,
    need_id: uuid.UUID,
    code: DeclineCode | None,
    *,
    giver_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Say no. Nothing changes but that this need is not shown to them again.

    Only "too far", "not this kind" and "rather not this person" change what is suggested later, and
    each stands among the preferences, where it can be taken back. A yes can be taken back too, as
    long as the other did not answer.

    Args:
        code: as somebody says it about themselves; of who is spoken for no code is kept.

    Raises:
        UnknownSuggestion, SuggestionMoved
    """
    check_speaks_for(session, giver_id, by=by)
    found = suggestion_of(session, giver_id, need_id, by=by)
    if found.state is SuggestionState.DECLINED:
        return
    if found.state not in ANSWERABLE | {SuggestionState.ACCEPTED}:
        raise SuggestionMoved
    kept = code if by.member_id == giver_id else None
    _move(session, found, SuggestionState.DECLINED, by, now, decline_code=kept)
    need = session.get(Need, (by.timebank_id, need_id))
    if kept is not None and need is not None:
        _learn(session, kept, need, by=by, now=now)


def check_speaks_for(session: Session, member_id: uuid.UUID, *, by: Actor) -> None:
    """Refuse who is neither the member nor a coordinator of a member without e-mail.

    Raises:
        UnknownSuggestion
    """
    if member_id == by.member_id and by.can(Permission.KEEP_WISHES):
        return
    if not by.can(Permission.HELP_WITH_WISHES):
        raise UnknownSuggestion
    check_may_act_for(session, member_id, by=by)
    person = session.get(Person, (by.timebank_id, member_id))
    if person is None or person.email is not None:
        raise UnknownSuggestion


def lock_need(session: Session, need_id: uuid.UUID, *, by: Actor) -> Need:
    """Return a need that nobody else moves meanwhile; the plan of a night may refer to it.

    Raises:
        UnknownSuggestion: there is none.
    """
    need = session.scalars(
        select(Need)
        .where(Need.timebank_id == by.timebank_id, Need.id == need_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if need is None:
        raise UnknownSuggestion
    return need


def suggestion_of(
    session: Session, giver_id: uuid.UUID, need_id: uuid.UUID, *, by: Actor
) -> Suggestion:
    """Return what was suggested to a giver, locked.

    Raises:
        UnknownSuggestion: nothing was.
    """
    found = session.scalars(
        select(Suggestion)
        .where(
            Suggestion.timebank_id == by.timebank_id,
            Suggestion.giver_id == giver_id,
            Suggestion.need_id == need_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise UnknownSuggestion
    return found


def still_looked_for(need: Need, today: datetime.date) -> bool:
    """Say whether a need waits for somebody."""
    return need.state is NeedState.OPEN and need.open_until >= today


def taken(session: Session, need_id: uuid.UUID, *, by: Actor, but: uuid.UUID | None = None) -> bool:
    """Say whether somebody is asked for this need, or said yes to it.

    Args:
        but: a suggestion that does not count.
    """
    query = select(Suggestion.id).where(
        Suggestion.timebank_id == by.timebank_id,
        Suggestion.need_id == need_id,
        Suggestion.state.in_(TAKEN),
    )
    if but is not None:
        query = query.where(Suggestion.id != but)
    return session.execute(query.limit(1)).first() is not None


def both_there(
    session: Session,
    one: uuid.UUID,
    other: uuid.UUID,
    *,
    timebank_id: int,
    today: datetime.date,
) -> bool:
    """Say whether both take part, neither pauses, and neither would rather not meet the other."""
    paused = exists().where(
        MemberPause.timebank_id == timebank_id,
        MemberPause.member_id == Member.id,
        MemberPause.since <= today,
        or_(MemberPause.until.is_(None), MemberPause.until >= today),
    )
    apart = exists().where(
        Avoidance.timebank_id == timebank_id,
        Avoidance.member_id.in_((one, other)),
        Avoidance.avoided_id.in_((one, other)),
    )
    there = session.scalars(
        select(Member.id).where(
            Member.timebank_id == timebank_id,
            Member.id.in_((one, other)),
            Member.left_on.is_(None),
            Member.account_id.is_not(None),
            ~paused,
            ~apart,
        )
    ).all()
    return len(there) == len({one, other})


def _move(
    session: Session,
    found: Suggestion,
    state: SuggestionState,
    by: Actor,
    now: datetime.datetime,
    **values: Any,  # noqa: ANN401 - columns of the row
) -> None:
    """Change a suggestion that is locked; whoever answered it has seen it."""
    seen = {"shown_at": found.shown_at or now, "answered_at": now, "changed_at": now}
    for name, value in (values | seen | {"state": state}).items():
        setattr(found, name, value)
    session.flush()
    if by.member_id != found.giver_id:
        write_down_by(
            session, _DEEDS[state], by, about=found.giver_id, subject=found.need_id, now=now
        )


def _learn(
    session: Session, code: DeclineCode, need: Need, *, by: Actor, now: datetime.datetime
) -> None:
    """Change the actor's preferences as a no asks for: where they can read it and take it back."""
    if code is DeclineCode.NOT_THIS_PERSON:
        avoid(session, need.member_id, by=by, now=now)
        return
    wish = own_preferences(session, by=by)
    if code is DeclineCode.NOT_THIS_KIND and need.category_code is not None:
        muted = wish.muted | {need.category_code}
        keep_preferences(session, dataclasses.replace(wish, muted=muted), by=by, now=now)
    elif code is DeclineCode.TOO_FAR:
        places = places_of_town(session, timebank_id=by.timebank_id)[0]
        owner = session.get_one(Member, (by.timebank_id, need.member_id))
        here, there = (
            places.get(str(at)) for at in (by.neighbourhood_code, owner.neighbourhood_code)
        )
        if here is not None and there is not None:
            kilometres = ((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2) ** 0.5
            reach = nearer_reach(kilometres, wish.reach_metres)
            keep_preferences(session, dataclasses.replace(wish, reach_metres=reach), by=by, now=now)
