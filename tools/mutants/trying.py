# SPDX-License-Identifier: EUPL-1.2
"""A plugin of pytest that tries mutants in forks of one process that has collected every test.

Starting pytest for each of four thousand mutants costs more than the tests that find them. Here
pytest collects once and prepares its databases once; for each mutant a fork switches it on, runs
the tests that are known to reach the changed function until one fails, and is gone. Tests that
found a mutant of the same function come first.

``MUTANTS_TASK`` names the folder with what is asked and known (``tools.mutants.task``).
"""

from __future__ import annotations

import collections
import functools
import json
import os
import pathlib
import shutil
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from _pytest.runner import runtestprotocol
from mutmut.state import state

from tools.mutants.asking import soonest
from tools.mutants.task import (
    BROKEN,
    DOUBTFUL,
    LATE,
    SEEN,
    UNSEEN,
    Answer,
    Reach,
    Task,
    function_of,
)

os.environ["MUTANT_UNDER_TEST"] = "stats"  # before the ledger is imported: see ``_take_hits``
T = TypeVar("T")
SLOWER, AT_LEAST_SECONDS = 20.0, 60.0
"""A fork may take so many times as long as its tests took once, and never less than a minute."""
_BEFORE_BODY: list[str] = []
_BODY: list[str] = []


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try every mutant of the task instead of running the tests."""
    task = Task(pathlib.Path(os.environ["MUTANTS_TASK"]))
    at_import = _take_hits()
    _files_of(session, 0)  # the folder for all is made before the first fork
    sample = _first_of_each(session.items)
    at_preparing = _in_fork(lambda: _prepared(session, sample))
    _in_a_warm_fork(session, sample, lambda: _late_ways(session, task, at_import, at_preparing))
    task = Task(task.folder)
    reach = _known(task)
    again = set(reach.at_preparing)
    for backend in _backends(session.items):
        way = f"prepared anew, {backend}"
        todo = [one for one in task.left(way) if function_of(one) in again]
        everything = [item for item in session.items if backend in item.nodeid]
        asked, _needed = soonest(everything, "", collections.Counter(), reach, task.patience)
        if todo and _in_fork(functools.partial(_outcome, asked, "none")):
            message = f"tests fail on the ledger as it is, {way}"
            raise RuntimeError(message)
        _try_all(session, task, way, todo, lambda _one, chosen=everything: chosen, tidy=True)
    return True


def _late_ways(
    session: pytest.Session, task: Task, at_import: list[str], at_preparing: list[str]
) -> None:
    """Learn what the tests reach, then try what they can notice with databases that stand."""
    reach = task.reach or Reach({}, {}, {}, [], [])
    new = [item for item in session.items if item.nodeid not in reach.by_test]
    learned = [
        known | fresh
        for known, fresh in zip(
            (reach.by_test, reach.by_body, reach.seconds),
            _in_fork(lambda: _learned(new)),
            strict=True,
        )
    ]
    task.keep(Reach(*learned, at_import, at_preparing))
    if not _in_fork(lambda: _outcome(session.items, "fail")):
        message = "a ledger that fails at every call goes unnoticed: nothing can be said"
        raise RuntimeError(message)
    for backend in _backends(session.items):
        reaching = functools.partial(_reaching, session, _known(task), backend)
        _try_all(session, task, backend, task.left(backend), reaching)


def _reaching(
    session: pytest.Session, reach: Reach, backend: str, mutant: str
) -> list[pytest.Item]:
    """Return the tests on this database that run the changed function."""
    function = function_of(mutant)
    return [
        item
        for item in session.items
        if function in reach.by_test.get(item.nodeid, ()) and _backend(item) == backend
    ]


def _try_all(
    session: pytest.Session,
    task: Task,
    way: str,
    todo: Sequence[str],
    chosen: Callable[[str], list[pytest.Item]],
    *,
    tidy: bool = False,
) -> None:
    """Try these mutants, some at a time, and write every answer down at once.

    Args:
        tidy: each fork prepared its own databases, and clears them away.
    """
    reach, finders = _known(task), task.finders()
    running: dict[int, tuple[str, int]] = {}
    began, count = time.monotonic(), 0
    for mutant in _with_room(todo, running, task.children):
        if mutant is not None:
            function = function_of(mutant)
            known = finders[function]
            items, needed = soonest(chosen(mutant), function, known, reach, task.patience)
            allowed = SLOWER * needed
            running.update([_begin(session, items, mutant, allowed, tidy=tidy)])
            continue
        pid, status = os.wait()
        tried, pipe = running.pop(pid)
        shutil.rmtree(_files_of(session, pid), ignore_errors=True)
        with os.fdopen(pipe) as reader:
            verdict, by = _verdict(status, reader.read())
        task.add(Answer(tried, way, verdict, by))
        if by:
            finders[function_of(tried)][by] += 1
        count += 1
        if count % 100 == 0:
            rate = count / (time.monotonic() - began)
            print(f"{way}: {count} of {len(todo)} tried, {rate:.1f} a second", flush=True)


def _with_room(todo: Sequence[str], running: dict[int, Any], children: int) -> Iterator[str | None]:
    """Give the next mutant when there is room for it, and None to wait for one that runs."""
    for mutant in todo:
        while len(running) >= children:
            yield None
        yield mutant
    while running:
        yield None


def _begin(
    session: pytest.Session, items: list[pytest.Item], mutant: str, allowed: float, *, tidy: bool
) -> tuple[int, tuple[str, int]]:
    """Fork; the fork writes the name of the test that noticed, and ends."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, (mutant, reader)
    code = 1
    try:
        signal.alarm(int(max(allowed, AT_LEAST_SECONDS)))
        files = _files_of(session, os.getpid())
        files.mkdir()
        session.config._tmp_path_factory._basetemp = files  # type: ignore[attr-defined]
        by = _outcome(items, mutant) if tidy else _confirmed(items, mutant)
        os.write(writer, by.encode())
        code = 0
        if tidy:
            session._setupstate.teardown_exact(None)  # as at the end of a session
    finally:
        os._exit(code)


def _files_of(session: pytest.Session, pid: int) -> pathlib.Path:
    """Return where a fork keeps its files: thousands of forks would fill the disk."""
    base: pathlib.Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return base / f"fork-{pid}"


def _verdict(status: int, said: str) -> tuple[str, str | None]:
    """Return the verdict on a fork that said this, and which test noticed."""
    if said and said != DOUBTFUL:
        return SEEN, said
    code = os.waitstatus_to_exitcode(status)
    calm = said or UNSEEN
    return calm if code == 0 else LATE if code == -signal.SIGALRM else BROKEN, None


def _outcome(items: Iterable[pytest.Item], mutant: str) -> str:
    """Switch this mutant on and return the first test that fails, or nothing."""
    os.environ["MUTANT_UNDER_TEST"] = mutant
    return next((item.nodeid for item in items if _failures(item)), "")


def _confirmed(items: Iterable[pytest.Item], mutant: str) -> str:
    """Return the first test that fails with this mutant and passes at once without it.

    So a test that fails by chance, or because the machine is slow, kills nothing. Nothing is
    returned when no test fails, and that it is doubtful when none that failed passes without.
    """
    said = ""
    for item in items:
        os.environ["MUTANT_UNDER_TEST"] = mutant
        if _failures(item):
            os.environ["MUTANT_UNDER_TEST"] = "none"
            if not _failures(item):
                return item.nodeid
            said = DOUBTFUL
    return said


def _failures(item: pytest.Item) -> list[pytest.TestReport]:
    """Run one test; of what was prepared for it only that of the session stays."""
    following: Any = item.session
    reports = runtestprotocol(item, nextitem=following, log=False)
    return [report for report in reports if report.failed]


def _learned(items: list[pytest.Item]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Run each of these tests once without a change; return what it runs, and how long.

    Raises:
        RuntimeError: one fails, so that a failure would say nothing about a change.
    """
    by_test, by_body, seconds = {}, {}, {}
    _take_hits()
    for item in items:
        _BEFORE_BODY.clear()
        began = time.perf_counter()
        for failure in _failures(item):
            message = f"{item.nodeid} fails without any change: {failure.longreprtext}"
            raise RuntimeError(message)
        seconds[item.nodeid] = time.perf_counter() - began
        by_body[item.nodeid] = list(_BODY)
        by_test[item.nodeid] = sorted({*_BEFORE_BODY, *_BODY, *_take_hits()})
    return by_test, by_body, seconds


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Keep apart what the body of a test runs: its fixtures run half of the ledger."""
    _BEFORE_BODY.extend(_take_hits())
    try:
        yield
    finally:
        _BODY[:] = _take_hits()


def _prepared(session: pytest.Session, sample: list[pytest.Item]) -> list[str]:
    """Run one test for each database and return which functions ran, preparing included."""
    _take_hits()
    ran = set[str]()
    for item in sample:
        _BEFORE_BODY.clear()
        _failures(item)
        ran |= {*_BEFORE_BODY, *_BODY}
    return sorted(ran | set(_take_hits()))


def _in_a_warm_fork(
    session: pytest.Session, sample: list[pytest.Item], work: Callable[[], None]
) -> None:
    """Do this in a fork in which the databases are prepared; the parent stays as it is."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            _prepared(session, sample)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    if os.waitpid(pid, 0)[1]:
        message = "trying the mutants broke off"
        raise RuntimeError(message)


def _in_fork(work: Callable[[], T]) -> T:
    """Return what this gives in a process of its own, so that it leaves nothing behind.

    Raises:
        RuntimeError: it failed there; the fork said how.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        try:
            with os.fdopen(writer, "w", encoding="utf-8") as file:
                json.dump(work(), file)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as file:
        found = file.read()
    os.waitpid(pid, 0)
    if not found:
        message = "the fork gave no answer"
        raise RuntimeError(message)
    answer: T = json.loads(found)
    return answer


def _take_hits() -> list[str]:
    """Return the functions that ran since the last time, and forget them."""
    hits = sorted(state()._stats)
    state()._stats.clear()
    return hits


def _first_of_each(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    return [next(item for item in items if backend in item.nodeid) for backend in _backends(items)]


def _backends(items: Sequence[pytest.Item]) -> list[str]:
    """Return the databases that take part, the quick one first."""
    return [name for name in ("sqlite", "postgresql") if any(name in item.nodeid for item in items)]


def _backend(item: pytest.Item) -> str:
    """Say with which database a test is tried; one that needs none goes with the quick one."""
    return "postgresql" if "postgresql" in item.nodeid else "sqlite"


def _known(task: Task) -> Reach:
    """Return what the tests reach; it was learned before.

    Raises:
        RuntimeError: it was not.
    """
    if task.reach is None:
        message = "what the tests reach was not learned"
        raise RuntimeError(message)
    return task.reach
