# SPDX-License-Identifier: EUPL-1.2
"""Writing second factors: begin, confirm, prove, take away. The door commits, after a miss too."""

from __future__ import annotations

import datetime
import hmac
import uuid
from collections.abc import Callable

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from timebank.access.operations import revoke_everything
from timebank.audit.operations import write_down, write_down_by
from timebank.clock import day_of
from timebank.factors.errors import FactorStands, NoFactor, OwnFactor, WrongDigits
from timebank.factors.models import SecondFactor
from timebank.members.errors import UnknownMember
from timebank.members.models import Person
from timebank.members.policy import Actor, Permission
from timebank.members.queries import load_actor
from timebank.notices.operations import queue_mail
from timebank.rates.operations import Limit, count_try

STEP_SECONDS = 30
STEPS_AROUND = 1
"""A telephone's clock may be half a minute off, either way."""
Notice = Callable[[str], tuple[str, str]]
TRIES = Limit("second-factor", 10, datetime.timedelta(minutes=15))


def begin_factor(session: Session, *, timebank_id: int, member_id: uuid.UUID) -> str:
    """Make a secret for a telephone, and return it; the same one until it is confirmed.

    Raises:
        FactorStands: one was confirmed before.
    """
    factor = session.get(SecondFactor, (timebank_id, member_id))
    if factor is None:
        factor = SecondFactor(
            timebank_id=timebank_id, member_id=member_id, secret=pyotp.random_base32(), last_step=0
        )
        session.add(factor)
        session.flush()
    if factor.confirmed_at is not None:
        raise FactorStands
    return factor.secret


def prove_factor(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, digits: str, now: datetime.datetime
) -> None:
    """Check the digits; the first right ones confirm the factor. Digits work once.

    Raises:
        WrongDigits: not those of this half minute or its neighbours, or used before.
        NoFactor: nothing was begun.
        TooOften: ten tries within a quarter of an hour.
    """
    count_try(session, TRIES, timebank_id=timebank_id, of=str(member_id), now=now)
    factor = session.get(SecondFactor, (timebank_id, member_id))
    if factor is None:
        raise NoFactor(member_id)
    step = _step_of(factor.secret, digits, now)
    used = (
        step
        and session.execute(
            update(SecondFactor)
            .where(
                SecondFactor.timebank_id == timebank_id,
                SecondFactor.member_id == member_id,
                SecondFactor.last_step < step,
            )
            .values(last_step=step, confirmed_at=factor.confirmed_at or now)
            .returning(SecondFactor.last_step)
        ).first()
    )
    if not used:
        raise WrongDigits
    if factor.confirmed_at is None:
        write_down(
            session,
            "second_factor:confirm",
            timebank_id=timebank_id,
            by=member_id,
            about=member_id,
            now=now,
        )


def reset_factor(
    session: Session, *, member_id: uuid.UUID, by: Actor, notice: Notice, now: datetime.datetime
) -> None:
    """Take away the second factor of a colleague who lost their telephone, and sign them out.

    They make a new one when they sign in again. Whoever does it has seen or spoken to them.

    Args:
        notice: makes subject and body of the mail to the colleague, from their language.

    Raises:
        NotPermitted: the actor decides about nothing here, or the colleague is an administrator
            and the actor is none.
        OwnFactor: it is the actor's own.
        UnknownMember, NoFactor: there is no such member, or nothing to take away.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    if by.member_id == member_id:
        raise OwnFactor
    person = session.get(Person, (by.timebank_id, member_id))
    whose = load_actor(session, timebank_id=by.timebank_id, member_id=member_id, today=day_of(now))
    if person is None or whose is None:
        raise UnknownMember(member_id)
    if whose.can(Permission.GRANT_ROLES):
        # A coordinator who lets an administrator begin anew would soon be one.
        by.require(Permission.GRANT_ROLES)
    gone = session.execute(
        delete(SecondFactor)
        .where(SecondFactor.timebank_id == by.timebank_id, SecondFactor.member_id == member_id)
        .returning(SecondFactor.member_id)
    ).first()
    if gone is None:
        raise NoFactor(member_id)
    revoke_everything(session, timebank_id=by.timebank_id, member_id=member_id, now=now)
    write_down_by(session, "second_factor:reset", by, about=member_id, now=now)
    if person.email:
        subject, body = notice(person.language)
        queue_mail(
            session,
            timebank_id=by.timebank_id,
            to_address=person.email,
            subject=subject,
            body=body,
            now=now,
        )


def _step_of(secret: str, digits: str, now: datetime.datetime) -> int | None:
    """Return the half minute to which these digits belong, if it is one around now."""
    current = int(now.timestamp()) // STEP_SECONDS
    clock, typed = pyotp.TOTP(secret), "".join(digits.split())
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        if hmac.compare_digest(clock.at(step * STEP_SECONDS).encode(), typed.encode()):
            return step
    return None
