# SPDX-License-Identifier: EUPL-1.2
"""What the room of joining refuses."""

from __future__ import annotations

from timebank.members.errors import MemberError


class UnknownApplication(MemberError):
    """No application waits for this actor; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("no such application")


class NoApplications(MemberError):
    """The timebank takes no applications on its public page."""

    def __init__(self) -> None:
        super().__init__("this timebank takes no applications")


class TooManyApplications(MemberError):
    """More applications wait than people ever send."""

    def __init__(self) -> None:
        super().__init__("too many applications wait already")
