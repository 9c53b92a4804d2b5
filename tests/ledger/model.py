# SPDX-License-Identifier: EUPL-1.2
"""The whole ledger in memory, in some sixty lines: what the real one is held against."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

TOLERANCE = datetime.timedelta(hours=1)
Step = tuple[Any, ...]
Refusals = frozenset[str]
"""Any of these may be said first when several things are wrong at once; empty: it is booked."""


@dataclasses.dataclass
class Row:
    """What stands under a key."""

    kind: str
    debit: int
    credit: int
    minutes: int
    target: int | None
    expires: datetime.datetime | None

    @property
    def posts(self) -> bool:
        return self.kind in ("post", "post_pending", "reverse")


@dataclasses.dataclass
class Account:
    """Four figures, two limits, and what happened when."""

    last: datetime.datetime
    figures: list[int] = dataclasses.field(default_factory=lambda: [0, 0, 0, 0])
    limits: tuple[int | None, int | None] = (None, None)
    closed: bool = False
    history: list[tuple[datetime.datetime, int]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Model:
    """Accounts by number, rows by key, and which reservation or posting was resolved."""

    accounts: dict[int, Account]
    journal: dict[int, Row] = dataclasses.field(default_factory=dict)
    resolved: dict[int, int] = dataclasses.field(default_factory=dict)

    def write(self, key: int, row: Row, now: datetime.datetime) -> Refusals | str:
        """Book a row and say ``booked`` or ``replayed``, or what may be refused about it."""
        if row.debit == row.credit:
            return frozenset({"SameAccountTwice"})
        if key in self.journal:
            return "replayed" if self.journal[key] == row else frozenset({"KeyConflict"})
        if row.target in self.resolved:
            return frozenset({"AlreadyResolved"})
        sides = [self.accounts[row.debit], self.accounts[row.credit]]
        moment = max([now, *(side.last for side in sides)])
        refusals = self._refusals(row, sides, now, moment)
        if not refusals:
            self._book(key, row, sides, moment)
        return refusals or "booked"

    def _refusals(
        self, row: Row, sides: list[Account], now: datetime.datetime, moment: datetime.datetime
    ) -> Refusals:
        found = {"AccountClosed"} if any(side.closed for side in sides) else set()
        found |= {"ClockWentBack"} if moment - now > TOLERANCE else set()
        (credited, debited, _, out), (given, taken, coming, _) = (s.figures for s in sides)
        floor, ceiling = sides[0].limits[0], sides[1].limits[1]
        if row.kind in ("post", "reserve"):
            if floor is not None and credited - debited - out - row.minutes < floor:
                found.add("LimitReached")
            if ceiling is not None and given - taken + coming + row.minutes > ceiling:
                found.add("LimitReached")
        expires = self.journal[row.target].expires if row.target is not None else None
        seen = now if "ClockWentBack" in found else moment
        if row.kind == "post_pending" and expires is not None and expires <= seen:
            found.add("ReservationExpired")
        if row.kind == "expire" and (expires is None or expires > seen):
            found.add("NotExpired")
        return frozenset(found)

    def _book(self, key: int, row: Row, sides: list[Account], moment: datetime.datetime) -> None:
        self.journal[key] = row
        if row.target is not None:
            self.resolved[row.target] = key
        posted = row.minutes if row.kind in ("post", "post_pending") else 0
        pending = {"reserve": row.minutes, "post": 0, "reverse": 0}.get(row.kind, -row.minutes)
        back = row.minutes if row.kind == "reverse" else 0
        for side, change in zip(
            sides, ((-back, posted, 0, pending), (posted, -back, pending, 0)), strict=True
        ):
            side.figures = [a + b for a, b in zip(side.figures, change, strict=True)]
            side.last = moment
            if row.posts:
                side.history.append((moment, side.figures[0] - side.figures[1]))

    def close(self, number: int) -> Refusals | str:
        """Close an account, or say why not."""
        account = self.accounts[number]
        if account.closed:
            return frozenset({"AccountClosed"})
        credited, debited, coming, going = account.figures
        if credited != debited or coming or going:
            return frozenset({"AccountNotEmpty"})
        account.closed = True
        return "booked"
