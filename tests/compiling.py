# SPDX-License-Identifier: EUPL-1.2
"""Statements, compiled once for the run instead of once for each test.

Every test has an engine of its own, and SQLAlchemy keeps what it compiled with the engine. What a
statement becomes follows from its kind of database alone, and all engines of the tests are of two
kinds. In the application nothing changes: a process has one engine there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, util
from sqlalchemy.engine.default import DefaultDialect

ROOM = 5000


def compile_statements_once() -> None:
    """Let engines of one kind share what was compiled for them."""
    compiled: util.LRUCache[Any, Any] = util.LRUCache(ROOM)
    changed: Any = Engine
    changed._compiled_cache = property(lambda _engine: compiled, lambda _engine, _own: None)
    # The dialect is part of the key under which a statement is kept.
    changed = DefaultDialect
    changed.__hash__ = lambda dialect: hash(type(dialect))
    changed.__eq__ = lambda dialect, other: type(dialect) is type(other)
