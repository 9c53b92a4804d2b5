# SPDX-License-Identifier: EUPL-1.2
"""Writing exactly once over a connection that may break: the same keys, again, until an answer.

A commit whose answer was lost may have happened or not. Because every transfer carries a key that
its caller made, doing it once more books nothing twice and tells which it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from ledger.errors import OutcomeUnknown

FIRST_PAUSE_SECONDS = 0.05
_T = TypeVar("_T")


def exactly_once(
    engine: Engine,
    work: Callable[[Session], _T],
    *,
    attempts: int = 5,
    sleep: Callable[[float], None] = time.sleep,
) -> _T:
    """Do ``work`` in a transaction, commit it, and return what it returned.

    A lost connection, a deadlock or a busy database leads to another attempt, with a pause that
    doubles. Refusals of the ledger are passed on at once.

    Args:
        work: must use the same keys each time it is called, and do nothing outside the database.
        attempts: how often at most, 1 or more.

    Raises:
        OutcomeUnknown: no attempt got an answer; the last one may have been booked.
    """
    for attempt in range(attempts):
        try:
            with Session(engine) as session:
                result = work(session)
                session.commit()
                return result
        except (OperationalError, InterfaceError) as error:
            failure = error
            if attempt + 1 < attempts:
                sleep(FIRST_PAUSE_SECONDS * 2**attempt)
    raise OutcomeUnknown(attempts) from failure
