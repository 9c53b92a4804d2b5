# SPDX-License-Identifier: EUPL-1.2
"""What the room of trust refuses."""

from __future__ import annotations

from timebank.members.errors import MemberError


class NotAProfessional(MemberError):
    """Consent is given to a professional of this timebank, and to nobody else."""

    field = "professional"

    def __init__(self) -> None:
        super().__init__("this is no professional of the timebank")


class OwnStandIn(MemberError):
    """Nobody fills in for themselves on behalf of themselves."""

    field = "stand_in"

    def __init__(self) -> None:
        super().__init__("a stand-in is somebody else")
