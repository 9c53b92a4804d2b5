# SPDX-License-Identifier: EUPL-1.2
"""Writing worries: send one, read it (which is a deed), take it up, close it. The door commits.

That somebody sent a worry is not written in the audit: the row itself says so, and whoever reads
the audit may be whom it is about. What staff do with it is written down, about nobody.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.concerns.errors import AlreadyClosed, NobodyReads, OutcomeMissing, UnknownConcern
from timebank.concerns.models import Concern
from timebank.concerns.policy import Audience, Outcome, audience_of, checked_words
from timebank.exchanges.errors import UnknownExchange
from timebank.exchanges.models import Exchange
from timebank.exchanges.policy import takes_part
from timebank.members.errors import NotPermitted
from timebank.members.models import Member, RoleGrant
from timebank.members.operations import counts_on
from timebank.members.policy import Actor, Permission, Role


@dataclasses.dataclass(frozen=True)
class RaiseConcern:
    """A wish to send a worry.

    Attributes:
        key: made with the form. Sent twice there is one worry; with other words it is another one.
        exchange_id: the exchange it is about; None for none.
        about_staff: it is about somebody of the organisation, so colleagues must not read it.
    """

    key: uuid.UUID
    exchange_id: uuid.UUID | None
    words: str
    about_staff: bool = False


def raise_concern(
    session: Session, command: RaiseConcern, *, by: Actor, now: datetime.datetime
) -> uuid.UUID:
    """Send a worry to whoever may read it (policy rows L10, V2), and return its id.

    Nothing of the exchange changes. Who goes back in the browser and writes something else sends a
    second worry under the same key: it is kept too, never dropped.

    Raises:
        NotPermitted: the actor takes no part in this timebank.
        UnknownExchange: the actor took no part in such an exchange.
        ConcernEmpty, ConcernTooLong: the words are no words.
        NobodyReads: nobody could read it, other than those whom it is about.
    """
    by.require(Permission.RAISE_CONCERNS)
    if by.member_id is None or by.neighbourhood_code is None:
        raise NotPermitted(Permission.RAISE_CONCERNS)
    words = checked_words(command.words)
    about_id, code = _whom_and_where(session, command.exchange_id, by)
    audience = _audience(session, command, about_id, code, by, now)
    concern_id = uuid.uuid5(
        command.key, f"{by.member_id} {command.exchange_id} {command.about_staff} {words}"
    )
    session.execute(
        ledger.insert_or_conflict(session, Concern)
        .values(
            timebank_id=by.timebank_id,
            id=concern_id,
            author_id=by.member_id,
            about_id=about_id,
            exchange_id=command.exchange_id,
            neighbourhood_code=code or by.neighbourhood_code,
            audience=audience,
            words=words,
            sent_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "id"])
    )
    return concern_id


def read_concern(
    session: Session, concern_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> str:
    """Write down that the actor reads a worry, and return its words.

    Raises:
        UnknownConcern: there is none that this actor may read.
    """
    concern = concern_within_reach(session, concern_id, by=by)
    write_down_by(session, "concern:read", by, subject=concern_id, now=now)
    return concern.words


def take_up_concern(
    session: Session, concern_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Let colleagues see that the actor deals with it; a later one takes it over.

    Raises:
        UnknownConcern: there is none that this actor may read.
        AlreadyClosed: it was dealt with.
    """
    concern_within_reach(session, concern_id, by=by)
    _change(session, concern_id, by, taken_up_by=by.member_id, taken_up_at=now)
    write_down_by(session, "concern:take_up", by, subject=concern_id, now=now)


def close_concern(
    session: Session,
    concern_id: uuid.UUID,
    outcome: Outcome | None,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Say what was done; of two at once exactly one wins.

    Raises:
        UnknownConcern: there is none that this actor may read.
        OutcomeMissing: nobody said what was done.
        AlreadyClosed: a colleague was first.
    """
    concern_within_reach(session, concern_id, by=by)
    if outcome is None:
        raise OutcomeMissing
    _change(session, concern_id, by, outcome=outcome, closed_by=by.member_id, closed_at=now)
    write_down_by(session, "concern:close", by, subject=concern_id, now=now)


def concern_within_reach(session: Session, concern_id: uuid.UUID, *, by: Actor) -> Concern:
    """Return a worry without telling anybody that it exists who may not read it.

    Raises:
        UnknownConcern: there is none that this actor may read.
    """
    found = session.scalars(select(Concern).where(may_read(by), Concern.id == concern_id)).first()
    if found is None:
        raise UnknownConcern
    return found


def may_read(by: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may read a worry.

    Coordinators read what is not about staff in their own neighbourhoods, administrators what is
    about staff. Nobody handles a worry of their own, or one about themselves.
    """
    reach = by.reach(Permission.HANDLE_CONCERNS)
    allowed = [
        and_(Concern.audience == Audience.COORDINATORS, Concern.neighbourhood_code.in_(reach.codes))
    ]
    if reach.everywhere:
        allowed.append(Concern.audience == Audience.ADMINISTRATORS)
    return and_(
        Concern.timebank_id == by.timebank_id,
        Concern.author_id != by.member_id,
        or_(Concern.about_id.is_(None), Concern.about_id != by.member_id),
        or_(*allowed),
    )


def _whom_and_where(
    session: Session, exchange_id: uuid.UUID | None, by: Actor
) -> tuple[uuid.UUID | None, str | None]:
    """Return the other one of the exchange and where they lived then."""
    if exchange_id is None:
        return None, None
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None or not takes_part(
        by, helper_id=exchange.helper_id, helped_id=exchange.helped_id
    ):
        raise UnknownExchange
    if exchange.helper_id == by.member_id:
        return exchange.helped_id, exchange.helped_neighbourhood_code
    return exchange.helper_id, exchange.helper_neighbourhood_code


def _audience(
    session: Session,
    command: RaiseConcern,
    about_id: uuid.UUID | None,
    code: str | None,
    by: Actor,
    now: datetime.datetime,
) -> Audience:
    """Return who reads it; where no coordinator could, the administrators do."""
    today, place = clock.day_of(now), code or by.neighbourhood_code
    roles = _roles_of(session, about_id, by.timebank_id, today) if about_id else ()
    audience = audience_of(says_about_staff=command.about_staff, roles_of_other=roles)
    of_the_place = and_(RoleGrant.role == Role.COORDINATOR, RoleGrant.neighbourhood_code == place)
    parties = {by.member_id, about_id} - {None}
    wanted = (
        [of_the_place, RoleGrant.role == Role.ADMINISTRATOR]
        if audience is Audience.COORDINATORS
        else [RoleGrant.role == Role.ADMINISTRATOR]
    )
    for condition in wanted:
        if _somebody(session, condition, by.timebank_id, parties, today):
            is_place = condition is of_the_place
            return Audience.COORDINATORS if is_place else Audience.ADMINISTRATORS
    raise NobodyReads


def _roles_of(
    session: Session, member_id: uuid.UUID, timebank_id: int, today: datetime.date
) -> Collection[Role]:
    return session.scalars(
        select(RoleGrant.role).where(
            RoleGrant.timebank_id == timebank_id,
            RoleGrant.member_id == member_id,
            counts_on(today),
        )
    ).all()


def _somebody(
    session: Session,
    condition: ColumnElement[bool],
    timebank_id: int,
    parties: Collection[uuid.UUID | None],
    today: datetime.date,
) -> bool:
    found = session.scalar(
        select(RoleGrant.id)
        .join(
            Member,
            and_(Member.timebank_id == RoleGrant.timebank_id, Member.id == RoleGrant.member_id),
        )
        .where(
            RoleGrant.timebank_id == timebank_id,
            RoleGrant.member_id.not_in(parties),
            Member.left_on.is_(None),
            counts_on(today),
            condition,
        )
        .limit(1)
    )
    return found is not None


def _change(session: Session, concern_id: uuid.UUID, by: Actor, **values: object) -> None:
    """Change a worry that is open; the first one wins."""
    changed = session.execute(
        update(Concern)
        .where(
            Concern.timebank_id == by.timebank_id,
            Concern.id == concern_id,
            Concern.closed_at.is_(None),
        )
        .values(**values)
        .returning(Concern.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is None:
        raise AlreadyClosed
    session.expire_all()
