# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import uuid

import pytest

from timebank.rules.errors import RuleOutOfBounds
from timebank.rules.policy import BOUNDS, Rules, between, check_rules, is_sampled, stricter
from timebank.web.rule_words import RULES


def test_every_rule_has_bounds_and_words() -> None:
    numbers = [field.name for field in dataclasses.fields(Rules) if field.name != "limits_block"]

    assert list(BOUNDS) == numbers
    assert list(RULES) == numbers
    check_rules(Rules())


@pytest.mark.parametrize("field", list(BOUNDS))
def test_a_value_outside_its_bounds_is_refused(field: str) -> None:
    least, most = BOUNDS[field]

    for value in (least, most):
        check_rules(dataclasses.replace(Rules(), **{field: value}))
    for value in (least - 1, most + 1):
        with pytest.raises(RuleOutOfBounds) as refusal:
            check_rules(dataclasses.replace(Rules(), **{field: value}))
        assert refusal.value.field == field


def test_between_two_neighbourhoods_the_stricter_rule_counts() -> None:
    easy = Rules(auto_approve_minutes=60, sample_percentage=5, four_eyes_minutes=0, step_minutes=5)
    strict = Rules(
        auto_approve_minutes=15, sample_percentage=50, four_eyes_minutes=120, step_minutes=30
    )

    for both in (stricter(easy, strict), stricter(strict, easy)):
        assert (both.auto_approve_minutes, both.sample_percentage) == (15, 50)
        assert (both.four_eyes_minutes, both.step_minutes) == (120, 30)


def test_a_neighbourhood_without_rules_of_its_own_has_the_defaults() -> None:
    own = {"A": Rules(auto_approve_minutes=60)}

    assert between(own, ["A", "A"]).auto_approve_minutes == 60
    assert between(own, ["A", "B"]).auto_approve_minutes == 0
    assert between({}, ["B"]) == Rules()


def test_a_sample_is_drawn_once_and_about_as_often_as_was_chosen() -> None:
    ids = [uuid.UUID(int=number) for number in range(2000)]

    drawn = [one for one in ids if is_sampled(one, 10)]

    assert drawn == [one for one in ids if is_sampled(one, 10)]
    assert 150 < len(drawn) < 250
    assert not [one for one in ids if is_sampled(one, 0)]
    assert all(is_sampled(one, 100) for one in ids)
