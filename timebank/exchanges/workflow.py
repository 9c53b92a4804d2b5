# SPDX-License-Identifier: EUPL-1.2
"""The states of an exchange and the moves between them, as one table. Pure."""

from __future__ import annotations

import enum

from timebank.exchanges.errors import AlreadyDecided


class ExchangeState(enum.StrEnum):
    """Where an exchange stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    """Decided at the desk, and not carried out yet: for a moment it can be undone."""
    RETURNED = "returned"
    """Given back to whoever logged it, to be logged again."""


class Action(enum.StrEnum):
    """What somebody did to an exchange; also the grammar of its history."""

    LOG = "exchange:log"
    APPROVE = "exchange:approve"
    REJECT = "exchange:reject"
    WITHDRAW = "exchange:withdraw"
    RETURN = "exchange:return"


class RejectionReason(enum.StrEnum):
    """Why an exchange was not approved. A balance is never a reason (policy row D2)."""

    ALREADY_LOGGED = "already_logged"
    WRONG_PERSON = "wrong_person"
    WRONG_DAY_OR_TIME = "wrong_day_or_time"
    PROFESSIONAL = "professional"
    OTHER = "other"


MOVES: dict[tuple[ExchangeState, Action], ExchangeState] = {
    (ExchangeState.SUBMITTED, Action.APPROVE): ExchangeState.APPROVED,
    (ExchangeState.SUBMITTED, Action.REJECT): ExchangeState.REJECTED,
    (ExchangeState.SUBMITTED, Action.WITHDRAW): ExchangeState.WITHDRAWN,
    (ExchangeState.SUBMITTED, Action.RETURN): ExchangeState.RETURNED,
}


def state_after(state: ExchangeState, action: Action) -> ExchangeState:
    """Return the state to which this action leads.

    Raises:
        AlreadyDecided: no move leads from this state by this action.
    """
    if (state, action) not in MOVES:
        raise AlreadyDecided(state)
    return MOVES[state, action]
