# SPDX-License-Identifier: EUPL-1.2
"""Where a talent comes from, and the words beside the talents. Pure."""

from __future__ import annotations

import enum

from timebank.lettering import readable
from timebank.talents.errors import TalentWordsTooLong

LONGEST_WORDS = 300


class TalentSource(enum.StrEnum):
    """Who thought of it first. What a talk found counts after the person's own yes (row L14)."""

    LISTED = "listed"
    TALENT_TALK = "talent_talk"


def checked_words(words: str) -> str:
    """Return the own words as they are kept, without control characters; they may be empty.

    Raises:
        TalentWordsTooLong: more than ``LONGEST_WORDS`` characters.
    """
    kept = readable(words)
    if len(kept) > LONGEST_WORDS:
        raise TalentWordsTooLong(len(kept), LONGEST_WORDS)
    return kept
