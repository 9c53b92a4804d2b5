# SPDX-License-Identifier: EUPL-1.2
"""The last day of the story: something is given back, something is not right, one was corrected."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from timebank.amendments.operations import correct_exchange
from timebank.approvals.operations import return_exchange
from timebank.calls.models import CallTask
from timebank.disputes.operations import Complaint, raise_dispute
from timebank.disputes.policy import DisputeReason
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import LogExchange
from timebank.exchanges.workflow import ExchangeState
from timebank.members.policy import Actor

_NAMESPACE = uuid.UUID("7d1b1b0a-4d4e-5c7b-8a53-0c6d6f1c9a3e")
_CALLED_AFTER_DAYS = 10
_UNHURRIED = 15
"""So many minutes longer than they had written down, in the correction."""


def give_back(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Let a coordinator give one back to be written again."""
    return_exchange(session, exchange_id, "Was dit niet een dag eerder?", by=by, now=now)


def object_to(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Let one of the two say that it is not right."""
    complaint = Complaint(DisputeReason.WRONG_TIME, "Het duurde korter, denk ik.")
    raise_dispute(session, exchange_id, complaint, by=by, now=now)


def correct_the_newest(session: Session, *, by: Actor, now: datetime.datetime) -> None:
    """Let a coordinator correct the newest exchange that counts and is not their own."""
    wrong = session.scalars(
        select(Exchange)
        .where(
            Exchange.timebank_id == by.timebank_id,
            Exchange.state == ExchangeState.APPROVED,
            Exchange.helper_id != by.member_id,
            Exchange.helped_id != by.member_id,
        )
        .order_by(Exchange.logged_at.desc(), Exchange.id.desc())
        .limit(1)
    ).one()
    right = LogExchange(
        form_key=uuid.uuid5(_NAMESPACE, str(wrong.form_key)),
        helper_id=wrong.helper_id,
        helped_id=wrong.helped_id,
        category_code=wrong.category_code,
        minutes=wrong.minutes + _UNHURRIED,
        helped_on=wrong.helped_on,
    )
    correct_exchange(session, wrong.id, right, by=by, now=now)


def make_the_calls(session: Session, by: Actor, *, now: datetime.datetime) -> None:
    """Let somebody have called about everything but what came up in the last days.

    Who was never called in half a year would be told old news.
    """
    old = now - datetime.timedelta(days=_CALLED_AFTER_DAYS)
    session.execute(
        update(CallTask)
        .where(
            CallTask.timebank_id == by.timebank_id,
            CallTask.done_at.is_(None),
            CallTask.asked_at < old,
        )
        .values(done_at=old, done_by=by.member_id)
    )
