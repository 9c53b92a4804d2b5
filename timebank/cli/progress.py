# SPDX-License-Identifier: EUPL-1.2
"""Saying how far a long command is, on the error stream, once it takes more than two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

PATIENCE_SECONDS = 2.0


def counter(what: str, total: int | None = None) -> Callable[[int], None]:
    """Return a function that is told how many are done, and says so about once a second.

    Args:
        what: the plural of what is counted.
        total: how many there are, when that is known.
    """
    said = time.monotonic() + PATIENCE_SECONDS - 1
    of_all = "" if total is None else f" of {total:,}"

    def tell(done: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= 1:
            said = now
            click.echo(f"{done:,}{of_all} {what} ...", err=True)

    return tell
