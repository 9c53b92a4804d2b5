# SPDX-License-Identifier: EUPL-1.2
"""Change the ledger in many small ways with mutmut and count how many the tests find.

Each is tried with the tests on SQLite, which are quick; what survives is tried with those on both
databases; what survives that is tried in a process of its own, because mutmut forks after the
ledger was imported and so never shows a change in what is worked out at import. There the tests of
walls and roles take part too. One PostgreSQL server is started for all. ``--sample 200`` tries
some, chosen by ``--seed``; without it every mutant is tried, which takes hours. The last lines
read ``figure NAME VALUE``.
"""

from __future__ import annotations

import argparse
import configparser
import os
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.databases import postgresql_server  # noqa: E402 - the path is set first

MUTMUT = str(pathlib.Path(sys.executable).with_name("mutmut"))
WANTED_PERCENT = 95.0
ALSO = ["tests/tenancy/test_entering.py", "tests/tenancy/test_walls.py"]
ALSO += ["tests/tenancy/test_roles.py", "tests/cli/test_unsafe_database.py"]
QUIET = ["-q", "-x", "-n", "auto", "--dist", "loadfile", "-p", "no:cacheprovider"]
_MUTANT = re.compile(r"def (x[\w]*__mutmut_\d+)\(")
_VERDICT = re.compile(r"^\s*(ledger\.\S+): (\w[\w ]*)$", re.MULTILINE)


def run(names: list[str], environment: dict[str, str]) -> None:
    """Let mutmut try these mutants; no names mean all."""
    subprocess.run([MUTMUT, "run", *names], cwd=ROOT, env=environment, check=False)


def all_mutants() -> list[str]:
    """Return the names of every mutant that was generated."""
    return sorted(
        f"ledger.{path.stem}.{name}"
        for path in (ROOT / "mutants" / "ledger").glob("*.py")
        for name in set(_MUTANT.findall(path.read_text("utf-8")))
    )


def verdicts() -> dict[str, str]:
    """Return what became of each mutant that was tried."""
    listed = subprocess.run(
        [MUTMUT, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = dict(_VERDICT.findall(listed.stdout))
    return {name: verdict for name, verdict in found.items() if verdict != "not checked"}


def alive_among(tried: dict[str, str]) -> list[str]:
    """Return those that no test noticed."""
    return sorted(name for name, verdict in tried.items() if verdict in ("survived", "no tests"))


def noticed_afresh(name: str, environment: dict[str, str]) -> bool:
    """Say whether a test fails when the mutant was there before anything was imported.

    Args:
        name: empty for the ledger as it is.
    """
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    chosen = config["mutmut"]["pytest_add_cli_args_test_selection"].split()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUIET, *chosen, *ALSO],
        cwd=ROOT / "mutants",
        env=environment | {"MUTANT_UNDER_TEST": name, "PYTHONPATH": str(ROOT / "mutants")},
        capture_output=True,
        check=False,
    )
    return done.returncode != 0


def try_afresh(alive: list[str], environment: dict[str, str]) -> set[str]:
    """Return those that were noticed in a process of their own.

    Raises:
        RuntimeError: the tests fail without any change, so that a failure would say nothing.
    """
    if not alive:
        return set()
    if noticed_afresh("", environment):
        message = "the tests fail on the ledger as it is"
        raise RuntimeError(message)
    return {name for name in alive if noticed_afresh(name, environment)}


def report(tried: dict[str, str]) -> float:
    """Print the survivors and the figures; return the percentage that was killed."""
    alive = alive_among(tried)
    for name in alive:
        print(f"{tried[name]}: {name}")
    killed = 100.0 * (len(tried) - len(alive)) / max(len(tried), 1)
    print(f"figure mutants_tried {len(tried)}\nfigure mutants_killed_percent {killed:.1f}")
    return killed


def main() -> int:
    """Try all mutants or some, and say whether enough of them were found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="how many; 0 means all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with postgresql_server() as url:
        both = os.environ | {"TEST_DATABASE_URL": url}
        quick = both | {"TEST_BACKENDS": "sqlite"}
        chosen: list[str] = []
        if options.sample:
            run(["ledger.ids.x_new_account_number__mutmut_1"], quick)
            chosen = random.Random(options.seed).sample(all_mutants(), options.sample)  # noqa: S311
        run(chosen, quick)
        alive = alive_among(verdicts())
        print(f"{len(alive)} survived the tests on SQLite")
        if alive:
            run(alive, both)
        tried = verdicts()
        tried |= dict.fromkeys(try_afresh(alive_among(tried), both), "killed")
    wanted = options.sample or len(all_mutants())
    killed = report(tried)
    if len(tried) < wanted:
        print(f"only {len(tried)} of {wanted} were tried: this says nothing")
        return 2
    return 0 if killed >= WANTED_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
