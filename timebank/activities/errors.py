# SPDX-License-Identifier: EUPL-1.2
"""What the room of activities refuses; ``field`` names the question of the form."""

from __future__ import annotations

from timebank.exchanges.errors import ExchangeError


class UnknownActivity(ExchangeError):
    """There is no such activity for this actor; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("no such activity")


class NotForAGroup(ExchangeError):
    """This kind of help is not done with a group."""

    field = "category"

    def __init__(self) -> None:
        super().__init__("this kind of help is no group activity")


class NotYourPlace(ExchangeError):
    """The neighbourhood is not one of the coordinator's."""

    field = "neighbourhood"

    def __init__(self) -> None:
        super().__init__("the neighbourhood is out of reach")


class PlaceMissing(ExchangeError):
    """Where it was is not said, or in more letters than fit."""

    field = "place"

    def __init__(self) -> None:
        super().__init__("the place has no letters, or too many")


class InitiatorMissing(ExchangeError):
    """Who started it, a resident or a professional, was not chosen (policy row W7)."""

    field = "initiated_by"

    def __init__(self) -> None:
        super().__init__("it is not said who started it")


class NoHelpers(ExchangeError):
    """Nobody helped: then there is nothing to book."""

    field = "helpers"

    def __init__(self) -> None:
        super().__init__("an activity has at least one helper")


class NobodyHelped(ExchangeError):
    """Neither names nor a number of guests, or both at once."""

    field = "guests"

    def __init__(self) -> None:
        super().__init__("either people are named, or guests are counted")


class PersonTwice(ExchangeError):
    """Somebody stands among the people twice."""

    field = "helpers"

    def __init__(self) -> None:
        super().__init__("somebody is named twice")


class TooManyPeople(ExchangeError):
    """More people by name than one activity takes."""

    field = "helpers"

    def __init__(self, people: int, most: int) -> None:
        self.people = people
        self.most = most
        super().__init__(f"{people} people are more than {most}")


class TooManyGuests(ExchangeError):
    """More guests than anybody can have counted, or fewer than one."""

    field = "guests"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"the guests are not between 1 and {most}")


class TooLittleToShare(ExchangeError):
    """There are fewer steps of time than people among whom they are shared."""

    field = "helped"

    def __init__(self) -> None:
        super().__init__("not everybody who was helped gets one step")
