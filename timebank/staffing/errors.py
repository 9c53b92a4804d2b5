# SPDX-License-Identifier: EUPL-1.2
"""What the room of staff hours refuses: one class per cause; ``field`` names the question."""

from __future__ import annotations

import datetime


class StaffTimeError(Exception):
    """An answer about hours of staff that cannot be kept."""

    field = "minutes"


class StaffDayNotCome(StaffTimeError):
    """The work would lie in the future."""

    field = "worked_on"

    def __init__(self, day: datetime.date) -> None:
        super().__init__(f"{day} has not come yet")


class StaffDayTooLongAgo(StaffTimeError):
    """The work was more than a year ago: those months have been reported."""

    field = "worked_on"

    def __init__(self, day: datetime.date) -> None:
        super().__init__(f"{day} is more than a year ago")


class StaffMinutesImpossible(StaffTimeError):
    """The minutes are no quarters of an hour, none at all, or more than a day."""

    field = "minutes"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"{minutes} minutes are no quarters of an hour within a day")


class StaffPlaceOutOfReach(StaffTimeError):
    """The neighbourhood is not one of the actor's; whether it exists is not told."""

    field = "neighbourhood"

    def __init__(self) -> None:
        super().__init__("the neighbourhood is out of reach")


class StaffKeyUsed(Exception):
    """The key of the form was used for other hours: answering as the first time would mislead."""

    def __init__(self) -> None:
        super().__init__("the key of the form was used for other hours of staff")


class UnknownStaffTime(Exception):
    """There are no such hours within reach; whether they exist is not told."""

    def __init__(self) -> None:
        super().__init__("no such hours of staff within reach")
