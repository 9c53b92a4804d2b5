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


class NotReadable(AreaError):
    """What people are to read is empty, too long, or holds signs that nobody sees.

    Attributes:
        field: which part of the wish it is.
    """

    def __init__(self, field: str, longest: int) -> None:
        self.field = field
        self.longest = longest
        super().__init__(
            f"the {field.replace('_', ' ')} must be 1 up to {longest} letters that one can read"
        )


class NotASlug(AreaError):
    """A short name that cannot stand in an address."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(
            f"{slug!r:.60} is no short name: small letters, digits and hyphens, 1 to 40"
        )
