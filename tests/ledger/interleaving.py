# SPDX-License-Identifier: EUPL-1.2
"""Concurrent commands on one pair of accounts, one step at a time, in an order that is given.

A command has two steps: it begins and says its statements, then it commits; where it is played
finely, each statement is a step. A step that waits for a lock stays under way while the next one is
let go. What comes out is compared with what the same commands give one after the other.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import TransferKind

NOW = datetime.datetime(2026, 3, 10, 9, 0, tzinfo=datetime.UTC)
TERM = NOW + datetime.timedelta(minutes=10)
AFTER_TERM = NOW + datetime.timedelta(minutes=20)
SHORT_WAIT_SECONDS = 0.025
"""A step that takes longer is taken to be waiting for a lock, if that was not seen before."""
TICK_SECONDS = 0.003
DEADLINE_SECONDS = 30.0
FLOOR = -100
_BANKS = itertools.count(100_000)


@dataclasses.dataclass(frozen=True)
class Stage:
    """Two accounts at zero in a timebank of their own, and what stands on them before."""

    bank: int
    a: int
    b: int
    reserved: uuid.UUID
    posted: uuid.UUID
    seen: int | None = None

    def order(self, key: uuid.UUID, debit: int, credit: int, minutes: int = 60) -> ledger.Order:
        return ledger.Order(self.bank, key, debit, credit, minutes, NOW.date())

    def naming(self, key: uuid.UUID, refers_to: uuid.UUID, **more: Any) -> ledger.Resolution:
        return ledger.Resolution(self.bank, key, refers_to, **more)


Work = Callable[[Session, Stage, uuid.UUID], Any]


@dataclasses.dataclass(frozen=True)
class Command:
    """What one client does.

    Attributes:
        work: what it says after it began and before it commits.
        needs: ``reserved`` or ``posted``, what must stand before.
        floor: how low the accounts of its stage may go.
        look: for a broken command: what it reads in its first step, in a transaction of its own;
            it then works and commits in its second step, and finds what it read in ``stage.seen``.
        statements: how many it says when nobody comes between.
    """

    name: str
    work: Work
    needs: str = ""
    floor: int | None = FLOOR
    look: Callable[[Session, Stage], int] | None = None
    statements: int = 1

    def steps(self, *, fine: bool) -> int:
        """Return how many steps it has."""
        return self.statements + 1 if fine else 2


def _post(debit: str, credit: str) -> Work:
    return lambda session, stage, key: ledger.post(
        session, stage.order(key, getattr(stage, debit), getattr(stage, credit)), now=NOW
    )


def _reserve(session: Session, stage: Stage, key: uuid.UUID) -> Any:
    return ledger.reserve(session, stage.order(key, stage.a, stage.b), now=NOW)


def _resolve(verb: str, named: str, now: datetime.datetime = NOW, **more: Any) -> Work:
    return lambda session, stage, key: getattr(ledger, verb)(
        session, stage.naming(key, getattr(stage, named), **more), now=now
    )


def _batch(session: Session, stage: Stage, key: uuid.UUID) -> Any:
    """A post that the single one would repeat with the same key, and its way back."""
    orders = (
        stage.order(key, stage.a, stage.b),
        stage.order(uuid.uuid5(key, "back"), stage.b, stage.a, 20),
    )
    steps = [ledger.Step(TransferKind.POST, order) for order in orders]
    return ledger.book_all(session, steps, now=NOW)


def _close(session: Session, stage: Stage, _key: uuid.UUID) -> None:
    ledger.close_account(session, timebank_id=stage.bank, account_id=stage.a, now=NOW)


def _limit(session: Session, stage: Stage, _key: uuid.UUID) -> None:
    ledger.limit_account(
        session,
        timebank_id=stage.bank,
        account_id=stage.a,
        floor_minutes=-50,
        ceiling_minutes=50,
        now=NOW,
    )


COMMANDS = {
    command.name: command
    for command in (
        Command("post", _post("a", "b")),
        Command("post-back", _post("b", "a")),
        Command("reserve", _reserve),
        Command("post-pending", _resolve("post_pending", "reserved"), "reserved", statements=2),
        Command("void", _resolve("void", "reserved"), "reserved", statements=2),
        Command("expire", _resolve("expire", "reserved", AFTER_TERM), "reserved", statements=2),
        Command("reverse", _resolve("reverse", "posted"), "posted", statements=2),
        Command("reverse-part", _resolve("reverse", "posted", minutes=10), "posted", statements=2),
        Command("close", _close, statements=2),
        Command("limit", _limit),
        Command("batch", _batch, statements=3),
    )
}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How it ended: what each command was answered, and what the accounts and journal hold.

    Attributes:
        held_up: the clients that were seen to wait for another one's lock.
    """

    answers: tuple[str, ...]
    accounts: tuple[Any, ...]
    kinds: tuple[Any, ...]
    held_up: frozenset[int] = dataclasses.field(default=frozenset(), compare=False)


class Client:
    """One command in its own thread, on its own connection, told step by step what to do."""

    def __init__(
        self,
        engine: sa.Engine,
        stage: Stage,
        command: Command,
        key: uuid.UUID,
        *,
        fine: bool = False,
    ) -> None:
        self.engine, self.stage, self.command, self.key = engine, stage, command, key
        self.fine = fine
        self.answer: Any = None
        self.backend: int | None = None
        self.inside = False
        self.failure: BaseException | None = None
        self._told: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._asked = self._done = self.statements = 0
        self._ended = self._hurries = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def tell(self) -> None:
        """Let it take one more step as soon as it has done those before."""
        self._asked += 1
        self._told.put(False)

    @property
    def waiting(self) -> bool:
        return self._done < self._asked and not self._ended

    def settle(self, seconds: float) -> bool:
        """Give it time to do what it was told; say whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.waiting, seconds)

    def hurry(self) -> None:
        """Let it go on to its end: it had more to say, because somebody came between."""
        self._told.put(True)

    def join(self) -> None:
        self._thread.join(DEADLINE_SECONDS)
        assert not self._thread.is_alive(), f"{self.command.name} never came back"
        if self.failure is not None:
            raise AssertionError(f"{self.command.name} ended in {self.failure!r}") from self.failure

    def _run(self) -> None:
        try:
            self._wait()
            with Session(self.engine) as session:
                try:
                    self._say(session)
                except ledger.LedgerError as refusal:
                    self.answer = refusal
                self._pause()
                self._end(session)
        except BaseException as failure:
            self.failure = failure
        finally:
            self.inside, self._ended = False, True
            self._report()

    def _say(self, session: Session) -> None:
        connection = session.connection()
        if self.engine.dialect.name == "postgresql":
            driver: Any = connection.connection.dbapi_connection
            self.backend = driver.info.backend_pid
        if self.command.look is not None:
            self.stage = _having_looked(session, self.command, self.stage)
            return
        self.inside = True
        if self.fine:
            sa.event.listen(connection, "before_cursor_execute", self._before_statement)
        self.answer = self.command.work(session, self.stage, self.key)

    def _end(self, session: Session) -> None:
        if isinstance(self.answer, ledger.LedgerError):
            session.rollback()
            return
        if self.command.look is not None:
            try:
                self.answer = self.command.work(session, self.stage, self.key)
            except ledger.LedgerError as refusal:
                self.answer = refusal
                return
        session.commit()

    def _before_statement(self, *_about: Any) -> None:
        self.statements += 1
        if self.statements > 1:
            self._pause()

    def _pause(self) -> None:
        """Say that a step is done, and wait until the next one is due."""
        self._done += 1
        self._report()
        self._wait()

    def _wait(self) -> None:
        if not self._hurries:
            self._hurries = self._told.get(timeout=DEADLINE_SECONDS)

    def _report(self) -> None:
        with self._changed:
            self._changed.notify_all()


class Referee:
    """Lets the clients take their steps, and sees who waits for whom."""

    def __init__(self, engine: sa.Engine, clients: Sequence[Client]) -> None:
        self.engine, self.clients = engine, clients
        self.held_up: set[int] = set()

    def step(self, number: int) -> None:
        """Let one client take one step; go on when it is done, or waits for another client."""
        client = self.clients[number]
        waiting = client.waiting
        client.tell()
        deadline = time.monotonic() + SHORT_WAIT_SECONDS
        while not waiting and not client.settle(TICK_SECONDS):
            if self._is_held_up(client):
                self.held_up.add(number)
                return
            waiting = time.monotonic() > deadline

    def _is_held_up(self, client: Client) -> bool:
        if self.engine.dialect.name == "sqlite":
            # There is one writer at a time, from its first word on.
            return any(other.inside for other in self.clients if other is not client)
        if client.backend is None:
            return False
        with self.engine.connect() as connection:
            blockers = sa.func.cardinality(sa.func.pg_blocking_pids(client.backend))
            return bool(connection.execute(sa.select(blockers)).scalar_one())


def orders(steps: Sequence[int], *, alike: bool = False) -> list[tuple[int, ...]]:
    """Return every order of the steps of some clients: 6 for 2 and 2, 90 for 2 and 2 and 2.

    Args:
        steps: how many steps each client has.
        alike: the clients do the same, so that it does not matter which of them is the first.
    """
    every = _arrangements(tuple(steps))
    return [
        order
        for order in every
        if not alike or sorted(set(order), key=order.index) == [*range(len(steps))]
    ]


def _arrangements(steps: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not any(steps):
        return [()]
    return [
        (number, *rest)
        for number, left in enumerate(steps)
        if left
        for rest in _arrangements((*steps[:number], left - 1, *steps[number + 1 :]))
    ]


def interleaved(
    engine: sa.Engine,
    stage: Stage,
    commands: Sequence[Command],
    order: Iterable[int],
    keys: Sequence[uuid.UUID],
    *,
    fine: bool = False,
) -> Outcome:
    """Let the commands take their steps in this order, and say how it ended."""
    clients = [
        Client(engine, stage, command, key, fine=fine)
        for command, key in zip(commands, keys, strict=True)
    ]
    referee = Referee(engine, clients)
    try:
        for number in order:
            referee.step(number)
    finally:
        for client in clients:
            client.hurry()
    for client in clients:
        client.join()
    answers = [client.answer for client in clients]
    return dataclasses.replace(_outcome(engine, stage, answers), held_up=frozenset(referee.held_up))


def serial_outcomes(
    engine: sa.Engine, commands: Sequence[Command], *, one_key: bool = False
) -> dict[tuple[int, ...], Outcome]:
    """Do the commands one after the other, in each order, each time on a stage of its own."""
    bank = new_bank()
    return {
        order: _one_by_one(engine, bank, commands, order, new_keys(len(commands), one_key=one_key))
        for order in itertools.permutations(range(len(commands)))
    }


def new_bank() -> int:
    """Return the number of a timebank that nobody has used."""
    return next(_BANKS)


def new_keys(count: int, *, one_key: bool = False) -> list[uuid.UUID]:
    """Make a key for each command, or one for all."""
    first = uuid.uuid4()
    return [first if one_key else uuid.uuid4() for _ in range(count)]


def set_stage(engine: sa.Engine, bank: int, commands: Sequence[Command]) -> Stage:
    """Open two new accounts and book what the commands name; both stand at zero."""
    needs = {command.needs for command in commands}
    with Session(engine) as session:
        a, b = (
            ledger.open_account(
                session,
                timebank_id=bank,
                neighbourhood_code="BU05460800",
                now=NOW,
                floor_minutes=commands[0].floor,
            )
            for _ in "ab"
        )
        stage = Stage(bank, a, b, uuid.uuid4(), uuid.uuid4())
        if "posted" in needs:
            ledger.post(session, stage.order(stage.posted, a, b, 30), now=NOW)
            ledger.post(session, stage.order(uuid.uuid4(), b, a, 30), now=NOW)
        if "reserved" in needs:
            order = stage.order(stage.reserved, a, b, 30)
            ledger.reserve(session, dataclasses.replace(order, expires_at=TERM), now=NOW)
        session.commit()
    return stage


def resolved_twice(session: Session, bank: int) -> list[Any]:
    """Return the transfers of a timebank that more than one other transfer names."""
    table = sa.inspect(ledger.Transfer).local_table
    return list(
        session.scalars(
            sa.select(table.c.refers_to)
            .where(table.c.timebank_id == bank, table.c.refers_to.is_not(None))
            .group_by(table.c.refers_to)
            .having(sa.func.count() > 1)
        )
    )


def _one_by_one(
    engine: sa.Engine,
    bank: int,
    commands: Sequence[Command],
    order: Sequence[int],
    keys: Sequence[uuid.UUID],
) -> Outcome:
    stage = set_stage(engine, bank, commands)
    answers: list[Any] = [None] * len(commands)
    for number in order:
        command = commands[number]
        with Session(engine) as session:
            try:
                here = _having_looked(session, command, stage) if command.look else stage
                answers[number] = command.work(session, here, keys[number])
                session.commit()
            except ledger.LedgerError as refusal:
                answers[number] = refusal
    return _outcome(engine, stage, answers)


def _having_looked(session: Session, command: Command, stage: Stage) -> Stage:
    assert command.look is not None
    seen = command.look(session, stage)
    session.rollback()
    return dataclasses.replace(stage, seen=seen)


def _outcome(engine: sa.Engine, stage: Stage, answers: Sequence[Any]) -> Outcome:
    with ledger.snapshot(engine) as session:
        return Outcome(
            tuple(_word(answer) for answer in answers),
            tuple(_figures(session, stage)),
            tuple(_kinds(session, stage)),
        )


def _word(answer: Any) -> str:
    if isinstance(answer, list):
        return "+".join(_word(receipt) for receipt in answer)
    if isinstance(answer, ledger.Receipt):
        return f"{answer.kind.value}{' again' if answer.replayed else ''}"
    return "done" if answer is None else type(answer).__name__


def _figures(session: Session, stage: Stage) -> Iterator[tuple[Any, ...]]:
    table = sa.inspect(ledger.Account).local_table
    left_out = {"timebank_id", "id", "last_recorded_at", "opened_at"}
    columns = [column for column in table.c if column.name not in left_out]
    for account in (stage.a, stage.b):
        query = sa.select(*columns).where(table.c.timebank_id == stage.bank, table.c.id == account)
        yield tuple(session.execute(query).one())


def _kinds(session: Session, stage: Stage) -> list[TransferKind]:
    """Return the kinds of what was booked between the two accounts."""
    table = sa.inspect(ledger.Transfer).local_table
    accounts = (stage.a, stage.b)
    query = sa.select(table.c.kind).where(
        table.c.timebank_id == stage.bank, table.c.debit_account_id.in_(accounts)
    )
    return sorted(session.scalars(query))
