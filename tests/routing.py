# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the application, compiled once for the run instead of once for each test.

Every test has an application of its own, and Werkzeug writes a small function for each of its two
hundred addresses. What that function does follows from the address alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing.rules import Rule

_Builder = Callable[..., tuple[str, str]]


def compile_addresses_once() -> None:
    """Let rules of the same text share the function that builds their addresses."""
    compile_anew = Rule._compile_builder
    known: dict[tuple[Any, ...], _Builder] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> _Builder:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, defaults, append_unknown)
        if key not in known:
            known[key] = compile_anew(rule, append_unknown)
        return known[key]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]
