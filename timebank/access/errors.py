# SPDX-License-Identifier: EUPL-1.2
"""What the room of access refuses."""

from __future__ import annotations


class LinkNotValid(Exception):
    """The link was used before, is too old, or never existed; which of these is not told."""

    def __init__(self) -> None:
        super().__init__("the sign-in link is not valid (any more)")
