# SPDX-License-Identifier: EUPL-1.2
"""Writing thanks: the helped one writes, a coordinator agrees or not. The door commits."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

import ledger
from timebank.approvals.policy import check_may_decide
from timebank.exchanges.errors import AlreadyDecided, UnknownExchange
from timebank.exchanges.models import Exchange
from timebank.exchanges.policy import check_note
from timebank.exchanges.workflow import ExchangeState
from timebank.lettering import readable
from timebank.members.policy import Actor
from timebank.thanks.errors import AlreadyThanked, ThanksMissing
from timebank.thanks.models import ThankYou


def write_thanks(
    session: Session, exchange_id: uuid.UUID, words: str, *, by: Actor, now: datetime.datetime
) -> None:
    """Thank the helper of an approved exchange. The same words sent twice are kept once.

    Raises:
        UnknownExchange: the actor was not the one who was helped.
        AlreadyDecided: it is not approved, or does not count any more.
        ThanksMissing, NoteTooLong, NoteNotReadable: the words cannot be kept.
        AlreadyThanked: there are other words already.
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None or by.member_id is None or exchange.helped_id != by.member_id:
        raise UnknownExchange
    if exchange.state is not ExchangeState.APPROVED:
        raise AlreadyDecided(exchange.state)
    if not readable(words):
        raise ThanksMissing
    check_note(words)
    written = session.execute(
        ledger.insert_or_conflict(session, ThankYou)
        .values(
            timebank_id=by.timebank_id,
            exchange_id=exchange_id,
            written_by=by.member_id,
            words=readable(words),
            written_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "exchange_id"])
        .returning(ThankYou.exchange_id)
    )
    if written.first() is None:
        stored = session.get(ThankYou, (by.timebank_id, exchange_id), populate_existing=True)
        if stored is None or stored.words != readable(words):
            raise AlreadyThanked


def read_thanks(
    session: Session,
    exchange_id: uuid.UUID,
    *,
    show: bool,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Let the helper read words of thanks, or keep them back. Of two coordinators one decides.

    Raises:
        UnknownExchange, NotPermitted, OwnExchange: see ``approvals.policy.check_may_decide``.
        AlreadyDecided: a colleague was first, or the words are gone.
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None:
        raise UnknownExchange
    codes = (exchange.helper_neighbourhood_code, exchange.helped_neighbourhood_code)
    check_may_decide(
        by,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
        neighbourhood_codes=codes,
    )
    read = session.execute(
        update(ThankYou)
        .where(
            ThankYou.timebank_id == by.timebank_id,
            ThankYou.exchange_id == exchange_id,
            ThankYou.read_at.is_(None),
        )
        .values(read_at=now, is_shown=show)
        .returning(ThankYou.exchange_id),
        execution_options={"synchronize_session": False},
    )
    if read.first() is None:
        raise AlreadyDecided(exchange.state)
