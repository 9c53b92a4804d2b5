# SPDX-License-Identifier: EUPL-1.2
"""Writing trust: appoint and dismiss a stand-in, give and withdraw consent. The door commits.

Every operation may be repeated: what stands already stays as it was.
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.holding import all_stay
from timebank.members.models import Member, Person, RoleGrant
from timebank.members.operations import counts_on
from timebank.members.policy import Actor, Permission, Role
from timebank.trust.errors import NotAProfessional, OwnStandIn
from timebank.trust.models import MemberConsent, StandIn


def appoint_stand_in(
    session: Session,
    *,
    member_id: uuid.UUID,
    stand_in_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Let somebody fill in forms for a member: the member says so, or a coordinator who heard it.

    Raises:
        UnknownMember: the actor does not speak for this member, or one of the two is none.
        OwnStandIn: both are the same person.
    """
    two_stay = all_stay(session, by.timebank_id, member_id, stand_in_id)
    check_may_arrange(session, member_id, by=by)
    if member_id == stand_in_id:
        raise OwnStandIn
    if not two_stay:
        raise UnknownMember(stand_in_id)
    inserted = session.execute(
        ledger.insert_or_conflict(session, StandIn)
        .values(
            timebank_id=by.timebank_id,
            id=ledger.new_id(now),
            member_id=member_id,
            stand_in_id=stand_in_id,
            since=now,
            until=None,
            appointed_by=by.member_id,
        )
        .on_conflict_do_nothing()
        .returning(StandIn.id)
    ).scalar()
    if inserted is not None:
        write_down_by(session, "stand_in:appoint", by, about=member_id, subject=inserted, now=now)


def dismiss_stand_in(
    session: Session, stand_in_row: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> StandIn:
    """Let a stand-in fill in nothing more from now on. Doors: ``drafts.operations.end_stand_in``.

    Raises:
        UnknownMember: there is none that this actor may dismiss.
    """
    row = session.get(StandIn, (by.timebank_id, stand_in_row))
    if row is None:
        raise UnknownMember(None)
    if row.stand_in_id != by.member_id:
        check_may_arrange(session, row.member_id, by=by)
    if row.until is None:
        row.until = now
        write_down_by(session, "stand_in:dismiss", by, about=row.member_id, subject=row.id, now=now)
    session.flush()
    return row


def give_consent(
    session: Session, *, professional_id: uuid.UUID, by: Actor, now: datetime.datetime
) -> None:
    """Let one professional see that the actor takes part.

    Raises:
        NotPermitted: the actor takes no part.
        NotAProfessional: nobody of that role, or the actor themselves.
    """
    by.require(Permission.TRUST_SOMEBODY)
    member_id = _own_id(by)
    two_stay = all_stay(session, by.timebank_id, member_id, professional_id)
    is_professional = session.execute(
        select(RoleGrant.id).where(
            RoleGrant.timebank_id == by.timebank_id,
            RoleGrant.member_id == professional_id,
            RoleGrant.role == Role.PROFESSIONAL,
            counts_on(clock.day_of(now)),
        )
    ).first()
    if is_professional is None or professional_id == member_id or not two_stay:
        raise NotAProfessional
    inserted = session.execute(
        ledger.insert_or_conflict(session, MemberConsent)
        .values(
            timebank_id=by.timebank_id,
            id=ledger.new_id(now),
            member_id=member_id,
            professional_id=professional_id,
            given_at=now,
            withdrawn_at=None,
        )
        .on_conflict_do_nothing()
        .returning(MemberConsent.id)
    ).scalar()
    if inserted is not None:
        write_down_by(session, "consent:give", by, about=member_id, subject=inserted, now=now)


def withdraw_consent(
    session: Session, *, professional_id: uuid.UUID, by: Actor, now: datetime.datetime
) -> None:
    """Let a professional see the actor no more, from this moment.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.TRUST_SOMEBODY)
    member_id = _own_id(by)
    withdrawn = session.execute(
        update(MemberConsent)
        .where(
            MemberConsent.timebank_id == by.timebank_id,
            MemberConsent.member_id == member_id,
            MemberConsent.professional_id == professional_id,
            MemberConsent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .returning(MemberConsent.id)
    ).scalar()
    if withdrawn is not None:
        write_down_by(session, "consent:withdraw", by, about=member_id, subject=withdrawn, now=now)


def check_may_arrange(session: Session, member_id: uuid.UUID, *, by: Actor) -> Member:
    """Return the member, if the actor is that member or a coordinator of their neighbourhood.

    Raises:
        UnknownMember: neither; whether the member exists elsewhere is not told.
    """
    member = _present(session, by.timebank_id, member_id)
    if member is None:
        raise UnknownMember(member_id)
    own = member_id == by.member_id and by.can(Permission.TRUST_SOMEBODY)
    if not own and not by.reach(Permission.LOG_FOR_OTHERS).covers(member.neighbourhood_code):
        raise UnknownMember(member_id)
    return member


def check_may_act_for(session: Session, member_id: uuid.UUID, *, by: Actor) -> None:
    """Refuse to fill in for a member who did not appoint the actor and is not within reach.

    Raises:
        UnknownMember: not for this one; whether the member exists is not told.
        NotPermitted: the actor is the organisation, which acts for nobody by name.
    """
    if by.member_id is None:
        raise NotPermitted(Permission.LOG_FOR_OTHERS)
    member = _present(session, by.timebank_id, member_id)
    if member is None or member.account_id is None or member_id == by.member_id:
        raise UnknownMember(member_id)
    if by.reach(Permission.LOG_FOR_OTHERS).covers(member.neighbourhood_code):
        return
    appointed = select(StandIn.id).where(
        StandIn.timebank_id == by.timebank_id,
        StandIn.stand_in_id == by.member_id,
        StandIn.member_id == member_id,
        StandIn.until.is_(None),
    )
    if not by.can(Permission.LOG_EXCHANGES) or session.execute(appointed).first() is None:
        raise UnknownMember(member_id)


def check_answers_for(session: Session, member_id: uuid.UUID, *, by: Actor) -> None:
    """Refuse to write down how somebody wants to take part, who can do so with their own e-mail.

    Raises:
        NotPermitted: the actor helps nobody with this.
        UnknownMember: nobody without e-mail in the actor's neighbourhoods.
    """
    by.require(Permission.HELP_WITH_WISHES)
    check_may_act_for(session, member_id, by=by)
    member = session.get_one(Member, (by.timebank_id, member_id))
    person = session.get(Person, (by.timebank_id, member_id))
    within = by.reach(Permission.HELP_WITH_WISHES).covers(member.neighbourhood_code)
    if person is None or person.email is not None or not within:
        raise UnknownMember(member_id)


def _present(session: Session, timebank_id: int, member_id: uuid.UUID) -> Member | None:
    member = session.get(Member, (timebank_id, member_id))
    return member if member is not None and member.left_on is None else None


def _own_id(by: Actor) -> uuid.UUID:
    if by.member_id is None:
        raise NotPermitted(Permission.TRUST_SOMEBODY)
    return by.member_id
