# SPDX-License-Identifier: EUPL-1.2
"""Doing several things at the same moment: each in a thread and a session of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.orm import Session

PATIENCE_SECONDS = 60

Work = Callable[[Session], object]


def at_once(engine: sa.Engine, *works: Work) -> list[object]:
    """Start all works together, commit each, and return what each answered or raised."""
    start = threading.Barrier(len(works))

    def run(work: Work) -> object:
        with Session(engine) as session:
            start.wait(PATIENCE_SECONDS)
            try:
                answer = work(session)
                session.commit()
            except Exception as refusal:
                session.rollback()
                return refusal
            return answer

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works, timeout=PATIENCE_SECONDS))
