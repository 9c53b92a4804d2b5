# SPDX-License-Identifier: EUPL-1.2
"""What the room of places refuses."""

from __future__ import annotations


class AreaError(Exception):
    """Anything this room refuses."""


class UnknownArea(AreaError):
    """No area has this code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"no area has the code {code!r:.20}")


class UnknownTimebank(AreaError):
    """No timebank has this short name."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"no timebank is called {slug!r:.60}")


class TimebankExists(AreaError):
    """A timebank with this short name exists."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"a timebank called {slug!r:.60} exists")
