# SPDX-License-Identifier: EUPL-1.2
"""What the room of paper refuses. ``field`` names the box of the row at which it belongs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from timebank.exchanges.errors import ExchangeError


class PaperError(ExchangeError):
    """Anything this room refuses."""


class NumberWrong(PaperError):
    """The sign behind the number does not fit it, or it is no such number at all."""

    field = "slip"

    def __init__(self) -> None:
        super().__init__("the sign behind the number does not fit")


class UnknownSlip(PaperError):
    """No slip with this number was ever printed here."""

    field = "slip"

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__("no slip with this number was printed")


class SlipUsed(PaperError):
    """An exchange that counts, or may yet count, has this number already."""

    field = "slip"

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__("a slip with this number was written down before")


class LooksTheSame(PaperError):
    """The same two people have the same minutes on the same day already; it may still be right."""

    field = "knowingly"

    def __init__(self, exchange_id: uuid.UUID) -> None:
        self.exchange_id = exchange_id
        super().__init__("the same people, day and minutes were written down before")


class OwnSlip(PaperError):
    """The coordinator took part: a colleague types this one."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("nobody types a slip about themselves")


class NobodyInReach(PaperError):
    """Neither of the two lives where the coordinator may fill in for somebody."""

    field = "helper"

    def __init__(self) -> None:
        super().__init__("neither of the two is within reach")


class DurationUnclear(PaperError):
    """Nobody can say how long this is."""

    field = "minutes"

    def __init__(self) -> None:
        super().__init__("this is no duration, or more than one")


class KindMissing(PaperError):
    """Nobody typed a kind of help."""

    field = "category"

    def __init__(self) -> None:
        super().__init__("a slip needs a kind of help")


class DayUnclear(PaperError):
    """Nobody can say which day this is."""

    field = "helped_on"

    def __init__(self) -> None:
        super().__init__("this is no day, or more than one")


class NumberOfNobody(PaperError):
    """No member has this number; ``field`` says which of the two it was."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("no member has this number")


class NobodyCalled(PaperError):
    """No resident's name begins like this."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("nobody's name begins like this")


class SeveralFit(PaperError):
    """The letters fit more than one person: somebody must choose. ``candidates`` are their ids."""

    def __init__(self, field: str, candidates: Sequence[uuid.UUID]) -> None:
        self.field = field
        self.candidates = candidates
        super().__init__(f"{len(candidates)} residents fit")


class NameTooShort(PaperError):
    """Fewer than three letters fit too many people."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("at least three letters, or a number")


class TooManySheets(PaperError):
    """A print run is between one sheet and the most."""

    field = "sheets"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__("a number of sheets that is not printed at once")


class PlaceOutOfReach(PaperError):
    """The actor does nothing for people of this neighbourhood."""

    field = "neighbourhood"

    def __init__(self) -> None:
        super().__init__("this neighbourhood is out of reach")


class NothingPrinted(PaperError):
    """There is no such print within the actor's reach; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("nothing of the kind was printed")
