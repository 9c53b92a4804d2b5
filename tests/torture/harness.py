# SPDX-License-Identifier: EUPL-1.2
"""Starts clients, kills them and the server, and counts what the books lost or booked twice.

The clients' files say what was acknowledged; the books say what stands. Meanwhile a bank reader
looks at snapshots: in each of them the balances sum to zero, or something was seen half done.
Nothing here cuts the power: what SQLite wrote and did not sync survives the death of its process.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import json
import pathlib
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.torture.server import Server
from tests.torture.worker import Spec, make_engine, open_intents, parts_of, read_notes

BANK = 7
STOP_SECONDS = 60.0
MORE_SECONDS = 30.0
"""How much longer a run may take when too little has happened."""
TICK_SECONDS = 0.02
ROOT = pathlib.Path(__file__).parent.parent.parent
TABLES: tuple[type[ledger.Base], ...] = (ledger.Account, ledger.Transfer, ledger.Entry, ledger.Seal)


@dataclasses.dataclass
class Report:
    """What happened, and what became of the books.

    Attributes:
        lost: acknowledged and not in the journal.
        doubled: intents that were booked more than once.
        unfinished: intents that were tried and never answered, although there was time.
        unequal: snapshots in which the balances did not sum to zero, or differed from the entries.
        phantoms: transfers that no client ever wanted.
        strange: failures that the ledger let through as something else than a lost connection.
    """

    backend: str
    seed: int
    tried: int = 0
    acknowledged: int = 0
    transfers: int = 0
    worker_kills: int = 0
    own_deaths: int = 0
    server_kills: int = 0
    cuts: int = 0
    snapshots: int = 0
    unequal: int = 0
    lost: int = 0
    doubled: int = 0
    phantoms: int = 0
    unfinished: int = 0
    stuck: int = 0
    violations: list[str] = dataclasses.field(default_factory=list)
    errors: dict[str, int] = dataclasses.field(default_factory=dict)
    refused: dict[str, int] = dataclasses.field(default_factory=dict)
    strange: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled, left half done or seen half done."""
        counts = (self.lost, self.doubled, self.phantoms, self.unfinished, self.unequal, self.stuck)
        refused = set(self.refused) - {"LimitReached"}
        return not any((*counts, self.violations, self.strange, refused))

    def __str__(self) -> str:
        counts = ", ".join(f"{k}={v}" for k, v in dataclasses.asdict(self).items())
        return f"{counts}: {'SOUND' if self.sound else 'BROKEN'}"


@dataclasses.dataclass
class Plan:
    """How hard a run is.

    Attributes:
        worker_kills: how often one client is killed, at random moments spread over the run.
        server_kills: how often the whole server is killed; on SQLite, all clients at once.
        cuts: how often all connections to the server are cut.
        die_one_in: see :class:`tests.torture.worker.Spec`.
        reading: whether the bank reader looks at snapshots meanwhile.
        at_least: on a slow machine it goes on until so much was acknowledged.
    """

    seconds: float
    seed: int
    workers: int = 8
    accounts: int = 20
    worker_kills: int = 0
    server_kills: int = 0
    cuts: int = 0
    mode: str = "sound"
    die_one_in: int = 0
    reading: bool = True
    at_least: int = 0
    options: str = ""


class Worker:
    """One client and its successors: each goes on with the file of the one before."""

    def __init__(self, spec: Spec) -> None:
        self.spec, self.notes = spec, pathlib.Path(spec.notes)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.spec.seed += 1000
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.worker"],
            stdin=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(dataclasses.asdict(self.spec)) + "\n")
        self._process.stdin.close()

    @property
    def busy(self) -> bool:
        """Whether it has begun to move minutes."""
        return self.notes.exists() and self.notes.stat().st_size > 0

    @property
    def ended(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_SECONDS)

    def ask_to_stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; say whether it did."""
        assert self._process is not None
        try:
            self._process.wait(max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            return False
        return True


class BankReader(threading.Thread):
    """Looks at one snapshot after another until it is told to stop."""

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.engine = make_engine(url)
        self.dice = random.Random(seed)  # noqa: S311 - no secret
        self.told_to_stop = threading.Event()
        self.seen = self.unequal = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.told_to_stop.wait(self.dice.uniform(0.01, 0.05)):
                with contextlib.suppress(sa.exc.OperationalError, sa.exc.InterfaceError):
                    self._look()
        except BaseException as failure:
            self.failure = failure
        finally:
            self.engine.dispose()

    def stop(self) -> None:
        self.told_to_stop.set()
        if self.ident is not None:
            self.join(STOP_SECONDS)
        assert not self.is_alive(), "the bank reader never came back"
        if self.failure is not None:
            raise self.failure

    def _look(self) -> None:
        entries = sa.inspect(ledger.Entry).local_table
        with ledger.snapshot(self.engine) as session:
            total = ledger.trial_balance(session, timebank_id=BANK)
            equal = total.balance_minutes == 0
            if equal and self.seen % 10 == 0:
                # The second statement has to see the same moment as the first.
                query = sa.select(sa.func.count()).where(entries.c.timebank_id == BANK)
                written = session.execute(query).scalar_one()
                equal = written == _entries_of_accounts(session)
        self.seen += 1
        self.unequal += not equal


def run(url: str, folder: pathlib.Path, plan: Plan, server: Server | None = None) -> Report:
    """Torture one empty database and report.

    Args:
        server: killed and started again as the plan says.
    """
    engine = make_engine(url)
    report = Report(engine.dialect.name, plan.seed)
    try:
        accounts = prepare(engine, plan)
        # What is kept open from before would not outlive the server.
        engine.dispose()
        workers = _workers(url + plan.options, folder, plan, accounts)
        reader = BankReader(url, plan.seed)
        try:
            if plan.reading:
                reader.start()
            _torment(workers, plan, report, server)
            _let_finish(workers, report)
        finally:
            for worker in workers:
                worker.kill()
            reader.stop()
        report.snapshots, report.unequal = reader.seen, reader.unequal
        compare(engine, [worker.spec for worker in workers], report)
    finally:
        engine.dispose()
    print(report)
    return report


def prepare(engine: sa.Engine, plan: Plan) -> list[int]:
    """Make the books and open the accounts; one in five has a floor and a ceiling."""
    tables: Any = [sa.inspect(model).local_table for model in TABLES]
    ledger.Base.metadata.create_all(engine, tables=tables)
    with Session(engine) as session:
        accounts = [
            ledger.open_account(
                session,
                timebank_id=BANK,
                neighbourhood_code="BU05460800",
                now=datetime.datetime.now(datetime.UTC),
                floor_minutes=-600 if number % 5 == 4 else None,
                ceiling_minutes=600 if number % 5 == 4 else None,
            )
            for number in range(plan.accounts)
        ]
        session.commit()
    return accounts


def compare(engine: sa.Engine, specs: Sequence[Spec], report: Report) -> None:
    """Hold what the clients were told against what stands in the journal."""
    notes = [pathlib.Path(spec.notes) for spec in specs]
    words = [line for path in notes for line in read_notes(path)]
    acknowledged = {uuid.UUID(line[2]) for line in words if line[0] == "ack"}
    tried = {uuid.UUID(line[1]) for line in words if line[0] == "try"}
    report.tried = len(tried)
    report.acknowledged = len(acknowledged)
    report.unfinished = sum(len(open_intents(path)) for path in notes)
    for kind, told in (("error", report.errors), ("refused", report.refused)):
        told.update(collections.Counter(line[1] for line in words if line[0] == kind))
    report.strange.update(collections.Counter(line[1] for line in words if line[0] == "strange"))
    transfer = sa.inspect(ledger.Transfer).local_table
    with ledger.snapshot(engine) as session:
        rows = session.execute(sa.select(transfer.c.id, transfer.c.kind, transfer.c.recorded_by))
        standing = rows.all()
        found = ledger.violations(session, timebank_id=BANK)
    report.transfers = len(standing)
    report.lost = len(acknowledged - {row.id for row in standing})
    report.doubled = _doubled(standing)
    if specs[0].mode == "sound":
        wanted = {key for one in tried for part in parts_of(specs[0], one) for key in part.keys}
        report.phantoms = len({row.id for row in standing} - wanted)
    report.violations = [str(one) for one in found]


def _doubled(standing: Sequence[Any]) -> int:
    posting = (ledger.TransferKind.POST, ledger.TransferKind.POST_PENDING)
    times = collections.Counter(
        (row.recorded_by, "posting" if row.kind in posting else row.kind.value) for row in standing
    )
    return sum(count > 1 for count in times.values())


def _entries_of_accounts(session: Session) -> int:
    accounts = sa.inspect(ledger.Account).local_table
    query = sa.select(sa.func.coalesce(sa.func.sum(accounts.c.last_seq), 0))
    return int(session.execute(query.where(accounts.c.timebank_id == BANK)).scalar_one())


def _workers(url: str, folder: pathlib.Path, plan: Plan, accounts: list[int]) -> list[Worker]:
    return [
        Worker(
            Spec(
                *(url, BANK, accounts, str(folder / f"worker-{number}"), plan.seed + number),
                mode=plan.mode,
                die_one_in=plan.die_one_in,
                seconds=plan.seconds + MORE_SECONDS + 2 * STOP_SECONDS,
            )
        )
        for number in range(plan.workers)
    ]


def _torment(workers: list[Worker], plan: Plan, report: Report, server: Server | None) -> None:
    """Let them work for the time of the plan, and kill at the moments that the seed says."""
    dice = random.Random(plan.seed)  # noqa: S311 - no secret
    for worker in workers:
        worker.start()
    _wait_until_busy(workers)
    begun = time.monotonic()
    blows = list(_blows(dice, plan))
    while blows or time.monotonic() - begun < plan.seconds or _too_little(workers, plan, begun):
        time.sleep(TICK_SECONDS)
        _replace_the_dead(workers, report)
        while blows and blows[0][0] <= time.monotonic() - begun:
            _strike(blows.pop(0)[1], dice, workers, report, server)


def _too_little(workers: list[Worker], plan: Plan, begun: float) -> bool:
    if time.monotonic() - begun > plan.seconds + MORE_SECONDS:
        return False
    words = (line[0] for worker in workers for line in read_notes(worker.notes))
    return sum(word == "ack" for word in words) < plan.at_least


def _blows(dice: random.Random, plan: Plan) -> Iterator[tuple[float, str]]:
    """Yield when to kill what: a moment in each equal part of the run, none in its last fifth."""
    planned = [
        ("worker", plan.worker_kills),
        ("server", plan.server_kills),
        ("connections", plan.cuts),
    ]
    moments = [
        (plan.seconds * 0.8 * (number + dice.random()) / count, victim)
        for victim, count in planned
        for number in range(count)
    ]
    yield from sorted(moments)


def _strike(
    victim: str, dice: random.Random, workers: list[Worker], report: Report, server: Server | None
) -> None:
    if victim == "worker":
        _kill_and_replace([dice.choice(workers)])
        report.worker_kills += 1
    elif victim == "connections":
        assert server is not None
        server.cut_connections()
        report.cuts += 1
    else:
        report.server_kills += 1
        if server is None:
            _kill_and_replace(workers)
            return
        server.kill()
        # Some notice at once, some only while it repairs itself.
        time.sleep(dice.uniform(0.0, 0.3))
        server.start()


def _kill_and_replace(workers: list[Worker]) -> None:
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.start()


def _replace_the_dead(workers: list[Worker], report: Report) -> None:
    """Start successors of those that killed themselves; an end of any other kind is a fault."""
    for worker in workers:
        if worker.ended is not None:
            assert worker.ended == -9, f"a client ended by itself with {worker.ended}"
            report.own_deaths += 1
            worker.start()


def _wait_until_busy(workers: list[Worker]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while not all(worker.busy for worker in workers):
        assert time.monotonic() < deadline, "the clients did not begin"
        time.sleep(TICK_SECONDS)


def _let_finish(workers: list[Worker], report: Report) -> None:
    """Ask all to stop after what they have in hand; who dies meanwhile gets a successor."""
    deadline = time.monotonic() + STOP_SECONDS
    for worker in workers:
        worker.ask_to_stop()
    for worker in workers:
        while True:
            if not worker.wait(deadline - time.monotonic()):
                report.stuck += 1
                break
            if worker.ended == 0:
                break
            worker.spec.die_one_in = 0
            worker.spec.seconds = 0.0
            worker.start()
