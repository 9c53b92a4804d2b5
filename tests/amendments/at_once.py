# SPDX-License-Identifier: EUPL-1.2
"""Commands on one exchange at the same moment, and how they end one after the other.

All have read the exchange before any of them acts. Acting and committing are two steps; what comes
out of any order of them is what some of the commands give one after the other, while the rest are
told that somebody was first: what they had read was not true any more.
"""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, a_command, actor_of, approved, logged, timebank_of
from tests.ledger.interleaving import Client, Command, Referee, Stage
from timebank.amendments.models import Correction
from timebank.amendments.operations import correct_exchange, take_back
from timebank.approvals.operations import Rejection, approve_exchange, reject_exchange
from timebank.disputes.models import Dispute
from timebank.disputes.operations import Complaint, let_stand, raise_dispute, withdraw_own
from timebank.disputes.policy import DisputeReason
from timebank.exchanges.errors import ExchangeError
from timebank.exchanges.models import Exchange
from timebank.exchanges.workflow import RejectionReason
from timebank.second_looks.operations import look_again

Deed = Callable[[Session, uuid.UUID], object]
COMPLAINT = Complaint(DisputeReason.WRONG_TIME)


class Refused(ledger.LedgerError):
    """What a room refused, in the shape that the clients of the ledger's tests know."""

    def __init__(self, refusal: ExchangeError) -> None:
        self.refusal = refusal
        super().__init__(type(refusal).__name__)


def _as(name: str, verb: Callable[..., object], *arguments: object) -> Deed:
    return lambda session, exchange_id: verb(
        session, exchange_id, *arguments, by=actor_of(session, name), now=NOW
    )


def _correct(name: str, minutes: int) -> Deed:
    def deed(session: Session, exchange_id: uuid.UUID) -> object:
        command = a_command(session, minutes=minutes)
        by = actor_of(session, name)
        return correct_exchange(session, exchange_id, command, by=by, now=NOW)

    return deed


DEEDS: dict[str, Deed] = {
    "dispute": _as("Jan", raise_dispute, COMPLAINT),
    "dispute-too": _as("Fatima", raise_dispute, COMPLAINT),
    "approve": _as("Nadia", approve_exchange),
    "approve-too": _as("Bart", approve_exchange),
    "reject": _as("Bart", reject_exchange, Rejection(RejectionReason.WRONG_PERSON)),
    "withdraw": _as("Fatima", withdraw_own),
    "correct": _correct("Nadia", 30),
    "correct-too": _correct("Bart", 45),
    "take-back": _as("Bart", take_back),
    "stand": _as("Nadia", let_stand),
    "look-again": _as("Nadia", look_again),
    "look-again-too": _as("Bart", look_again),
}
SERIAL: dict[tuple[str, str, tuple[str, ...]], tuple[Any, ...]] = {}
"""How commands end one after the other, once for each order of each stage."""


@contextlib.contextmanager
def one_town(request: pytest.FixtureRequest, folder: pathlib.Path) -> Iterator[sa.Engine]:
    """Give one database for all cases, each with its own exchange; in the end it is proven."""
    templates: Any = request.getfixturevalue(f"{request.param}_templates")
    with templates.copy("town", folder) as url:
        engine = ledger.prepare_engine(sa.create_engine(url))
        yield engine
        with Session(engine) as session:
            assert ledger.violations(session, timebank_id=timebank_of(session).id) == []
        engine.dispose()


Check = Callable[[sa.Engine, Stage, Sequence[object]], None]


def nothing_more(_engine: sa.Engine, _where: Stage, _answers: Sequence[object]) -> None:
    """Ask nothing else of an outcome."""


def hold_orders(
    engine: sa.Engine,
    stage: str,
    names: Sequence[str],
    every: Sequence[Sequence[int]],
    *,
    also: Check = nothing_more,
) -> None:
    """Hold each order against what some of them give one after the other, the rest being late.

    Args:
        also: what else is asked of each outcome.
    """
    expected = {
        one_by_one(engine, stage, names, order, also=also)
        for count in range(1, len(names) + 1)
        for order in itertools.permutations(names, count)
    }
    for order in every:
        outcome = at_once(engine, stage, names, order, also=also)
        assert outcome in expected, f"{names} in the order {order}: {outcome} is none of {expected}"


def at_once(
    engine: sa.Engine,
    stage: str,
    names: Sequence[str],
    order: Sequence[int],
    *,
    also: Check = nothing_more,
) -> tuple[Any, ...]:
    """Let these take their steps in this order, and return how it ended."""
    where = _set(engine, stage)
    clients = [_Reader(engine, where, command_of(name), uuid.uuid4()) for name in names]
    referee = Referee(engine, clients)
    try:
        for number in order:
            referee.step(number)
    finally:
        for client in clients:
            client.hurry()
    for client in clients:
        client.join()
    also(engine, where, [client.answer for client in clients])
    return outcome_of(engine, where, [client.answer for client in clients])


def command_of(name: str) -> Command:
    def work(session: Session, stage: Stage, _key: uuid.UUID) -> object:
        try:
            return DEEDS[name](session, stage.reserved)
        except ExchangeError as refusal:
            raise Refused(refusal) from refusal

    return Command(name, work)


class _Reader(Client):
    """A client that has read the exchange before it acts, as somebody who opened the page."""

    def _say(self, session: Session) -> None:
        connection = session.connection()
        if self.engine.dialect.name == "postgresql":
            driver: Any = connection.connection.dbapi_connection
            self.backend = driver.info.backend_pid
        # Kept, so that the session does not ask again.
        self.seen = session.get(Exchange, (self.stage.bank, self.stage.reserved))
        self._pause()
        super()._say(session)


def _set(engine: sa.Engine, stage: str) -> Stage:
    with Session(engine) as session:
        exchange_id = approved(session) if stage == "booked" else logged(session)
        if stage == "disputed":
            DEEDS["dispute"](session, exchange_id)
        if stage == "not approved":
            DEEDS["reject"](session, exchange_id)
        session.commit()
        accounts = [actor_of(session, name).account_id or 0 for name in ("Fatima", "Jan")]
        return Stage(timebank_of(session).id, *accounts, exchange_id, exchange_id)


def one_by_one(
    engine: sa.Engine, stage: str, names: Sequence[str], order: Sequence[str], *, also: Check
) -> tuple[Any, ...]:
    """Return how these end one after the other; the others of the case were late."""
    key = (str(engine.url), stage, tuple(order))
    if key not in SERIAL:
        where = _set(engine, stage)
        answers: list[object] = []
        for name in order:
            with Session(engine) as session:
                try:
                    answers.append(DEEDS[name](session, where.reserved))
                    session.commit()
                except ExchangeError as refusal:
                    answers.append(Refused(refusal))
        also(engine, where, answers)
        SERIAL[key] = outcome_of(engine, where, answers)
    words, *rest = SERIAL[key]
    told = dict(zip(order, words, strict=True))
    return (tuple(told.get(name, "AlreadyDecided") for name in names), *rest)


def outcome_of(engine: sa.Engine, stage: Stage, answers: Sequence[object]) -> tuple[Any, ...]:
    """Return what each was answered, where the exchange stands, and what the books say of it."""
    with Session(engine) as session:
        state = session.scalars(
            sa.select(Exchange.state).where(Exchange.id == stage.reserved)
        ).one()
        disputes = session.execute(
            sa.select(Dispute.raised_by, Dispute.outcome).where(
                Dispute.exchange_id == stage.reserved
            )
        ).all()
        new = session.execute(
            sa.select(Exchange.minutes, Exchange.state)
            .join(Correction, Correction.replaced_by == Exchange.id)
            .where(Correction.exchange_id == stage.reserved)
        ).all()
        kinds = kinds_of(session, stage.reserved)
    words = tuple(str(one) if isinstance(one, Refused) else "done" for one in answers)
    return (words, state, tuple(map(tuple, disputes)), tuple(map(tuple, new)), kinds)


def kinds_of(session: Session, exchange_id: uuid.UUID) -> tuple[str, ...]:
    """Return what was booked of an exchange and of what names it, one step further each time."""
    found: dict[uuid.UUID, str] = {}
    names = [exchange_id]
    while names:
        rows = session.execute(
            sa.select(ledger.Transfer.id, ledger.Transfer.kind).where(
                sa.or_(ledger.Transfer.id.in_(names), ledger.Transfer.refers_to.in_(names)),
                ledger.Transfer.id.not_in(list(found)),
            )
        ).all()
        found |= {row.id: row.kind.value for row in rows}
        names = [row.id for row in rows]
    return tuple(sorted(found.values()))
