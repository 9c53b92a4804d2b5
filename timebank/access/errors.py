# SPDX-License-Identifier: EUPL-1.2
"""What the room of access refuses."""

from __future__ import annotations


class AccessError(Exception):
    """Anything this room refuses."""


class LinkNotValid(AccessError):
    """The link was used before, is too old, or never existed; which of these is not told.

    Nor does it work in another browser than the one that asked for it.
    """

    def __init__(self) -> None:
        super().__init__("the sign-in link is not valid (any more)")


class NotVouchedFor(AccessError):
    """A provider of identities does not vouch for a member of staff; why is for the log only.

    Attributes:
        reason: a word of ours, which says nothing about anybody.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"nobody is vouched for: {reason}")
        self.reason = reason


class CodeNotValid(AccessError):
    """The code is not the one that was sent or printed, or not any more; which is not told."""

    def __init__(self) -> None:
        super().__init__("the code is not valid (any more)")
