# SPDX-License-Identifier: EUPL-1.2
"""Why somebody says that an exchange is not right, and how that ends. Pure."""

from __future__ import annotations

import enum

from timebank.disputes.errors import DisputeReasonMissing
from timebank.lettering import readable


class DisputeReason(enum.StrEnum):
    """What is not right. A balance is never a reason (policy row D2)."""

    DID_NOT_HAPPEN = "did_not_happen"
    WRONG_TIME = "wrong_time"
    WRONG_DAY = "wrong_day"
    WRONG_PERSON = "wrong_person"
    TWICE = "twice"
    OTHER = "other"


class DisputeOutcome(enum.StrEnum):
    """How it ended."""

    STANDS = "stands"
    CORRECTED = "corrected"
    TAKEN_BACK = "taken_back"
    """By a coordinator, by who logged it, or because one of the two left: the history says who."""


def check_reason(reason: DisputeReason | None, words: str) -> DisputeReason:
    """Return the reason; refuse none, and the reason "other" without words.

    Raises:
        DisputeReasonMissing
    """
    if reason is None or (reason is DisputeReason.OTHER and not readable(words)):
        raise DisputeReasonMissing
    return reason
