# SPDX-License-Identifier: EUPL-1.2
"""Six commands on one exchange that waits, every two and every three at once: one outcome.

Two coordinators approve, one rejects, who logged it takes it back, the other one says that it is
not right, and a coordinator corrects it. However their steps interleave, the exchange ends in one
state that the moves lead to, and the books hold what belongs to that state and nothing else.

In the suite stand all pairs, each acting first and both before a commit, and the telling triples.
``TORTURE=1`` adds every triple in every order, and readings between the steps of the others.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.amendments.at_once import Refused, at_once, hold_orders, kinds_of, one_town
from tests.databases import BACKENDS
from tests.ledger.interleaving import Stage, orders
from timebank.amendments.models import Correction
from timebank.disputes.models import Dispute
from timebank.disputes.policy import DisputeOutcome
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.workflow import MOVES, Action, ExchangeState

COMMANDS = ("approve", "approve-too", "reject", "withdraw", "dispute", "correct")
PAIRS = list(itertools.combinations(COMMANDS, 2))
TELLING = [
    ("approve", "approve-too", "reject"),
    ("approve", "withdraw", "dispute"),
    ("approve", "dispute", "correct"),
    ("withdraw", "dispute", "correct"),
]
TORTURE = bool(os.environ.get("TORTURE"))
TRIPLES = list(itertools.combinations(COMMANDS, 3)) if TORTURE else TELLING

RESERVE, VOID, POST = "reserve", "void", "post_pending"
BOOKS: dict[ExchangeState, set[tuple[str, ...]]] = {
    ExchangeState.APPROVED: {(POST, RESERVE)},
    ExchangeState.REJECTED: {(RESERVE, VOID)},
    ExchangeState.WITHDRAWN: {(RESERVE, VOID)},
    ExchangeState.DISPUTED: {(RESERVE,)},
    ExchangeState.REVERSED: {(RESERVE, VOID), (POST, RESERVE, "reverse")},
}
"""What the books hold of an exchange that ended so: one posting, none, or one with its reversal."""
FIRST_WORD = {Action.APPROVE, Action.REJECT, Action.WITHDRAW}
"""Of these at most one is ever said about an exchange."""


@pytest.fixture(scope="module", params=BACKENDS)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    with one_town(request, tmp_path_factory.mktemp("outcomes")) as engine:
        yield engine


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_of_every_two_at_once_exactly_one_outcome_stands(
    town: sa.Engine, names: tuple[str, ...]
) -> None:
    hold_orders(town, "waits", names, orders_for(town, 2), also=assert_one_outcome)


@pytest.mark.parametrize("names", TRIPLES, ids="+".join)
def test_of_three_at_once_exactly_one_outcome_stands(
    town: sa.Engine, names: tuple[str, ...]
) -> None:
    hold_orders(town, "waits", names, orders_for(town, 3), also=assert_one_outcome)


def test_every_command_alone_is_done_and_every_state_is_reached(town: sa.Engine) -> None:
    """The control: what never happens in these tests would be held by them for nothing."""
    ended = [
        at_once(town, "waits", (name,), (0, 0, 0), also=assert_one_outcome) for name in COMMANDS
    ]

    assert [words for words, *_ in ended] == [("done",)] * len(COMMANDS)
    assert {state for _, state, *_ in ended} == set(BOOKS)


def orders_for(engine: sa.Engine, count: int) -> Sequence[tuple[int, ...]]:
    """Return the orders of reading, acting and committing that are worth telling apart.

    SQLite has one writer at a time, from its first word on: who waits has not read yet, so that the
    order is that of the first words, and is played one by one too. On PostgreSQL all read first.
    """
    first_words = list(itertools.permutations(range(count)))
    if engine.dialect.name == "sqlite":
        return [(*order, *order, *order) for order in first_words[: None if TORTURE else 1]]
    read = tuple(range(count))
    if count == 2 and TORTURE:
        return orders([3, 3])
    if TORTURE:
        return [(*read, *order) for order in orders([2, 2, 2])]
    if count == 2:
        # Who acts second waits for the commit of the first, whenever it would commit itself.
        return [(*read, *order) for order in ((0, 0, 1, 1), (0, 1, 0, 1), (1, 0, 1, 0))]
    return [(*read, *order, *order) for order in first_words[::2]]


def assert_one_outcome(engine: sa.Engine, where: Stage, answers: Sequence[object]) -> None:
    """Hold state, history, answers and books of an exchange against each other."""
    with Session(engine) as session:
        state = session.scalars(
            sa.select(Exchange.state).where(Exchange.id == where.reserved)
        ).one()
        said = session.scalars(
            sa.select(ExchangeEvent.action).where(
                ExchangeEvent.exchange_id == where.reserved, ExchangeEvent.action != Action.LOG
            )
        ).all()
        new = session.execute(
            sa.select(Exchange.id, Exchange.state)
            .join(Correction, Correction.replaced_by == Exchange.id)
            .where(Correction.exchange_id == where.reserved)
        ).all()
        outcomes = session.scalars(
            sa.select(Dispute.outcome).where(Dispute.exchange_id == where.reserved)
        ).all()
        assert kinds_of(session, where.reserved) in BOOKS[state], (state, said)
        for one in new:
            assert (one.state, kinds_of(session, one.id)) == (ExchangeState.APPROVED, ("post",))
    done = [one for one in answers if not isinstance(one, Refused)]
    assert len(said) == len(done), (said, answers)
    assert any(leads_to(order, state) for order in itertools.permutations(said)), (state, said)
    assert len(FIRST_WORD.intersection(said)) <= 1, said
    assert len(new) == (state is ExchangeState.REVERSED), (state, new)
    assert list(outcomes) == [OUTCOMES[state]] * said.count(Action.DISPUTE), (state, outcomes)


OUTCOMES = {
    ExchangeState.APPROVED: None,
    ExchangeState.DISPUTED: None,
    ExchangeState.WITHDRAWN: DisputeOutcome.TAKEN_BACK,
    ExchangeState.REVERSED: DisputeOutcome.CORRECTED,
    ExchangeState.REJECTED: None,
}
"""How a dispute ended about an exchange that ended so; None: a coordinator still looks."""


def leads_to(said: Sequence[Action], state: ExchangeState) -> bool:
    """Say whether these moves, in this order, lead from waiting to this state."""
    at: ExchangeState | None = ExchangeState.SUBMITTED
    for action in said:
        at = MOVES.get((at, action)) if at else None
    return at is state
