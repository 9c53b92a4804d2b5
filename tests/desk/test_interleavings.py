# SPDX-License-Identifier: EUPL-1.2
"""Whoever acts on one exchange, in whatever order: exactly one outcome, and the books agree.

Two at once are played step by step (each begins and acts, then commits), in all six orders. More
than two are played one after the other, in every order.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, a_command, actor_of, approved
from tests.databases import BACKENDS
from tests.ledger.interleaving import Client, Command, Referee, Stage, orders
from timebank.agreements.operations import confirm_exchange
from timebank.approvals.policy import Decision, DecisionKind
from timebank.desk.operations import carry_out_held, hold_decision, undo_decisions
from timebank.exchanges.errors import ExchangeError
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.operations import log_exchange, withdraw_exchange
from timebank.exchanges.workflow import ExchangeState, RejectionReason
from timebank.members.policy import Actor
from timebank.rules.operations import change_rules
from timebank.rules.policy import Rules

UNTIL = NOW + datetime.timedelta(seconds=10)
DECISIONS = {
    "approve": ("Nadia", Decision(DecisionKind.APPROVE)),
    "approve too": ("Bart", Decision(DecisionKind.APPROVE)),
    "reject": ("Bart", Decision(DecisionKind.REJECT, RejectionReason.WRONG_PERSON)),
    "give back": ("Nadia", Decision(DecisionKind.RETURN, None, "Welke dag?")),
}
WAITING = ["approve", "approve too", "reject", "withdraw", "confirm"]
HELD = ["undo", "carry out", "reject", "withdraw"]
ONE_AFTER_THE_OTHER = ["approve", "give back", "withdraw", "undo"]
Act = Callable[[Session], object]


class Refused(ledger.LedgerError):
    """A refusal of the rooms, in the class that the interleaver rolls back for."""


class Town:
    """The town on one database, with an exchange for each case."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        with Session(engine) as session:
            people = ("Fatima", "Jan", "Nadia", "Bart")
            self.people: dict[str, Actor] = {name: actor_of(session, name) for name in people}
            self.command = a_command(session, minutes=30)
            # So that a confirmation books at once, and nothing about it asks for a look.
            rules = Rules(30, alert_pair_week_minutes=0, alert_trade_week_minutes=0)
            place, bart = self.people["Fatima"].neighbourhood_code, self.people["Bart"]
            assert place is not None
            change_rules(session, place, rules, by=bart, now=NOW)
            approved(session)
            session.commit()
        self.bank = self.people["Bart"].timebank_id

    def new_exchange(self, *, held: bool) -> uuid.UUID:
        with Session(self.engine) as session:
            command = dataclasses.replace(self.command, form_key=uuid.uuid4())
            by = self.people["Fatima"]
            exchange_id = log_exchange(session, command, by=by, now=NOW).exchange_id
            if held:
                self.act(exchange_id, "approve")(session)
            session.commit()
        return exchange_id

    def act(self, exchange_id: uuid.UUID, name: str) -> Act:
        if name in DECISIONS:
            who, decision = DECISIONS[name]
            return lambda session: hold_decision(
                session,
                exchange_id,
                decision,
                batch_id=exchange_id,
                by=self.people[who],
                now=NOW,
                until=UNTIL,
            )
        acts: dict[str, Act] = {
            "withdraw": lambda session: withdraw_exchange(
                session, exchange_id, by=self.people["Fatima"], now=NOW
            ),
            "confirm": lambda session: confirm_exchange(
                session, exchange_id, by=self.people["Jan"], now=NOW
            ),
            "undo": lambda session: undo_decisions(
                session, exchange_id, by=self.people["Nadia"], now=NOW
            ),
            "carry out": lambda session: carry_out_held(
                session, exchange_id, timebank_id=self.bank, now=UNTIL
            ),
        }
        return acts[name]

    def do(self, exchange_id: uuid.UUID, name: str) -> object:
        with Session(self.engine) as session:
            try:
                answer = self.act(exchange_id, name)(session)
                session.commit()
            except ExchangeError as refusal:
                return refusal
        return answer

    def outcome(self, exchange_id: uuid.UUID) -> tuple[ExchangeState, int]:
        """Return the state, after checking that history and books say the same."""
        with Session(self.engine) as session:
            state = session.scalars(
                sa.select(Exchange.state).where(Exchange.id == exchange_id)
            ).one()
            events = session.scalars(
                sa.select(ExchangeEvent.action).where(ExchangeEvent.exchange_id == exchange_id)
            ).all()
            transfers = sa.select(ledger.Transfer.kind).where(
                ledger.Transfer.refers_to == exchange_id
            )
            kinds = [str(kind) for kind in session.scalars(transfers)]
        waits = state in (ExchangeState.SUBMITTED, ExchangeState.HELD)
        assert len(events) == (1 if waits else 2), (state, events)
        assert len(kinds) == (0 if waits else 1), (state, kinds)
        if not waits:
            assert ("post" in kinds[0]) == (state is ExchangeState.APPROVED), (state, kinds)
        return state, len(kinds)


@pytest.fixture(scope="module", params=BACKENDS)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    templates: Any = request.getfixturevalue(f"{request.param}_templates")
    with templates.copy("town", tmp_path_factory.mktemp("orders")) as url:
        engine = ledger.prepare_engine(sa.create_engine(url))
        yield Town(engine)
        engine.dispose()


def play(town: Town, exchange_id: uuid.UUID, names: Sequence[str], order: Sequence[int]) -> Any:
    """Let two act step by step in this order, and return what each answered."""

    def command(name: str) -> Command:
        act = town.act(exchange_id, name)

        def work(session: Session, _stage: Stage, _key: uuid.UUID) -> object:
            try:
                return act(session)
            except ExchangeError as refusal:
                raise Refused(type(refusal).__name__) from refusal

        return Command(name, work)

    stage = Stage(town.bank, 0, 0, exchange_id, exchange_id)
    clients = [Client(town.engine, stage, command(name), exchange_id) for name in names]
    referee = Referee(town.engine, clients)
    try:
        for number in order:
            referee.step(number)
    finally:
        for client in clients:
            client.hurry()
    for client in clients:
        client.join()
    return [client.answer for client in clients]


@pytest.mark.parametrize("held", [False, True], ids=["waiting", "held"])
def test_of_two_at_once_in_any_order_of_steps_exactly_one_outcome_stands(
    town: Town, held: bool
) -> None:
    for names in itertools.combinations(HELD if held else WAITING, 2):
        serial = {_serially(town, order, held=held) for order in itertools.permutations(names)}
        for order in orders([2, 2]):
            exchange_id = town.new_exchange(held=held)
            answers = play(town, exchange_id, names, order)
            assert town.outcome(exchange_id) in serial, (names, order, answers)
            deciding = [name for name in names if name in DECISIONS or name == "withdraw"]
            if not held and len(deciding) == 2:
                assert [isinstance(one, Refused) for one in answers].count(True) == 1, names
    _books_are_sound(town)


def test_in_every_order_one_after_the_other_exactly_one_outcome_stands(town: Town) -> None:
    for names in itertools.permutations(ONE_AFTER_THE_OTHER):
        exchange_id = town.new_exchange(held=False)
        for name in names:
            town.do(exchange_id, name)
        town.do(exchange_id, "carry out")
        # Undo after the last word leaves it waiting; whatever else was said, one of it stands.
        state, _ = town.outcome(exchange_id)
        assert state is not ExchangeState.HELD
    _books_are_sound(town)


def _serially(town: Town, names: Sequence[str], *, held: bool) -> tuple[ExchangeState, int]:
    exchange_id = town.new_exchange(held=held)
    for name in names:
        town.do(exchange_id, name)
    return town.outcome(exchange_id)


def _books_are_sound(town: Town) -> None:
    with ledger.snapshot(town.engine) as session:
        assert ledger.violations(session, timebank_id=town.bank) == []
