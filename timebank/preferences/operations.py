# SPDX-License-Identifier: EUPL-1.2
"""Writing preferences: keep when and how, avoid somebody, stop avoiding. The door commits.

Every operation may be repeated: what stands already stays as it was.
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import delete
from sqlalchemy.orm import Session

import ledger
from timebank.audit.operations import write_down_by
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.holding import all_stay
from timebank.members.policy import Actor, Permission
from timebank.preferences.errors import CannotAvoid
from timebank.preferences.models import Avoidance, MatchPreference, MutedCategory
from timebank.preferences.policy import Preferences, check_preferences
from timebank.trust.operations import check_answers_for


def keep_preferences(
    session: Session, wish: Preferences, *, by: Actor, now: datetime.datetime
) -> None:
    """Keep when, how far and how much the actor wants to help, and which kinds not.

    Args:
        wish: everything at once; kinds of help that the timebank does not have must not be in it.

    Raises:
        NotPermitted: the actor takes no part.
        SlotMissing, ReachMissing, CapacityMissing: an answer is none of the list.
    """
    member_id = _own_id(by)
    check_preferences(wish)
    if not all_stay(session, by.timebank_id, member_id):
        raise NotPermitted(Permission.KEEP_WISHES)
    _keep(session, member_id, wish, timebank_id=by.timebank_id, now=now)


def keep_preferences_for(
    session: Session, about: uuid.UUID, wish: Preferences, *, by: Actor, now: datetime.datetime
) -> None:
    """Keep what somebody without e-mail told the actor about when, how far and how much.

    It is written down, and stands among their own data.

    Raises:
        NotPermitted, UnknownMember: the actor does not speak for them.
        SlotMissing, ReachMissing, CapacityMissing: an answer is none of the list.
    """
    check_answers_for(session, about, by=by)
    check_preferences(wish)
    if not all_stay(session, by.timebank_id, about):
        raise UnknownMember(about)
    _keep(session, about, wish, timebank_id=by.timebank_id, now=now)
    write_down_by(session, "preference:keep", by, about=about, now=now)


def avoid(session: Session, other_id: uuid.UUID, *, by: Actor, now: datetime.datetime) -> None:
    """Never suggest the actor and this member to each other. No reason is asked.

    Raises:
        NotPermitted: the actor takes no part.
        CannotAvoid: it is the actor, or nobody of this timebank.
    """
    member_id = _own_id(by)
    if other_id == member_id or not all_stay(session, by.timebank_id, member_id, other_id):
        raise CannotAvoid
    session.execute(
        ledger.insert_or_conflict(session, Avoidance)
        .values(timebank_id=by.timebank_id, member_id=member_id, avoided_id=other_id, said_at=now)
        .on_conflict_do_nothing()
    )


def stop_avoiding(session: Session, other_id: uuid.UUID, *, by: Actor) -> None:
    """Take back what the actor said about this member; of others nothing is taken back.

    Raises:
        NotPermitted: the actor takes no part.
    """
    session.execute(
        delete(Avoidance).where(
            Avoidance.timebank_id == by.timebank_id,
            Avoidance.member_id == _own_id(by),
            Avoidance.avoided_id == other_id,
        ),
        execution_options={"synchronize_session": False},
    )


def _keep(
    session: Session,
    member_id: uuid.UUID,
    wish: Preferences,
    *,
    timebank_id: int,
    now: datetime.datetime,
) -> None:
    """Keep the answers of somebody, all at once."""
    values = {
        "slots": wish.slots,
        "reach_metres": wish.reach_metres,
        "capacity_minutes": wish.capacity_minutes,
        "changed_at": now,
    }
    here = {"timebank_id": timebank_id, "member_id": member_id}
    session.execute(
        ledger.insert_or_conflict(session, MatchPreference)
        .values(**here, **values)
        .on_conflict_do_update(index_elements=["timebank_id", "member_id"], set_=values)
    )
    session.execute(
        delete(MutedCategory).where(
            MutedCategory.timebank_id == timebank_id, MutedCategory.member_id == member_id
        ),
        execution_options={"synchronize_session": False},
    )
    if wish.muted:
        session.execute(
            ledger.insert_or_conflict(session, MutedCategory)
            .values([here | {"category_code": code} for code in sorted(wish.muted)])
            .on_conflict_do_nothing()
        )
    session.expire_all()


def _own_id(by: Actor) -> uuid.UUID:
    by.require(Permission.KEEP_WISHES)
    if by.member_id is None:
        raise NotPermitted(Permission.KEEP_WISHES)
    return by.member_id
