# SPDX-License-Identifier: EUPL-1.2
"""What the room of rates refuses."""

from __future__ import annotations

import datetime


class TooOften(Exception):
    """Something was tried more often than is allowed for now."""

    def __init__(self, what: str, again_at: datetime.datetime) -> None:
        self.what = what
        self.again_at = again_at
        super().__init__(f"{what} was tried too often")
