# SPDX-License-Identifier: EUPL-1.2
"""Change the ledger in many small ways with mutmut and count how many the tests find.

mutmut makes the mutants; ``tools.mutants.trying`` tries them in forks, first with the tests on
SQLite, which are quick, then with those on PostgreSQL, and then with databases that the changed
ledger prepares itself. What survives and runs while the ledger is imported is tried in a process
of its own at last. They come in an order that is shuffled by ``--seed``, so that a run that was
broken off is a fair sample; ``--sample 200`` tries so many, and ``--resume`` goes on where the
last run ended. ``--again`` tries once more what survived, with the tests of now; both take the
effort that is told. The last lines read ``figure NAME VALUE`` and count all that was asked.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import configparser
import hashlib
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable

ROOT = pathlib.Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from mutmut import __main__ as mutmut  # noqa: E402 - the path is set first
from mutmut.utils import file_utils  # noqa: E402

from tests.databases import postgresql_server  # noqa: E402
from tools.mutants.task import (  # noqa: E402
    BROKEN,
    DOUBTFUL,
    LATE,
    SEEN,
    UNSEEN,
    Answer,
    Effort,
    Task,
    function_of,
)

MUTANTS = ROOT / "mutants"
WANTED_PERCENT = 95.0
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=native"]
FORKED = ["-p", "no:xdist", "-s", "-p", "tools.mutants.trying"]
ALONE = ["-x", "-p", "no:xdist"]
AFRESH = "in a process of its own"
_MUTANT = re.compile(r"def (x[\w]*__mutmut_\d+)\(")


def generate() -> list[str]:
    """Write the mutated ledger beside a copy of its tests; return the names of all mutants."""
    os.chdir(ROOT)
    shutil.rmtree(MUTANTS, ignore_errors=True)
    MUTANTS.mkdir()
    os.environ["MUTANT_UNDER_TEST"] = "mutant_generation"
    file_utils.copy_src_dir()
    file_utils.copy_also_copy_files()
    file_utils.setup_source_paths()
    mutmut.store_lines_covered_by_tests()
    mutmut.create_mutants(os.cpu_count() or 2)
    return sorted(
        f"ledger.{path.stem}.{name}"
        for path in (MUTANTS / "ledger").glob("*.py")
        for name in set(_MUTANT.findall(path.read_text("utf-8")))
    )


def chosen_tests(option: str = "pytest_add_cli_args_test_selection") -> list[str]:
    """Return what pytest is told to run; ``tests_of_import`` are those that see it soonest."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return config["mutmut"][option].split()


def run_pytest(arguments: list[str], mutant: str, url: str) -> int:
    """Run copied tests with the mutated ledger on this server; return the exit code.

    The files of its databases are in a folder of its own: pytest clears away the folders of the
    runs before, and a run that takes an hour would lose its own to a shorter one.
    """
    environment = os.environ | {
        "MUTANT_UNDER_TEST": mutant,
        "MUTANTS_TASK": str(MUTANTS),
        "PYTHONPATH": str(MUTANTS),
        "TEST_DATABASE_URL": url,
    }
    quiet = subprocess.DEVNULL if mutant else None
    with tempfile.TemporaryDirectory(prefix="timebank-mutants-") as folder:
        command = [*PYTEST, f"--basetemp={folder}/files", *arguments]
        done = subprocess.run(command, cwd=MUTANTS, env=environment, stdout=quiet, check=False)
    return done.returncode


def try_afresh(task: Task, url: str) -> None:
    """Try what survived and runs at import, where a fork cannot show it.

    Each is tried in a process of its own, some at a time, with the tests that look at what is
    worked out at import; what others might notice is not counted.

    Raises:
        RuntimeError: before or after them the tests fail without any change, as many at a time,
            so that a failure would say nothing.
    """
    at_import, alive = set(task.reach.at_import if task.reach else ()), set(task.alive())
    todo = [one for one in task.left(AFRESH) if one in alive and function_of(one) in at_import]
    arguments = [*ALONE, *chosen_tests("tests_of_import")]

    if not todo:
        return

    def exit_code(name: str) -> int:
        return run_pytest(arguments, name, url)

    with concurrent.futures.ThreadPoolExecutor(task.children) as pool:
        _hold_unchanged(pool.map(exit_code, ["none"] * task.children))
        for name, code in zip(todo, pool.map(exit_code, todo), strict=True):
            task.add(Answer(name, AFRESH, BROKEN if code < 0 else SEEN if code else UNSEEN))
        _hold_unchanged(pool.map(exit_code, ["none"] * task.children))


def _hold_unchanged(codes: Iterable[int]) -> None:
    if any(codes):
        message = "the tests fail on the ledger as it is"
        raise RuntimeError(message)


def report(task: Task) -> int:
    """Print the survivors and the figures; return the exit code."""
    tried, alive = {answer.mutant for answer in task.answers}, task.alive()
    print(*(f"survived: {name}" for name in alive), sep="\n")
    late, broken, doubtful = (
        sum(answer.verdict == one for answer in task.answers) for one in (LATE, BROKEN, DOUBTFUL)
    )
    killed = 100.0 * (len(tried) - len(alive)) / max(len(tried), 1)
    print(f"figure mutants_tried {len(tried)}\nfigure mutants_survived {len(alive)}")
    print(f"figure mutants_that_never_end {late}\nfigure forks_that_broke_off {broken}")
    print(f"figure forks_that_were_doubtful {doubtful}")
    print(f"figure mutants_killed_percent {killed:.1f}")
    if len(tried) < len(task.mutants):
        print(f"only {len(tried)} of {len(task.mutants)} were tried: this says nothing")
        return 2
    return 0 if killed >= WANTED_PERCENT else 1


def digest_of_ledger() -> str:
    """Return what tells this ledger from another: the number of a mutant means nothing there."""
    sources = sorted((ROOT / "ledger").glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()


def begun(sample: int, seed: int, how: Effort) -> Task:
    """Return a new task: this many mutants of all, in an order that the seed gives."""
    names = generate()
    random.Random(seed).shuffle(names)  # noqa: S311 - a choice, not a secret
    return Task.begin(MUTANTS, names[: sample or None], how, digest_of_ledger())


def once_more(how: Effort) -> Task:
    """Return the last task with the tests of now, in which nothing is known of what survived.

    Raises:
        SystemExit: the ledger has changed since.
    """
    before = Task(MUTANTS)
    if before.ledger != digest_of_ledger():
        message = "the ledger is another one than the mutants were made of: begin anew"
        raise SystemExit(message)
    before.forget_the_living()
    kept = {path: path.read_bytes() for path in before.files if path.exists()}
    generate()
    for path, known in kept.items():
        path.write_bytes(known)
    return before.with_effort(how)


def parser_of_options() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument(
        "--sample", type=int, default=0, help="how many a new run asks; 0 means all"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=os.cpu_count(), help="how many at a time")
    parser.add_argument("--patience", type=float, default=15.0, help="seconds of tests for each")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--resume", action="store_true", help="go on where the last run ended")
    ways.add_argument("--again", action="store_true", help="what survived, with tests of now")
    parser.add_argument(
        "--tests", nargs="+", default=chosen_tests(), help="which of them are asked"
    )
    return parser


def main() -> int:
    """Try all mutants or some, and say whether enough of them were found."""
    options = parser_of_options().parse_args()
    how = Effort(options.children, options.patience)
    if options.resume:
        Task(MUTANTS).with_effort(how)
    elif options.again:
        once_more(how)
    else:
        begun(options.sample, options.seed, how)
    with postgresql_server() as url:
        if run_pytest([*FORKED, *options.tests], "", url):
            return 2
        task = Task(MUTANTS)
        try_afresh(task, url)
    return report(task)


if __name__ == "__main__":
    sys.exit(main())
