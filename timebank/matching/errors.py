# SPDX-License-Identifier: EUPL-1.2
"""Why a town is refused: each refusal names the item and the field, and nothing is used."""

from __future__ import annotations


class TownRefused(Exception):
    """A file or a description of a town cannot be used.

    Attributes:
        item: which part, such as ``residents r7``, or empty for the town as a whole.
        field: the key within it, or empty.
    """

    def __init__(self, said: str, *, item: str = "", field: str = "") -> None:
        self.item = item
        self.field = field
        where = ", ".join(part for part in (item, field) if part)
        super().__init__(f"{where}: {said}" if where else said)


class TownTooLarge(TownRefused):
    """There is more of it than is read."""


class UnreadableTown(TownRefused):
    """It is no JSON, or no object."""


class UnknownKey(TownRefused):
    """A key that the format does not know."""


class MissingKey(TownRefused):
    """A key that the format asks for is not there."""


class WrongType(TownRefused):
    """A value of another type than the format says: text, yes or no, a whole number."""


class OutOfBounds(TownRefused):
    """A number that is too small or too large."""


class NotFinite(OutOfBounds):
    """A number that is none: NaN or endless."""


class WrongValue(TownRefused):
    """A text or a number that the format does not know."""


class DuplicateId(TownRefused):
    """Two items bear the same id."""


class UnknownReference(TownRefused):
    """A resident or a category that is not in the town."""


class SamePerson(TownRefused):
    """Twice the same resident where two are needed."""


class WeightOutOfBounds(ValueError):
    """A town asked for points outside what a town may choose.

    Attributes:
        name: which weight.
    """

    def __init__(self, name: str, lowest: int, highest: int) -> None:
        self.name = name
        super().__init__(f"{name}: from {lowest} to {highest}")


class SolverMissing(Exception):
    """The exact plan needs SciPy, which comes with the test extra only."""

    def __init__(self) -> None:
        super().__init__(
            "The exact plan needs SciPy, which Timebank does not install: pip install scipy."
            " Without --exact nothing more is needed."
        )


class NotSolved(Exception):
    """The solver stopped before it had proven a plan to be the best."""
