# SPDX-License-Identifier: EUPL-1.2
"""What the room of categories refuses."""

from __future__ import annotations


class UnknownCategory(Exception):
    """The timebank has no such kind of help."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"no kind of help has the code {code!r:.60}")
