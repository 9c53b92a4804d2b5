# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the application, compiled once for the run instead of once for each test.

Every test has an application of its own, and Werkzeug reads each of its two hundred addresses and
writes two small functions for it. What comes of that follows from the address alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing.rules import Rule

OUTCOME = ("_parts", "_trace", "_converters", "arguments")
BUILDERS = ("_build", "_build_unknown")
"""What compiling leaves on a rule; the last two are functions that are bound to it."""


def compile_addresses_once() -> None:
    """Let rules of the same text share what was read and written for them."""
    compile_anew: Callable[[Rule], None] = Rule.compile
    known: dict[tuple[Any, ...], Rule] = {}

    def compile_or_share(rule: Rule) -> None:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, rule.websocket, defaults)
        if key not in known:
            compile_anew(rule)
            known[key] = rule
            return
        first = known[key]
        for name in OUTCOME:
            setattr(rule, name, getattr(first, name))
        for name in BUILDERS:
            setattr(rule, name, getattr(first, name).__func__.__get__(rule, None))

    changed: Any = Rule
    changed.compile = compile_or_share
