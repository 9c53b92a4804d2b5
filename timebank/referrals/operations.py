# SPDX-License-Identifier: EUPL-1.2
"""Writing referrals: ask for one, hand somebody over, say how it went. The door commits."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.members.errors import UnknownMember
from timebank.members.holding import all_stay
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission
from timebank.referrals.errors import (
    ConsentMissing,
    PartnerMissing,
    ReferralClosed,
    ReferralKeyUsed,
    ReferralOutcomeMissing,
    UnknownReferral,
)
from timebank.referrals.models import Referral
from timebank.referrals.policy import PARTNERS, ReferralOutcome, asks_on
from timebank.trust.operations import check_may_act_for


def ask_referral(
    session: Session,
    referral_id: uuid.UUID,
    *,
    about: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Ask the coordinators to help somebody to a professional; asked twice, it is one task.

    Args:
        referral_id: made with the form.
        about: the actor, or whom the actor may fill in for.

    Raises:
        UnknownMember: the actor may not ask for this member.
        ReferralKeyUsed: the key was used before for somebody else, or by somebody else.
    """
    stays = all_stay(session, by.timebank_id, about)
    if about != by.member_id:
        check_may_act_for(session, about, by=by)
    member = session.get(Member, (by.timebank_id, about))
    if not stays or member is None or member.neighbourhood_code is None:
        raise UnknownMember(about)
    made = session.execute(
        ledger.insert_or_conflict(session, Referral)
        .values(
            timebank_id=by.timebank_id,
            id=referral_id,
            about_id=about,
            neighbourhood_code=member.neighbourhood_code,
            asked_by=by.member_id,
            asked_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "id"])
        .returning(Referral.id)
    ).first()
    if made is None:
        stored = session.get_one(Referral, (by.timebank_id, referral_id), populate_existing=True)
        if (stored.about_id, stored.asked_by) != (about, by.member_id):
            raise ReferralKeyUsed
        return
    write_down_by(session, "referral:ask", by, about=about, subject=referral_id, now=now)


def hand_over(
    session: Session,
    referral_id: uuid.UUID,
    *,
    partner: str,
    consent: bool,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Write down that somebody was brought to a partner today, and agreed to it.

    Raises:
        UnknownReferral: there is none within the actor's reach.
        PartnerMissing, ConsentMissing: it is not said to whom, or the person did not agree.
        ReferralClosed: it has an outcome.
    """
    referral = referral_within_reach(session, referral_id, by=by)
    if partner not in PARTNERS:
        raise PartnerMissing
    if not consent:
        raise ConsentMissing
    today = clock.day_of(now)
    _change(
        session,
        referral_id,
        by,
        partner=partner,
        consented_at=now,
        handed_over_on=today,
        handed_over_by=by.member_id,
        ask_on=asks_on(today),
    )
    write_down_by(
        session, "referral:hand_over", by, about=referral.about_id, subject=referral_id, now=now
    )


def keep_outcome(
    session: Session,
    referral_id: uuid.UUID,
    outcome: ReferralOutcome | None,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Say how it went: it closes, or is asked again when somebody still waits.

    Raises:
        UnknownReferral: there is none within the actor's reach.
        ReferralOutcomeMissing: nothing was said, or what cannot be before a hand-over.
        ReferralClosed: a colleague was first.
    """
    referral = referral_within_reach(session, referral_id, by=by)
    if outcome is None:
        raise ReferralOutcomeMissing
    if referral.handed_over_on is None and outcome is not ReferralOutcome.NOT_NEEDED:
        raise ReferralOutcomeMissing
    values: dict[str, object] = {"outcome": outcome, "closed_by": by.member_id, "closed_at": now}
    if outcome is ReferralOutcome.STILL_WAITING:
        values = {"ask_on": asks_on(clock.day_of(now))}
    about = referral.about_id
    _change(session, referral_id, by, **values)
    write_down_by(session, "referral:outcome", by, about=about, subject=referral_id, now=now)


def referral_within_reach(session: Session, referral_id: uuid.UUID, *, by: Actor) -> Referral:
    """Return a referral of the actor's neighbourhoods.

    Raises:
        UnknownReferral: there is none; nobody handles their own.
    """
    found = session.get(Referral, (by.timebank_id, referral_id))
    reach = by.reach(Permission.HANDLE_REFERRALS)
    if found is None or not reach.covers(found.neighbourhood_code):
        raise UnknownReferral
    if found.about_id == by.member_id:
        raise UnknownReferral
    return found


def _change(session: Session, referral_id: uuid.UUID, by: Actor, **values: object) -> None:
    """Change a referral that is open; the first one wins."""
    changed = session.execute(
        update(Referral)
        .where(
            Referral.timebank_id == by.timebank_id,
            Referral.id == referral_id,
            Referral.closed_at.is_(None),
        )
        .values(**values)
        .returning(Referral.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is None:
        raise ReferralClosed
    session.expire_all()
