# SPDX-License-Identifier: EUPL-1.2
"""The answers to the questions of the logging form, one schema per question.

A message here is a code, such as ``day_impossible``; a door turns it into words in its language.
What an answer may be in this timebank (steps, days, people) is a rule of the room ``exchanges``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from timebank.exchanges.policy import LONGEST_NOTE

SHORTEST_NAME, LONGEST_NAME = 2, 150
OTHER = "other"
MINUTES_OFFERED = (15, 30, 45, 60, 90, 120, 180)
_WHOLE_NUMBER_DIGITS = 4
_CENTURY = 100
"""A year of two digits, as people write it, is one of this century."""


class _Answer(Schema):
    """A question of the form; fields of other questions are left alone."""

    class Meta:
        """Ignore what belongs to other questions."""

        unknown = EXCLUDE


class OtherAnswer(_Answer):
    """Who the other person is: chosen from a list (an id), or typed (the beginning of a name)."""

    other = fields.UUID(load_default=None, error_messages={"invalid_uuid": "other_missing"})
    other_text = fields.String(load_default="")

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> Mapping[str, Any]:
        """Return the choice or the typed letters; one of the two must be there."""
        typed = data["other_text"].strip()
        if data["other"] is None and not typed:
            raise ValidationError("other_missing", "other")
        if typed and len(typed) < SHORTEST_NAME:
            raise ValidationError("name_too_short", "other")
        if len(typed) > LONGEST_NAME:
            raise ValidationError("name_too_long", "other")
        return data


class CategoryAnswer(_Answer):
    """What kind of help it was."""

    category = fields.String(
        required=True,
        error_messages={"required": "category_missing", "invalid": "category_missing"},
        validate=validate.Length(min=1, max=40, error="category_missing"),
    )

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> str:
        """Return the code."""
        return str(data["category"])


class OwnWordsAnswer(_Answer):
    """What it was in one's own words, from who does not know what kind of help to choose."""

    category_words = fields.String(
        load_default="",
        validate=(
            validate.Length(min=1, error="category_words_missing"),
            validate.Length(max=LONGEST_NOTE, error="category_words_too_long"),
        ),
    )

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> str:
        """Return the words."""
        return str(data["category_words"])


class SafetyAnswer(_Answer):
    """The promise on the safety card."""

    safety = fields.String(required=True, validate=validate.Equal("yes", error="safety_missing"))


class NoteAnswer(_Answer):
    """Something about it in one's own words, or nothing."""

    note = fields.String(load_default="")

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> str:
        """Return the words, with the line ends that browsers send made plain."""
        return str(data["note"]).replace("\r\n", "\n").strip()


class MinutesAnswer(_Answer):
    """How long it took: one of the offered durations, or hours and minutes."""

    minutes = fields.String(
        required=True,
        error_messages={"required": "minutes_missing", "invalid": "minutes_missing"},
    )
    minutes_hours = fields.String(load_default="")
    minutes_rest = fields.String(load_default="")

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> int:
        """Return whole minutes; whether they fit the timebank is not decided here."""
        if data["minutes"] != OTHER:
            return _whole(data["minutes"], "minutes", "minutes_missing")
        hours, rest = data["minutes_hours"].strip(), data["minutes_rest"].strip()
        if not hours and not rest:
            raise ValidationError("minutes_missing", "minutes")
        return 60 * _whole(hours or "0", "minutes", "minutes_not_a_number") + _whole(
            rest or "0", "minutes", "minutes_not_a_number"
        )


class DayAnswer(_Answer):
    """Which day: a button that stands for a day, or another day as day, month and year.

    The buttons carry the day itself, not "today": a page may stay open past midnight.
    """

    helped_on = fields.String(
        required=True, error_messages={"required": "day_missing", "invalid": "day_missing"}
    )
    other_day_day = fields.String(load_default="")
    other_day_month = fields.String(load_default="")
    other_day_year = fields.String(load_default="")

    @post_load
    def value(self, data: Mapping[str, Any], **_: object) -> datetime.date:
        """Return the day; whether it fits the timebank is not decided here."""
        if data["helped_on"] != OTHER:
            return _day(data["helped_on"].split("-"), "helped_on", "day_missing")
        parts = [data[f"other_day_{part}"].strip() for part in ("year", "month", "day")]
        if not all(parts):
            raise ValidationError("day_missing", "helped_on")
        return _day(parts, "helped_on", "day_impossible")


def _day(parts: Sequence[str], field: str, code: str) -> datetime.date:
    """Read year, month and day as people type them."""
    try:
        year, month, day = (_whole(part, field, code) for part in parts)
        return datetime.date(year if year >= _CENTURY else 2000 + year, month, day)
    except ValueError as impossible:
        raise ValidationError(code, field) from impossible


def _whole(text: str, field: str, code: str) -> int:
    """Read a whole number of at most four digits, as people type it; never a fraction."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _WHOLE_NUMBER_DIGITS):
        raise ValidationError(code, field)
    return int(digits)
