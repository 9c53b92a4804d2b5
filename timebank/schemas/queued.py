# SPDX-License-Identifier: EUPL-1.2
"""What a phone delivers that wrote help down without a network: ids, minutes and a day, no words.

Only the shape is checked here. Whether an answer fits is asked of the same rules as the form asks,
so that one entry that does not fit never holds the others up.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load, validate

SIDES = ("gave", "received")
MOST_AT_ONCE = 20
"""Entries in one delivery (inclusive); a phone that holds more delivers in parts."""
_LONGEST_ANSWER = 40


@dataclasses.dataclass(frozen=True)
class QueuedEntry:
    """Help as a phone holds it.

    Attributes:
        key: made by the phone with the entry; delivered twice, it is logged once.
        side: "gave" or "received", as seen by who wrote it down.
        answers: what the form would have asked, by the names of its fields.
    """

    key: uuid.UUID
    side: str
    answers: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Delivery:
    """Some entries of one member; ``owner`` is who wrote them down on that phone."""

    owner: uuid.UUID
    entries: tuple[QueuedEntry, ...]


class _Entry(Schema):
    """One entry. A field that we do not know is refused: words have no place in the queue."""

    key = fields.UUID(required=True)
    side = fields.String(required=True, validate=validate.OneOf(SIDES))
    other = fields.UUID(load_default=None, allow_none=True)
    category = fields.String(required=True, validate=validate.Length(max=_LONGEST_ANSWER))
    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(-9999, 9999))
    helped_on = fields.String(required=True, validate=validate.Length(max=_LONGEST_ANSWER))

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> QueuedEntry:
        """Return the entry with its answers as the form would have them."""
        answers = {
            "other": str(data["other"] or ""),
            "category": data["category"],
            "minutes": str(data["minutes"]),
            "helped_on": data["helped_on"],
        }
        return QueuedEntry(data["key"], data["side"], answers)


class DeliveryOfPhone(Schema):
    """A delivery: whose it is and between one and ``MOST_AT_ONCE`` entries."""

    owner = fields.UUID(required=True)
    entries = fields.List(
        fields.Nested(_Entry), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE)
    )

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> Delivery:
        """Return the delivery."""
        return Delivery(data["owner"], tuple(data["entries"]))
