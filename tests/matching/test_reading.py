# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from tests.matching.building import need, resident, town
from timebank.matching import errors
from timebank.matching.reading import MOST_BYTES, read_town, town_of, town_of_json

Described = dict[str, Any]
INFINITE = float("inf")


def _resident(**changed: Any) -> Described:
    return town(residents=[resident("fatima", **changed), resident("jan")])


def _need(**changed: Any) -> Described:
    return town(needs=[need("n1", "jan", **changed)])


@pytest.mark.parametrize(
    ("described", "refusal", "item", "field"),
    [
        ({**town(), "colour": 1}, errors.UnknownKey, "town", "colour"),
        ({k: v for k, v in town().items() if k != "avoid"}, errors.MissingKey, "town", "avoid"),
        ([], errors.UnreadableTown, "", ""),
        (town(format=2), errors.WrongValue, "town", "format"),
        (town(format=True), errors.WrongValue, "town", "format"),
        (town(day="22-11-2026"), errors.WrongValue, "town", "day"),
        (town(day="20261122"), errors.WrongValue, "town", "day"),
        (town(rules={"window_days": 8}), errors.OutOfBounds, "rules no. 1", "window_days"),
        (town(rules={"days": 3}), errors.UnknownKey, "rules no. 1", "days"),
        (town(residents={}), errors.WrongType, "town", "residents"),
        (town(residents=["jan"]), errors.WrongType, "residents no. 1", ""),
        (_resident(age=70), errors.UnknownKey, "residents fatima", "age"),
        (_resident(x=float("nan")), errors.NotFinite, "residents fatima", "x"),
        (_resident(y=-INFINITE), errors.NotFinite, "residents fatima", "y"),
        (_resident(x="0"), errors.WrongType, "residents fatima", "x"),
        (_resident(x=10**400), errors.OutOfBounds, "residents fatima", "x"),
        (
            _resident(capacity_minutes=-1),
            errors.OutOfBounds,
            "residents fatima",
            "capacity_minutes",
        ),
        (
            _resident(capacity_minutes=60.0),
            errors.WrongType,
            "residents fatima",
            "capacity_minutes",
        ),
        (_resident(balance_minutes=True), errors.WrongType, "residents fatima", "balance_minutes"),
        (_resident(slots=2**21), errors.OutOfBounds, "residents fatima", "slots"),
        (_resident(slots=-1), errors.OutOfBounds, "residents fatima", "slots"),
        (_resident(paused=0), errors.WrongType, "residents fatima", "paused"),
        (
            _resident(talents={"piano": "listed"}),
            errors.UnknownReference,
            "residents fatima",
            "talents",
        ),
        (
            _resident(talents={"garden": "guessed"}),
            errors.WrongValue,
            "residents fatima",
            "talents",
        ),
        (_resident(muted=["piano"]), errors.UnknownReference, "residents fatima", "muted"),
        (_resident(muted=[1]), errors.WrongType, "residents fatima", "muted"),
        (_resident(id="jan"), errors.DuplicateId, "residents jan", "id"),
        (_resident(id=7), errors.WrongType, "residents no. 1", "id"),
        (_need(category="piano"), errors.UnknownReference, "needs n1", "category"),
        (_need(resident="nobody"), errors.UnknownReference, "needs n1", "resident"),
        (_need(minutes=0), errors.OutOfBounds, "needs n1", "minutes"),
        (_need(minutes=1.5), errors.WrongType, "needs n1", "minutes"),
        (_need(waiting_days=float("nan")), errors.NotFinite, "needs n1", "waiting_days"),
        (_need(waiting_days=-1), errors.OutOfBounds, "needs n1", "waiting_days"),
        (town(needs=[need("n1", "jan")] * 2), errors.DuplicateId, "needs n1", "id"),
        (town(avoid=[["jan", "ghost"]]), errors.UnknownReference, "avoid no. 1", "other"),
        (town(avoid=[["jan", "jan"]]), errors.SamePerson, "avoid no. 1", "other"),
        (town(avoid=[["jan"]]), errors.WrongType, "avoid no. 1", ""),
        (
            town(helped=[{"helper": "x", "helped": "jan", "category": "garden", "minutes": 1}]),
            errors.UnknownReference,
            "helped no. 1",
            "helper",
        ),
        (
            town(helped=[{"helper": "jan", "helped": "jan", "category": "garden", "minutes": 1}]),
            errors.SamePerson,
            "helped no. 1",
            "helped",
        ),
    ],
)
def test_what_is_wrong_is_refused_by_name_with_its_item_and_field(
    described: Any, refusal: type[errors.TownRefused], item: str, field: str
) -> None:
    with pytest.raises(errors.TownRefused) as refused:
        town_of(described)

    assert type(refused.value) is refusal
    assert (refused.value.item, refused.value.field) == (item, field)
    assert item in str(refused.value)
    assert field in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 200_000])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(errors.UnreadableTown):
        town_of_json(content)


def test_numbers_that_json_does_not_know_are_named(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "town.json"
    file.write_text(json.dumps(_resident(x=INFINITE)), "utf-8")

    with pytest.raises(errors.NotFinite) as refused:
        read_town(file)

    assert (refused.value.item, refused.value.field) == ("residents fatima", "x")


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "town.json"
    with file.open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024)

    def never(*_: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(pathlib.Path, "open", never)

    with pytest.raises(errors.TownTooLarge, match="larger than 128 MB"):
        read_town(file)
    assert MOST_BYTES < 200 * 1024 * 1024


def test_too_many_people_are_refused_before_they_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("timebank.matching.reading.MOST_RESIDENTS", 1)

    with pytest.raises(errors.TownTooLarge, match="residents: more than 1"):
        town_of(town())


@pytest.mark.parametrize("strange", ["\ud800", "a" * 10_000, "jan\n", "Ж"])
def test_any_text_can_be_an_id(strange: str) -> None:
    laid_out = town_of(town(residents=[resident("jan"), resident(strange)]))

    assert set(laid_out.residents) == {"jan", strange}


def test_another_day_draws_another_order_and_the_same_day_the_same() -> None:
    people = [resident(f"r{i}") for i in range(30)]

    def order(day: str) -> tuple[str, ...]:
        return town_of(town(residents=[*people, resident("jan")], day=day)).residents

    assert order("2026-11-22") == order("2026-11-22")
    assert order("2026-11-22") != order("2026-11-23")
    assert order("2026-11-22") != tuple(sorted(order("2026-11-22")))
