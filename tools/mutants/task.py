# SPDX-License-Identifier: EUPL-1.2
"""What is asked about mutants and what is known, in files, so that a run can go on later."""

from __future__ import annotations

import collections
import dataclasses
import json
import pathlib

SEEN, UNSEEN, LATE, BROKEN, DOUBTFUL = "killed", "survived", "timeout", "broke off", "doubtful"
NOTICED = (SEEN, LATE)
"""A fork that broke off named no test that failed, and a test that fails as well without the change
says nothing about it (doubtful): nobody noticed anything."""


@dataclasses.dataclass
class Reach:
    """What the tests do when nothing is changed.

    Attributes:
        by_test: for each test the functions it runs, its fixtures included.
        by_body: for each test the functions it runs itself: what it is about.
        seconds: for each test how long it took.
        at_import: the functions that ran before any test, whose change a fork cannot show.
        at_preparing: the functions that ran while the databases were prepared.
    """

    by_test: dict[str, list[str]]
    by_body: dict[str, list[str]]
    seconds: dict[str, float]
    at_import: list[str]
    at_preparing: list[str]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What became of one mutant in one way of trying it."""

    mutant: str
    way: str
    verdict: str
    by: str | None = None


@dataclasses.dataclass(frozen=True)
class Effort:
    """How many mutants are tried at a time, and for how many seconds tests are asked about each."""

    children: int
    patience: float


class Task:
    """Which mutants are to be tried, and what is known: three files in one folder.

    Args:
        folder: holds ``asked.json``, ``answers.jsonl`` and ``reach.json``.

    Attributes:
        ledger: the digest of the ledger they are changes of; of another ledger nothing is known.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        asked = json.loads((folder / "asked.json").read_text("utf-8"))
        self.mutants: list[str] = asked["mutants"]
        self.children: int = asked["children"]
        self.patience: float = asked["patience"]
        self.ledger: str = asked["ledger"]
        lines = folder / "answers.jsonl"
        known = lines.read_text("utf-8").splitlines() if lines.exists() else []
        self.answers = [Answer(**json.loads(line)) for line in known]

    @classmethod
    def begin(cls, folder: pathlib.Path, mutants: list[str], how: Effort, ledger: str) -> Task:
        """Ask for these mutants of this ledger; what the folder knows already stays known."""
        asked = {"mutants": mutants, "ledger": ledger} | dataclasses.asdict(how)
        (folder / "asked.json").write_text(json.dumps(asked), "utf-8")
        return cls(folder)

    def with_effort(self, how: Effort) -> Task:
        """Return the same task, with all that is known, and this much effort from now on."""
        return Task.begin(self.folder, self.mutants, how, self.ledger)

    def forget_the_living(self) -> None:
        """Keep only what was noticed, so that what survived is tried once more in every way."""
        alive = set(self.alive())
        self.answers = [answer for answer in self.answers if answer.mutant not in alive]
        lines = [json.dumps(dataclasses.asdict(answer)) + "\n" for answer in self.answers]
        (self.folder / "answers.jsonl").write_text("".join(lines), "utf-8")

    @property
    def files(self) -> list[pathlib.Path]:
        """The three files."""
        return [self.folder / name for name in ("asked.json", "answers.jsonl", "reach.json")]

    @property
    def reach(self) -> Reach | None:
        """What the tests reach; None when that was not learned yet."""
        learned = self.folder / "reach.json"
        return Reach(**json.loads(learned.read_text("utf-8"))) if learned.exists() else None

    def keep(self, reach: Reach) -> None:
        """Write down what the tests reach."""
        learned = self.folder / "reach.json"
        learned.write_text(json.dumps(dataclasses.asdict(reach)), "utf-8")

    def alive(self) -> list[str]:
        """Return the mutants that were tried and that nobody noticed in any way."""
        tried = {answer.mutant for answer in self.answers}
        noticed = {answer.mutant for answer in self.answers if answer.verdict in NOTICED}
        return sorted(tried - noticed)

    def add(self, answer: Answer) -> None:
        """Write an answer down at once: a run can be broken off at any moment."""
        self.answers.append(answer)
        with (self.folder / "answers.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(answer)) + "\n")

    def left(self, way: str) -> list[str]:
        """Return the mutants that nobody noticed yet and that were not tried in this way."""
        done = {
            answer.mutant
            for answer in self.answers
            if answer.verdict in NOTICED or answer.way == way
        }
        return [mutant for mutant in self.mutants if mutant not in done]

    def finders(self) -> dict[str, collections.Counter[str]]:
        """Return for each function which tests found its mutants, and how often."""
        found: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for answer in self.answers:
            if answer.by:
                found[function_of(answer.mutant)][answer.by] += 1
        return found


def function_of(mutant: str) -> str:
    """Return the function that this mutant is a change of."""
    return mutant.rpartition("__mutmut_")[0]
