# SPDX-License-Identifier: EUPL-1.2
"""The queue of the phone by itself: what leaves it, what may be taken away, and old answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.phone.in_node import NO_NODE, NODE, Entry, QueueInNode, running_queue

pytestmark = pytest.mark.skipif(NODE is None, reason=NO_NODE)
ANSWERS = {
    "key": "k1",
    "side": "gave",
    "other": "o1",
    "category": "coffee",
    "minutes": 60,
    "helped_on": "2026-03-09",
}


@pytest.fixture(scope="module")
def queue() -> Iterator[QueueInNode]:
    with running_queue() as running:
        yield running


def one(queue: QueueInNode, **more: object) -> list[Entry]:
    entries: list[Entry] = queue.call("add", [], "me", ANSWERS | more)
    return entries


def verdict(outcome: str) -> dict[str, object]:
    return {"answers": [{"key": "k1", "outcome": outcome, "words": outcome, "url": "/there"}]}


def test_only_ids_minutes_and_a_day_are_kept_and_leave(queue: QueueInNode) -> None:
    entries = one(queue, name="Jan van den Berg", note="two bags")

    sent = queue.call("request", "me", entries)

    assert sent == {"owner": "me", "entries": [ANSWERS]}
    assert "Berg" not in str(entries)
    assert "bags" not in str(entries)


def test_an_entry_is_kept_once_and_delivered_only_for_its_owner(queue: QueueInNode) -> None:
    entries = queue.call("add", one(queue), "me", ANSWERS)

    assert len(entries) == 1
    assert queue.call("batch", entries, "somebody else", 20) == []
    assert queue.call("batch", entries, "me", 20) == entries
    assert queue.call("settle", entries, "somebody else", verdict("stands")) == entries


@pytest.mark.parametrize(
    "unknown", [None, {}, {"answers": "?"}, {"answers": []}, verdict("not_yet"), verdict("odd")]
)
def test_what_is_not_known_stays_waiting(queue: QueueInNode, unknown: object) -> None:
    entries = queue.call("settle", one(queue), "me", unknown)

    assert [entry["state"] for entry in entries] == ["waiting"]


def test_an_old_answer_takes_nothing_back(queue: QueueInNode) -> None:
    stands = queue.call("settle", one(queue), "me", verdict("stands"))

    after = queue.call("settle", stands, "me", verdict("refused"))

    assert [entry["state"] for entry in after] == ["stands"]
    assert queue.call("tidy", after, "somebody else") == after
    assert queue.call("tidy", after, "me") == []


def test_what_may_stand_already_cannot_be_taken_away(queue: QueueInNode) -> None:
    entries = one(queue)
    tried = queue.call("tried", entries, ["k1"])

    assert queue.call("forget", entries, "k1") == []
    assert queue.call("forget", tried, "k1") == tried
    refused = queue.call("settle", tried, "me", verdict("refused"))
    assert queue.call("forget", refused, "k1") == []
