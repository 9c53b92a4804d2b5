# SPDX-License-Identifier: EUPL-1.2
"""Writing decisions: approve or reject an exchange that waits. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy.orm import Session

import ledger
from timebank.approvals.errors import ReasonMissing
from timebank.approvals.policy import check_may_decide
from timebank.exchanges.errors import UnknownExchange
from timebank.exchanges.models import Exchange, NoteKind
from timebank.exchanges.operations import keep_words, record_move, resolution_of
from timebank.exchanges.policy import check_note
from timebank.exchanges.workflow import Action, RejectionReason
from timebank.members.policy import Actor


@dataclasses.dataclass(frozen=True)
class Rejection:
    """Why an exchange is not approved: a reason from the list, with words where they are needed."""

    reason: RejectionReason | None
    words: str = ""


def approve_exchange(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Approve an exchange: its minutes are posted.

    Raises:
        UnknownExchange: there is none within the actor's reach.
        NotPermitted: the actor decides about no exchanges.
        OwnExchange: the actor took part in it.
        AlreadyDecided: somebody was first.
    """
    exchange = _within_reach(session, exchange_id, by)
    record_move(session, exchange, Action.APPROVE, by=by, now=now)
    ledger.post_pending(session, resolution_of(exchange, by=by), now=now)


def reject_exchange(
    session: Session,
    exchange_id: uuid.UUID,
    rejection: Rejection,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Reject an exchange with a reason: its minutes are given up, nothing is booked.

    Raises as :func:`approve_exchange` does, and:
        ReasonMissing: no reason, or the reason "other" without words.
        NoteTooLong, NoteNotReadable: the words are not words.
    """
    exchange = _within_reach(session, exchange_id, by)
    words = rejection.words.strip()
    if rejection.reason is None or (rejection.reason is RejectionReason.OTHER and not words):
        raise ReasonMissing
    check_note(words)
    record_move(session, exchange, Action.REJECT, by=by, now=now, reason=rejection.reason)
    ledger.void(session, resolution_of(exchange, by=by), now=now)
    keep_words(
        session,
        timebank_id=by.timebank_id,
        exchange_id=exchange_id,
        kind=NoteKind.REASON,
        words=words,
    )


def _within_reach(session: Session, exchange_id: uuid.UUID, by: Actor) -> Exchange:
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None:
        raise UnknownExchange
    check_may_decide(
        by,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
        neighbourhood_codes=(
            exchange.helper_neighbourhood_code,
            exchange.helped_neighbourhood_code,
        ),
    )
    return exchange
