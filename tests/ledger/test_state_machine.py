# SPDX-License-Identifier: EUPL-1.2
"""Any run of operations equals the model: with steps of the clock, and with connections cut."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import os
import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import NOW, SLAAGHWIJK
from tests.ledger.cutting import WHERE, Cutter
from tests.ledger.model import Account, Model, Refusals, Row

pytestmark = [
    # A cursor on a connection that is cut cannot be closed any more.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:.*ServerCursor.*:ResourceWarning"),
]
ACCOUNTS, KEYS = range(4), range(12)
MANY = int(os.environ.get("TORTURE_RUNS", "0"))
RUNS = {"sqlite": MANY or 200, "postgresql": MANY // 4 or 200}
"""The suite is content with 200; ``make torture`` asks for many, a quarter on PostgreSQL."""
TIMEBANKS = itertools.count(10_000)
MINUTE = datetime.timedelta(minutes=1)
Outcome = Refusals | str

orders = st.tuples(
    st.sampled_from(["reserve", "post"]),
    st.sampled_from(KEYS),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
    st.sampled_from([1, 15, 90]),
    st.sampled_from([None, None, 30, 200]),
)
resolutions = st.tuples(
    st.sampled_from(["post_pending", "void", "expire", "reverse"]),
    st.sampled_from(KEYS),
    st.sampled_from(KEYS),
    st.sampled_from([None, None, 1, 15]),
)
batches = st.tuples(st.just("batch"), st.lists(orders | resolutions, min_size=1, max_size=4))
others = st.one_of(
    st.tuples(st.just("close"), st.sampled_from(ACCOUNTS)),
    st.tuples(
        st.just("limit"),
        st.sampled_from(ACCOUNTS),
        st.sampled_from([None, -100, -10]),
        st.sampled_from([None, 10, 100]),
    ),
    st.tuples(st.just("seal")),
)
steps = st.tuples(
    orders | orders | resolutions | resolutions | batches | others,
    st.sampled_from([0, 0, 1, 1, 40, 200, -20, -59, -200]),
    st.sampled_from([None, None, None, *WHERE]),
    st.integers(0, 3),
)
runs = st.lists(steps, min_size=5, max_size=25)


class Machine:
    """The real ledger and the model, side by side, in a timebank of their own."""

    def __init__(self, cutter: Cutter) -> None:
        self.cutter, self.engine, self.timebank_id = cutter, cutter.engine, next(TIMEBANKS)
        self.now = NOW
        self.model = Model({number: Account(NOW) for number in ACCOUNTS})
        self.keys = [uuid.uuid4() for _ in KEYS]
        with Session(self.engine) as session:
            self.ids = [
                ledger.open_account(
                    session, timebank_id=self.timebank_id, neighbourhood_code=SLAAGHWIJK, now=NOW
                )
                for _ in ACCOUNTS
            ]
            session.commit()

    def play(self, step: Any) -> None:
        """Do one step on both, with the clock moved and perhaps the connection cut."""
        action, minutes, where, skip = step
        self.now += minutes * MINUTE
        expected = self.expect(action)
        with self.cutter.cut(where, skip):
            outcome = self.really(action)
        if where == "after commit" and expected == "booked":
            # The first attempt was booked, its answer was lost, and the second one tells.
            outcome = "booked" if outcome in ("replayed", "AccountClosed") else outcome
        agreed = outcome == expected if isinstance(expected, str) else outcome in expected
        assert agreed, (action, outcome, expected)
        assert self.figures() == {n: a.figures for n, a in self.model.accounts.items()}

    def really(self, action: Any) -> str:
        """Do it through the front door, repeating it when the connection is lost."""
        try:
            found = ledger.exactly_once(
                self.engine, lambda session: self._act(session, action), sleep=lambda _s: None
            )
        except ledger.BatchRefused as refusal:
            return type(refusal.cause).__name__
        except ledger.LedgerError as refusal:
            return type(refusal).__name__
        return found

    def _act(self, session: Session, action: Any) -> str:
        verb = action[0]
        if verb == "batch":
            wishes = [self._wish(one) for one in action[1]]
            steps = [
                ledger.Step(ledger.TransferKind(one[0]), wish)
                for one, wish in zip(action[1], wishes, strict=True)
            ]
            receipts = ledger.book_all(session, steps, now=self.now)
            return "replayed" if all(r.replayed for r in receipts) else "booked"
        if verb == "close":
            who = {"timebank_id": self.timebank_id, "account_id": self.ids[action[1]]}
            ledger.close_account(session, **who, now=self.now)
            return "booked"
        if verb == "limit":
            who = {"timebank_id": self.timebank_id, "account_id": self.ids[action[1]]}
            floor, ceiling = action[2:]
            limits = {"floor_minutes": floor, "ceiling_minutes": ceiling}
            ledger.limit_account(session, **who, **limits, now=self.now)
            return "booked"
        if verb == "seal":
            block = ledger.next_block(session, timebank_id=self.timebank_id, now=self.now)
            if block is not None:
                ledger.add_seal(session, block)
            return "booked"
        receipt = getattr(ledger, verb)(session, self._wish(action), now=self.now)
        return "replayed" if receipt.replayed else "booked"

    def _wish(self, action: Any) -> ledger.Order | ledger.Resolution:
        key = self.keys[action[1]]
        if action[0] in ("reserve", "post"):
            return ledger.Order(
                self.timebank_id,
                key,
                self.ids[action[2]],
                self.ids[action[3]],
                action[4],
                NOW.date(),
                expires_at=self._expires(action),
            )
        minutes = action[3] if action[0] == "reverse" else None
        return ledger.Resolution(self.timebank_id, key, self.keys[action[2]], minutes=minutes)

    def _expires(self, action: Any) -> datetime.datetime | None:
        if action[0] != "reserve" or action[5] is None:
            return None
        return NOW + action[5] * MINUTE

    def expect(self, action: Any) -> Outcome:
        """Do it on the model."""
        verb = action[0]
        if verb == "batch":
            return self._expect_batch(action[1])
        if verb == "close":
            return self.model.close(action[1])
        if verb == "limit":
            account = self.model.accounts[action[1]]
            if account.closed:
                return frozenset({"AccountClosed"})
            account.limits = (action[2], action[3])
            return "booked"
        if verb == "seal":
            return "booked"
        row = self._row(action)
        return row if isinstance(row, frozenset) else self.model.write(action[1], row, self.now)

    def _expect_batch(self, actions: list[Any]) -> Outcome:
        """All or none, at one moment for all; a batch cannot resolve what it begins itself."""
        rows = []
        for action in actions:
            row = self._row(action)
            if isinstance(row, frozenset):
                return row
            if row.debit == row.credit:
                return frozenset({"SameAccountTwice"})
            rows.append((action[1], row))
        sides = {side for _, row in rows for side in (row.debit, row.credit)}
        lasts = [self.model.accounts[side].last for side in sides]
        limit = self.now + datetime.timedelta(hours=1)
        moment = max([self.now, *(last for last in lasts if last <= limit)])
        trial = _copy(self.model)
        outcomes = []
        for key, row in rows:
            if any(trial.accounts[side].last > moment for side in (row.debit, row.credit)):
                known = key in trial.journal or row.target in trial.resolved
                if not known:
                    return frozenset({"ClockWentBack", "AccountClosed"})
            outcome = trial.write(key, row, moment)
            if isinstance(outcome, frozenset):
                return outcome
            outcomes.append(outcome)
        self.model = trial
        return "replayed" if set(outcomes) == {"replayed"} else "booked"

    def _row(self, action: Any) -> Row | Refusals:  # noqa: PLR0911 - one for each outcome
        if action[0] in ("reserve", "post"):
            return Row(action[0], *action[2:5], None, self._expires(action))
        first = self.model.journal.get(action[2])
        if first is None:
            return frozenset({"UnknownTransfer"})
        if action[0] != "reverse":
            if first.kind != "reserve":
                return frozenset({"NotPending"})
            return Row(action[0], first.debit, first.credit, first.minutes, action[2], None)
        if first.kind not in ("post", "post_pending"):
            return frozenset({"NotPosted"})
        minutes = action[3] or first.minutes
        if minutes > first.minutes:
            return frozenset({"MoreThanPosted"})
        return Row("reverse", first.credit, first.debit, minutes, action[2], None)

    def figures(self) -> dict[int, list[int]]:
        with Session(self.engine) as session:
            found = ledger.balances_of(session, timebank_id=self.timebank_id, account_ids=self.ids)
        return {
            number: list(dataclasses.astuple(found[account])[:4])
            for number, account in enumerate(self.ids)
        }

    def prove(self) -> None:
        """Hold the whole history against the model, and run every check and every seal."""
        chance = random.Random(len(self.model.journal))  # noqa: S311 - a test, not a secret
        with Session(self.engine) as session:
            assert ledger.violations(session, timebank_id=self.timebank_id) == []
            assert ledger.verify(session, timebank_id=self.timebank_id).findings == ()
            moment = NOW + chance.randrange(-5, 600) * MINUTE
            then = ledger.balances_at(session, timebank_id=self.timebank_id, moment=moment)
            for number, account in enumerate(self.ids):
                history = self.model.accounts[number].history
                lines = ledger.account_statement(
                    session, timebank_id=self.timebank_id, account_id=account
                )
                running = [(line.recorded_at, line.balance_minutes) for line in lines]
                assert running[::-1] == history
                past = [balance for at, balance in history if at <= moment]
                assert then[account] == (past[-1] if past else 0)


def _copy(model: Model) -> Model:
    accounts = {
        number: dataclasses.replace(
            account, figures=list(account.figures), history=list(account.history)
        )
        for number, account in model.accounts.items()
    }
    return Model(accounts, dict(model.journal), dict(model.resolved))


@pytest.fixture
def cutter(engine: sa.Engine) -> Iterator[Cutter]:
    cutter = Cutter(engine)
    yield cutter
    cutter.restore()


def test_any_run_of_operations_equals_the_model(cutter: Cutter) -> None:
    def play(run: list[Any]) -> None:
        machine = Machine(cutter)
        for step in run:
            machine.play(step)
        machine.prove()

    settings(
        max_examples=RUNS[cutter.engine.dialect.name],
        derandomize=not MANY,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )(given(runs)(play))()


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("verb", ["reserve", "post", "post_pending", "void", "reverse", "batch"])
def test_a_connection_that_is_cut_at_any_call_books_exactly_once(
    cutter: Cutter, verb: str, where: str
) -> None:
    action: Any = ("reserve" if verb in ("post_pending", "void") else "post", 0, 0, 1, 90, None)
    for skip in range(6):
        machine = Machine(cutter)
        machine.play((action, 0, None, 0))
        steps: dict[str, Any] = {
            "reserve": ("reserve", 1, 0, 1, 15, None),
            "post": ("post", 1, 0, 1, 15, None),
            "batch": ("batch", [("post", 1, 0, 1, 15, None), ("post", 2, 1, 2, 90, None)]),
        }

        machine.play((steps.get(verb, (verb, 1, 0, None)), 1, where, skip))

        machine.prove()


def test_a_ledger_that_forgets_a_key_is_seen_to_differ(
    cutter: Cutter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with a new key at each attempt, a cut after the commit books twice."""
    machine = Machine(cutter)
    monkeypatch.setattr(
        machine,
        "_wish",
        lambda _action: ledger.Order(
            machine.timebank_id, uuid.uuid4(), *machine.ids[:2], 90, NOW.date()
        ),
    )

    with pytest.raises(AssertionError):
        machine.play((("post", 0, 0, 1, 90, None), 0, "after commit", 0))
