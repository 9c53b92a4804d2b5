# SPDX-License-Identifier: EUPL-1.2
"""What the room of sessions refuses."""

from __future__ import annotations


class UnknownSession(Exception):
    """The member has no such session (any more)."""

    def __init__(self) -> None:
        super().__init__("there is no such session")
