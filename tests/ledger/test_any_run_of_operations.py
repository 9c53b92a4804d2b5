# SPDX-License-Identifier: EUPL-1.2
"""Any run of operations leaves sound books, equal to what a small model in memory holds."""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import NOW, SLAAGHWIJK

ACCOUNTS = range(4)
KEYS = range(10)
EXAMPLES = {"sqlite": 60, "postgresql": 25}
TIMEBANKS = itertools.count(10_000)

Step = tuple[Any, ...]

orders = st.tuples(
    st.sampled_from(["reserve", "post"]),
    st.sampled_from(KEYS),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
    st.sampled_from([1, 15, 90]),
)
resolutions = st.tuples(
    st.sampled_from(["post_pending", "void", "reverse"]),
    st.sampled_from(KEYS),
    st.sampled_from(KEYS),
)
runs = st.lists(orders | resolutions, min_size=4, max_size=25)


@dataclasses.dataclass
class Model:
    """The whole ledger in memory: what was said under each key, and four figures an account."""

    journal: dict[int, Step] = dataclasses.field(default_factory=dict)
    resolved: set[int] = dataclasses.field(default_factory=set)
    figures: dict[int, list[int]] = dataclasses.field(
        default_factory=lambda: {account: [0, 0, 0, 0] for account in ACCOUNTS}
    )
    running: dict[int, list[int]] = dataclasses.field(
        default_factory=lambda: {account: [] for account in ACCOUNTS}
    )

    def play(self, step: Step) -> str:
        """Do one step and say how it ends: booked, replayed, or the name of the refusal."""
        verb, key, target = step[:3]
        resolves = len(step) == 3
        refusal = self._refuse_resolution(verb, target) if resolves else self._refuse_order(step)
        if refusal:
            return refusal
        if key in self.journal:
            return "replayed" if self.journal[key] == step else "KeyConflict"
        if resolves and target in self.resolved:
            return "AlreadyResolved"
        self.journal[key] = step
        if resolves:
            self.resolved.add(target)
        self._book(verb, *self._parties(step))
        return "booked"

    def _refuse_order(self, step: Step) -> str:
        return "SameAccountTwice" if step[2] == step[3] else ""

    def _refuse_resolution(self, verb: str, target: int) -> str:
        if target not in self.journal:
            return "UnknownTransfer"
        kind = self.journal[target][0]
        if verb == "reverse":
            return "" if kind in ("post", "post_pending") else "NotPosted"
        return "" if kind == "reserve" else "NotPending"

    def _parties(self, step: Step) -> tuple[int, int, int]:
        """Return who was helped, who helped and the minutes, of the order a step goes back to."""
        while len(step) == 3:
            step = self.journal[step[2]]
        return step[2], step[3], step[4]

    def _book(self, verb: str, helped: int, helper: int, minutes: int) -> None:
        posted = {"post": 1, "post_pending": 1, "reverse": -1}.get(verb, 0) * minutes
        pending = {"reserve": 1, "post_pending": -1, "void": -1}.get(verb, 0) * minutes
        self.figures[helper][0] += posted
        self.figures[helped][1] += posted
        self.figures[helper][2] += pending
        self.figures[helped][3] += pending
        for account in (helper, helped) if posted else ():
            self.running[account].append(self.figures[account][0] - self.figures[account][1])


class Books:
    """The real ledger behind the same steps, in a timebank of its own."""

    def __init__(self, session: Session) -> None:
        self.session, self.timebank_id = session, next(TIMEBANKS)
        self.keys = [uuid.uuid4() for _ in KEYS]
        self.accounts = [
            ledger.open_account(
                session, timebank_id=self.timebank_id, neighbourhood_code=SLAAGHWIJK, now=NOW
            )
            for _ in ACCOUNTS
        ]
        session.commit()

    def play(self, step: Step) -> str:
        try:
            receipt = getattr(ledger, step[0])(self.session, self._wish(step), now=NOW)
        except ledger.LedgerError as refusal:
            self.session.rollback()
            return type(refusal).__name__
        self.session.commit()
        return "replayed" if receipt.replayed else "booked"

    def figures(self) -> dict[int, list[int]]:
        balances = ledger.balances_of(
            self.session, timebank_id=self.timebank_id, account_ids=self.accounts
        )
        return {
            number: [
                balances[account].credited_minutes,
                balances[account].debited_minutes,
                balances[account].pending_in_minutes,
                balances[account].pending_out_minutes,
            ]
            for number, account in enumerate(self.accounts)
        }

    def running(self) -> dict[int, list[int]]:
        return {
            number: [
                line.balance_minutes
                for line in reversed(
                    ledger.account_statement(
                        self.session, timebank_id=self.timebank_id, account_id=account
                    )
                )
            ]
            for number, account in enumerate(self.accounts)
        }

    def _wish(self, step: Step) -> ledger.Order | ledger.Resolution:
        key = self.keys[step[1]]
        if len(step) == 3:
            return ledger.Resolution(self.timebank_id, key, self.keys[step[2]])
        debit, credit = self.accounts[step[2]], self.accounts[step[3]]
        return ledger.Order(self.timebank_id, key, debit, credit, step[4], NOW.date())


def test_any_run_of_operations_keeps_the_books_sound_and_equal_to_the_model(
    engine: sa.Engine,
) -> None:
    def play(run: list[Step]) -> None:
        with Session(engine) as session:
            model, books = Model(), Books(session)

            ends = [(books.play(step), model.play(step)) for step in run]

            assert [real for real, _ in ends] == [expected for _, expected in ends]
            assert books.figures() == model.figures
            assert books.running() == model.running
            trial = ledger.trial_balance(session, timebank_id=books.timebank_id)
            assert trial.credit_minutes == trial.debit_minutes
            assert ledger.violations(session, timebank_id=books.timebank_id) == []

    examples = EXAMPLES[engine.dialect.name]

    settings(max_examples=examples, derandomize=True, deadline=None)(given(runs)(play))()
