# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import itertools

import pytest

from timebank.exchanges.errors import AlreadyDecided
from timebank.exchanges.workflow import (
    MOVES,
    Action,
    ExchangeState,
    RejectionReason,
    state_after,
)

WAITING = ExchangeState.SUBMITTED


@pytest.mark.parametrize(
    ("action", "after"),
    [
        (Action.APPROVE, ExchangeState.APPROVED),
        (Action.REJECT, ExchangeState.REJECTED),
        (Action.WITHDRAW, ExchangeState.WITHDRAWN),
        (Action.RETURN, ExchangeState.RETURNED),
    ],
)
def test_what_waits_can_be_approved_rejected_or_withdrawn(
    action: Action, after: ExchangeState
) -> None:
    assert state_after(WAITING, action) is after


@pytest.mark.parametrize(
    ("state", "action"),
    [move for move in itertools.product(ExchangeState, Action) if move not in MOVES],
)
def test_no_other_move_exists(state: ExchangeState, action: Action) -> None:
    with pytest.raises(AlreadyDecided) as refusal:
        state_after(state, action)

    assert refusal.value.state == state


def test_exactly_four_moves_exist_and_all_leave_from_waiting() -> None:
    assert len(MOVES) == 4
    assert {state for state, _ in MOVES} == {WAITING}


@pytest.mark.policy("D2")
def test_no_reason_for_a_rejection_has_to_do_with_hours_or_a_balance() -> None:
    assert set(RejectionReason) == {
        "already_logged",
        "wrong_person",
        "wrong_day_or_time",
        "professional",
        "other",
    }
