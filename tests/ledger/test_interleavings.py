# SPDX-License-Identifier: EUPL-1.2
"""Whatever the order of their steps, concurrent commands end as if they came one by one.

``TORTURE=1`` adds every triple of commands to the telling ones.
"""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.databases import BACKENDS
from tests.ledger.interleaving import (
    COMMANDS,
    FLOOR,
    NOW,
    Client,
    Command,
    Outcome,
    Stage,
    interleaved,
    new_bank,
    new_keys,
    orders,
    resolved_twice,
    serial_outcomes,
    set_stage,
)

SINGLE = [name for name in COMMANDS if name != "batch"]
PAIRS = [
    *itertools.combinations_with_replacement(SINGLE, 2),
    *(("batch", other) for other in ("batch", "post", "reverse", "close")),
]
TELLING = [
    ("post-pending", "void", "expire"),
    ("post", "post-back", "reverse"),
    ("reserve", "close", "post"),
]
EVERY = list(itertools.combinations_with_replacement(SINGLE, 3))
TRIPLES = EVERY if os.environ.get("TORTURE") else TELLING


@pytest.fixture(scope="module", params=BACKENDS)
def shared_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """One database for all cases; each case has a timebank of its own."""
    templates: Any = request.getfixturevalue(f"{request.param}_templates")
    with templates.copy("town", tmp_path_factory.mktemp("interleavings")) as url:
        engine = ledger.prepare_engine(sa.create_engine(url))
        yield engine
        engine.dispose()


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_two_commands_in_any_order_of_steps_end_as_one_after_the_other(
    shared_engine: sa.Engine, names: tuple[str, ...]
) -> None:
    _check_all_orders(shared_engine, names)


@pytest.mark.parametrize("names", TRIPLES, ids="+".join)
def test_three_commands_in_any_order_of_steps_end_as_one_after_the_other(
    shared_engine: sa.Engine, names: tuple[str, ...]
) -> None:
    _check_all_orders(shared_engine, names)


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("name", ["post", "reserve", "post-pending", "reverse"])
def test_one_key_sent_at_the_same_time_is_booked_once(
    shared_engine: sa.Engine, name: str, times: int
) -> None:
    _check_all_orders(shared_engine, (name,) * times, one_key=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_as_many_statements_as_it_has_steps(
    shared_engine: sa.Engine, name: str
) -> None:
    command = COMMANDS[name]
    stage = set_stage(shared_engine, new_bank(), [command])
    client = Client(shared_engine, stage, command, uuid.uuid4(), fine=True)

    client.hurry()
    client.join()

    assert client.statements == command.statements


def test_a_command_really_waits_for_the_one_that_is_half_way(shared_engine: sa.Engine) -> None:
    commands = [COMMANDS["post"], COMMANDS["post-back"]]
    stage = set_stage(shared_engine, new_bank(), commands)

    outcome = _play(shared_engine, stage, commands, (0, 1, 1, 0))

    assert outcome.held_up == {1}
    assert outcome.answers == ("post", "post")


def test_one_key_sent_alone_and_in_a_batch_is_booked_once(shared_engine: sa.Engine) -> None:
    _check_all_orders(shared_engine, ("post", "batch"), one_key=True)


def test_a_rule_that_is_checked_outside_the_ledger_is_seen_to_break(
    shared_engine: sa.Engine,
) -> None:
    """The negative control: without it, nobody knows whether the tests above see anything."""
    commands, bank = [CHECK_THEN_ACT] * 2, new_bank()
    expected = set(serial_outcomes(shared_engine, commands).values())
    strange = {
        order
        for order in orders([2, 2])
        if _play(shared_engine, set_stage(shared_engine, bank, commands), commands, order)
        not in expected
    }

    assert {outcome.answers for outcome in expected} == {
        ("post", "LimitReached"),
        ("LimitReached", "post"),
    }
    # Both have looked before either acts: nothing but a serial order is left when they do not.
    assert strange == {order for order in orders([2, 2]) if len(set(order[:2])) == 2}


def _play(
    engine: sa.Engine, stage: Stage, commands: Sequence[Command], order: Sequence[int]
) -> Outcome:
    return interleaved(engine, stage, commands, order, new_keys(len(commands)))


def _look(session: Session, stage: Stage) -> int:
    balance = ledger.balance_of(session, timebank_id=stage.bank, account_id=stage.a)
    return balance.posted_minutes - balance.pending_out_minutes


def _act(session: Session, stage: Stage, key: uuid.UUID) -> ledger.Receipt:
    assert stage.seen is not None
    if stage.seen - 60 < FLOOR:
        raise ledger.LimitReached(stage.a, "floor", FLOOR, stage.seen - 60)
    return ledger.post(session, stage.order(key, stage.a, stage.b), now=NOW)


CHECK_THEN_ACT = Command("check-then-act", _act, floor=None, look=_look)


def _check_all_orders(engine: sa.Engine, names: Sequence[str], *, one_key: bool = False) -> None:
    """Play every order, each on new accounts of one timebank, and then prove that timebank."""
    commands, bank = [COMMANDS[name] for name in names], new_bank()
    expected = serial_outcomes(engine, commands, one_key=one_key)
    # SQLite has one writer at a time, from its first word on: nothing comes between statements.
    fine = engine.dialect.name == "postgresql" and len(names) == 2
    steps = [command.steps(fine=fine) for command in commands]
    for order in orders(steps, alike=len(set(names)) == 1):
        stage = set_stage(engine, bank, commands)
        keys = new_keys(len(commands), one_key=one_key)
        outcome = interleaved(engine, stage, commands, order, keys, fine=fine)
        case = f"{names} in the order {order}: {outcome} on {stage}"
        assert outcome in expected.values(), f"{case} is none of {expected}"
        if one_key and len(set(names)) == 1:
            fresh = [answer for answer in outcome.answers if not answer.endswith(" again")]
            assert len(fresh) == 1, case
    with ledger.snapshot(engine) as session:
        assert resolved_twice(session, bank) == []
        assert ledger.violations(session, timebank_id=bank) == []
