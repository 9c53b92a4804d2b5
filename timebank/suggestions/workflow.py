# SPDX-License-Identifier: EUPL-1.2
"""The states of a suggestion, and from which of them each answer can be given. Pure."""

from __future__ import annotations

import enum


class SuggestionState(enum.StrEnum):
    """Where a suggestion stands."""

    PROPOSED = "proposed"
    """The plan of the night made it; nobody saw it yet."""
    SHOWN = "shown"
    LATER = "later"
    ASKED = "asked"
    """A coordinator asks this person, and nobody else meanwhile (policy row D3)."""
    ACCEPTED = "accepted"
    """The giver said yes; who looks for help has not answered: one of two (policy row W1)."""
    AGREED = "agreed"
    """Both said yes, and there is an appointment."""
    DECLINED = "declined"
    EXPIRED = "expired"
    """Nobody answered in time, or the appointment did not go ahead."""
    WITHDRAWN = "withdrawn"
    """It is not needed any more: whoever asked found another way, and need not say which."""


class DeclineCode(enum.StrEnum):
    """Why somebody said no, if they wanted to say. Only the second to fourth change anything."""

    NO_TIME = "no_time"
    TOO_FAR = "too_far"
    NOT_THIS_KIND = "not_this_kind"
    NOT_THIS_PERSON = "not_this_person"
    OTHER = "other"


class Invitation(enum.StrEnum):
    """What somebody can want no invitations for, for a while."""

    GIVE = "give"
    ASK = "ask"


OPEN = frozenset({SuggestionState.PROPOSED, SuggestionState.SHOWN, SuggestionState.LATER})
"""Ideas: many people may have the same one."""
TAKEN = frozenset({SuggestionState.ASKED, SuggestionState.ACCEPTED, SuggestionState.AGREED})
"""Of one need at most one suggestion stands here; a unique index of the database says so."""
ANSWERABLE = OPEN | {SuggestionState.ASKED}
"""To these the giver can say yes, later or no."""
