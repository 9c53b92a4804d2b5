# SPDX-License-Identifier: EUPL-1.2
"""What the room of drafts refuses."""

from __future__ import annotations


class UnknownDraft(Exception):
    """There is no such draft of this member; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("no such draft")
