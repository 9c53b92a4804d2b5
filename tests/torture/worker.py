# SPDX-License-Identifier: EUPL-1.2
"""A client that moves minutes until it is told to stop, and may be killed at any moment.

It keeps a file outside the database: ``try <intent>`` before it sends anything, ``ack <intent>
<key>`` after the answer that follows the commit, ``done <intent>`` at the end. Everything about an
intent, its keys included, follows from its id; so a client that was killed and started again can
finish what it had begun. The intent is stored as ``recorded_by``, so that doubles can be counted.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import random
import signal
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import TransferKind

PAUSE_SECONDS = 0.03
SHORT_BUSY_MILLISECONDS = 50
MODES = ("sound", "no key", "deferred", "unordered")


@dataclasses.dataclass
class Spec:
    """What a client is to do.

    Attributes:
        mode: ``sound``, or one of the three ways to do it wrong.
        die_one_in: after one in so many commits it kills itself before it writes that down; 0: no.
        seconds: after so many it ends by itself, whatever became of who started it.
    """

    url: str
    bank: int
    accounts: list[int]
    notes: str
    seed: int
    mode: str = "sound"
    die_one_in: int = 0
    seconds: float = 60.0


class Notes:
    """The client's own memory, on disk before it goes on."""

    def __init__(self, path: pathlib.Path) -> None:
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if torn:
            self.write("")

    def write(self, *lines: str, sync: bool = True) -> None:
        os.write(self._file, "".join(f"{line}\n" for line in lines).encode())
        if sync:
            os.fsync(self._file)


def read_notes(path: pathlib.Path) -> Iterator[list[str]]:
    """Yield the words of each whole line."""
    text = path.read_text("ascii") if path.exists() else ""
    for line in text[: text.rfind("\n") + 1].splitlines():
        if line:
            yield line.split(" ")


def open_intents(path: pathlib.Path) -> list[uuid.UUID]:
    """Return what was tried and not finished."""
    tried = dict.fromkeys(words[1] for words in read_notes(path) if words[0] == "try")
    for words in read_notes(path):
        if words[0] == "done":
            tried.pop(words[1], None)
    return [uuid.UUID(intent) for intent in tried]


@dataclasses.dataclass
class Part:
    """One transaction of an intent: one transfer or a few."""

    keys: list[uuid.UUID]
    steps: list[ledger.Step]


class Client:
    """Plans intents and carries them out."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.notes = Notes(pathlib.Path(spec.notes))
        self.engine = make_engine(spec.url, spec.mode)
        self.dice = random.Random(spec.seed)  # noqa: S311 - no secret
        self.until = time.monotonic() + spec.seconds
        self.told_to_stop = False

    def run(self) -> None:
        """Finish what a predecessor left, then work until told to stop."""
        for intent in open_intents(pathlib.Path(self.spec.notes)):
            self.carry_out(intent)
        while not self.told_to_stop and time.monotonic() < self.until:
            intent = uuid.UUID(int=self.dice.getrandbits(128), version=4)
            self.notes.write(f"try {intent}")
            self.carry_out(intent)
        self.engine.dispose()

    def carry_out(self, intent: uuid.UUID) -> None:
        """Send one intent, again and again with the same keys, until there is an answer."""
        for part in parts_of(self.spec, intent):
            try:
                self._until_answered(part)
            except ledger.LedgerError as refusal:
                cause = refusal.cause if isinstance(refusal, ledger.BatchRefused) else refusal
                self.notes.write(f"refused {type(cause).__name__}", sync=False)
                break
            if self.spec.die_one_in and self.dice.randrange(self.spec.die_one_in) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.notes.write(*(f"ack {intent} {key}" for key in part.keys))
        self.notes.write(f"done {intent}")

    def _until_answered(self, part: Part) -> None:
        while True:
            try:
                ledger.exactly_once(self.engine, self._work(part), attempts=1)
            except ledger.OutcomeUnknown as unknown:
                self._note_failure(unknown.__cause__)
            except sa.exc.DBAPIError as failure:
                # Whatever the driver calls it, a lost connection should have been named as one.
                self.notes.write(f"strange {name_of(failure)}", sync=False)
            else:
                return
            if time.monotonic() > self.until:
                sys.exit(3)
            time.sleep(PAUSE_SECONDS * (0.5 + self.dice.random()))

    def _note_failure(self, failure: BaseException | None) -> None:
        self.notes.write(f"error {name_of(failure)}", sync=False)

    def _work(self, part: Part) -> Callable[[Session], object]:
        mode = self.spec.mode
        if mode == "no key":
            part.keys[:] = [uuid.uuid4() for _ in part.keys]
            part.steps[:] = [
                ledger.Step(step.kind, dataclasses.replace(step.wish, transfer_id=key))
                for step, key in zip(part.steps, part.keys, strict=True)
            ]
        look = {"deferred": _read_first, "unordered": _lock_as_they_come}.get(mode)

        def work(session: Session) -> object:
            if look is not None:
                look(session, part.steps[0].wish)
            return book(session, part.steps)

        return work


def book(session: Session, steps: list[ledger.Step]) -> object:
    """Book a single step by its own function, and several as a batch."""
    now = datetime.datetime.now(datetime.UTC)
    if len(steps) > 1:
        return ledger.book_all(session, steps, now=now)
    return getattr(ledger, steps[0].kind.value)(session, steps[0].wish, now=now)


def parts_of(spec: Spec, intent: uuid.UUID) -> list[Part]:
    """Return what an intent does; the same each time it is asked."""
    dice = random.Random(intent.int)  # noqa: S311 - no secret
    if spec.mode != "sound" or dice.random() < 0.5:
        return [_orders(spec, intent, dice, TransferKind.POST, 1)]
    if dice.random() < 0.2:
        return [_orders(spec, intent, dice, TransferKind.POST, dice.randint(2, 4))]
    first = _orders(spec, intent, dice, TransferKind.RESERVE, 1)
    kind = dice.choice([TransferKind.POST_PENDING, TransferKind.VOID])
    key = uuid.uuid5(intent, "resolution")
    wish = ledger.Resolution(spec.bank, key, first.keys[0], recorded_by=intent)
    return [first, Part([key], [ledger.Step(kind, wish)])]


def _orders(
    spec: Spec, intent: uuid.UUID, dice: random.Random, kind: TransferKind, count: int
) -> Part:
    keys = [uuid.uuid5(intent, f"order {number}") for number in range(count)]
    steps = []
    for number, key in enumerate(keys):
        debit, credit = dice.sample(spec.accounts, 2)
        order = ledger.Order(
            *(spec.bank, key, debit, credit, dice.randint(1, 90), datetime.date(2026, 3, 10)),
            recorded_by=intent if number == 0 else uuid.uuid5(intent, f"part {number}"),
        )
        steps.append(ledger.Step(kind, order))
    return Part(keys, steps)


def _read_first(session: Session, wish: Any) -> None:
    ledger.balance_of(session, timebank_id=wish.timebank_id, account_id=wish.debit_account_id)


def _lock_as_they_come(session: Session, wish: Any) -> None:
    table = sa.inspect(ledger.Account).local_table
    for account in (wish.debit_account_id, wish.credit_account_id):
        session.execute(
            sa.select(table.c.id)
            .where(table.c.timebank_id == wish.timebank_id, table.c.id == account)
            .with_for_update()
        )


def make_engine(url: str, mode: str = "sound") -> sa.Engine:
    """Make an engine as the application does, but for what the mode does wrong."""
    engine = ledger.prepare_engine(sa.create_engine(url))
    if mode != "deferred":
        return engine
    sa.event.listen(engine, "connect", _lose_patience)
    return engine.execution_options(sqlite_begin="DEFERRED")


def _lose_patience(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {SHORT_BUSY_MILLISECONDS}")


def name_of(failure: BaseException | None) -> str:
    """Return a word for a failure: the code of PostgreSQL, or what SQLite says."""
    cause = getattr(failure, "orig", None) or getattr(failure, "__cause__", None) or failure
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return f"{type(failure).__name__}:{code or type(cause).__name__}"


def main() -> None:
    """Read what to do from standard input, and do it."""
    client = Client(Spec(**json.loads(sys.stdin.readline())))

    def stop(_number: int, _frame: object) -> None:
        client.told_to_stop = True

    signal.signal(signal.SIGTERM, stop)
    with contextlib.suppress(KeyboardInterrupt):
        client.run()


if __name__ == "__main__":
    main()
