# SPDX-License-Identifier: EUPL-1.2
"""What the room of support refuses."""

from __future__ import annotations

import datetime

from timebank.members.errors import MemberError


class CertificateInFuture(MemberError):
    """A certificate cannot be dated after today."""

    field = "certificate"

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        super().__init__(f"{day} has not come yet")


class OwnBuddy(MemberError):
    """Nobody is their own buddy."""

    field = "buddy"

    def __init__(self) -> None:
        super().__init__("a buddy is somebody else")
