# SPDX-License-Identifier: EUPL-1.2
"""What the room of calls refuses."""

from __future__ import annotations

from timebank.members.errors import MemberError


class UnknownCall(MemberError):
    """No call waits for this actor; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("no such call")
