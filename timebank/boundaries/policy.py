# SPDX-License-Identifier: EUPL-1.2
"""What an exception to a boundary must say. Pure."""

from __future__ import annotations

from timebank.boundaries.errors import OverrideReasonMissing, OverrideReasonTooLong
from timebank.lettering import readable

LONGEST_REASON = 300


def checked_reason(reason: str) -> str:
    """Return the reason as it is kept, without signs that no person typed.

    Raises:
        OverrideReasonMissing, OverrideReasonTooLong
    """
    kept = readable(reason)
    if not kept:
        raise OverrideReasonMissing
    if len(kept) > LONGEST_REASON:
        raise OverrideReasonTooLong(len(kept), LONGEST_REASON)
    return kept
