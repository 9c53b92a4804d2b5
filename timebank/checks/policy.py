# SPDX-License-Identifier: EUPL-1.2
"""What a helper still lacks for a kind of help. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection

from timebank.categories.policy import Check, safety_of


class Qualification(enum.StrEnum):
    """What a coordinator did with somebody. The date of the certificate is kept in ``support``."""

    TALK = "talk"
    TRAINING = "training"


def lacking(category_code: str, have: Collection[Check]) -> tuple[Check, ...]:
    """Return what this kind of help asks for and the helper does not have, in the fixed order."""
    return tuple(check for check in safety_of(category_code).asks if check not in have)
