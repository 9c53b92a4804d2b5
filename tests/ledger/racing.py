# SPDX-License-Identifier: EUPL-1.2
"""Many writers at once: each thread has its own session, and commits for real."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger

Answer = ledger.Receipt | ledger.LedgerError
Work = Callable[[Session, int], ledger.Receipt]

TIMEOUT_SECONDS = 60


def race(engine: sa.Engine, runners: int, work: Work, *, rounds: int = 1) -> list[Answer]:
    """Start all runners at one moment and return their answers, in the order of their numbers.

    Args:
        work: called with a session and the number of the runner.
        rounds: how often each runner repeats its work, with a commit after each.
    """
    start = threading.Barrier(runners)

    def run(number: int) -> list[Answer]:
        start.wait(TIMEOUT_SECONDS)
        return [_once(engine, work, number) for _ in range(rounds)]

    with ThreadPoolExecutor(runners) as pool:
        answers = list(pool.map(run, range(runners), timeout=TIMEOUT_SECONDS))
    return [answer for of_runner in answers for answer in of_runner]


def _once(engine: sa.Engine, work: Work, number: int) -> Answer:
    with Session(engine) as session:
        try:
            receipt = work(session, number)
            session.commit()
        except ledger.LedgerError as refusal:
            session.rollback()
            return refusal
        return receipt
