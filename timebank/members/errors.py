# SPDX-License-Identifier: EUPL-1.2
"""What the room of members refuses."""

from __future__ import annotations

import uuid


class MemberError(Exception):
    """Anything this room refuses."""


class NotPermitted(MemberError):
    """The actor may not do this here."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(f"{permission} is not allowed to this actor")


class UnknownMember(MemberError):
    """The timebank has no such member."""

    def __init__(self, member_id: uuid.UUID | None) -> None:
        self.member_id = member_id
        super().__init__("the timebank has no such member")


class UnknownNeighbourhood(MemberError):
    """The timebank did not switch this neighbourhood on."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"the timebank has no neighbourhood {code!r:.20}")


class EmailTaken(MemberError):
    """Another member of the timebank has this e-mail address."""

    def __init__(self) -> None:
        super().__init__("another member has this e-mail address")
