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
BOOKED = {ExchangeState.APPROVED}


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


def test_who_decides_or_withdraws_finds_it_waiting_and_nothing_leaves_an_end() -> None:
    ordinary = {Action.APPROVE, Action.REJECT, Action.RETURN}
    ends = {
        ExchangeState.REJECTED,
        ExchangeState.RETURNED,
        ExchangeState.WITHDRAWN,
        ExchangeState.REVERSED,
    }

    assert {state for state, action in MOVES if action in ordinary} == {WAITING}
    assert {state for state, action in MOVES if action is Action.WITHDRAW} == {
        WAITING,
        ExchangeState.DISPUTED,
    }
    assert not {state for state, _ in MOVES} & ends
    assert Action.LOG not in {action for _, action in MOVES}


def test_what_was_booked_stays_booked_until_it_is_corrected_or_taken_back() -> None:
    booked = {action: after for (state, action), after in MOVES.items() if state in BOOKED}

    assert {action for action, after in booked.items() if after not in BOOKED} == {
        Action.CORRECT,
        Action.TAKE_BACK,
    }


@pytest.mark.policy("D2")
def test_no_reason_for_a_rejection_has_to_do_with_hours_or_a_balance() -> None:
    assert set(RejectionReason) == {
        "already_logged",
        "wrong_person",
        "wrong_day_or_time",
        "professional",
        "other",
    }
