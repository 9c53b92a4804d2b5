# SPDX-License-Identifier: EUPL-1.2
"""The form about what somebody looks for, as residents and coordinators share it."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from flask import request

from timebank.categories.models import HelpCategory
from timebank.categories.queries import all_categories, is_offered
from timebank.extensions import db
from timebank.needs.operations import Asked
from timebank.needs.policy import DAYS_OPEN, DEFAULT_DAYS, MINUTES
from timebank.needs.queries import NeedRow
from timebank.preferences.policy import ALL_SLOTS, WEEKDAYS, numbers_of, slots_of
from timebank.web.guard import current_actor
from timebank.web.kinds import Suggested, suggest
from timebank.web.wish_words import (
    DAYS_OPEN_WORDS,
    PART_WORDS,
    QUICK_WHEN,
    STATE_WORDS,
    day_names,
    quick_answer,
    when_words,
)


def typed_key() -> uuid.UUID:
    """Return the key that was made with the form; a form without one gets a fresh one."""
    try:
        return uuid.UUID(request.form.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def typed_need() -> Asked:
    """Return what was filled in; the room says what of it cannot be kept."""
    form = request.form
    return Asked(
        words=form.get("words", "").replace("\r\n", "\n"),
        category_code=form.get("category") or None,
        minutes=_number("minutes") if form.get("minutes") else None,
        slots=typed_slots(),
        is_urgent=form.get("urgent") == "yes",
        days=_number("days") if "days" in form else DEFAULT_DAYS,
    )


def typed_slots() -> int:
    """Return the half-days that were chosen: by the quick answer, or one by one; perhaps none."""
    quick = request.form.get("when", "always")
    if quick == "own":
        return slots_of(int(text) for text in request.form.getlist("slot") if _is_number(text))
    return WEEKDAYS if quick == "weekdays" else ALL_SLOTS


def as_answered(row: NeedRow | None) -> dict[str, Any]:
    """Return what the form shows: what was typed, else what stands, else nothing."""
    if request.method == "POST":
        typed = {name: request.form.get(name, "") for name in ("words", "category", "minutes")}
        slots, days = typed_slots(), request.form.get("days", str(DEFAULT_DAYS))
        urgent, quick = request.form.get("urgent") == "yes", request.form.get("when", "always")
        return typed | {"slots": slots, "days": days, "urgent": urgent, "when": quick}
    if row is None:
        empty = {"words": "", "category": "", "minutes": "", "days": str(DEFAULT_DAYS)}
        return empty | {"slots": ALL_SLOTS, "urgent": False, "when": "always"}
    return {
        "words": row.words,
        "category": row.category_code or "",
        "minutes": str(row.minutes or ""),
        "days": str(DEFAULT_DAYS),
        "slots": row.slots,
        "urgent": row.is_urgent,
        "when": quick_answer(row.slots),
    }


def when_material(slots: int, when: str) -> dict[str, Any]:
    """Return what the question when needs to be shown.

    Who gave a quick answer and then wants to choose begins with empty boxes.
    """
    return {
        "quick": QUICK_WHEN,
        "day_names": day_names(),
        "parts": PART_WORDS,
        "chosen_slots": numbers_of(slots) if when == "own" else (),
    }


def form_material(row: NeedRow | None) -> dict[str, Any]:
    """Return everything that the form needs to be shown."""
    answers = as_answered(row)
    kinds = all_kinds()
    suggested = suggest(answers["words"], kinds)
    chosen = kinds.get(answers["category"])
    cards = suggested.kinds
    if chosen is not None and is_offered(chosen) and chosen not in cards:
        cards = [chosen, *cards]
    return {
        "answers": answers,
        "suggested": dataclasses.replace(suggested, kinds=cards),
        "minutes_offered": MINUTES,
        "days_offered": {days: DAYS_OPEN_WORDS[days] for days in DAYS_OPEN},
        **when_material(answers["slots"], answers["when"]),
    }


def need_material(row: NeedRow) -> dict[str, Any]:
    """Return what a page about one need shows."""
    kinds = all_kinds()
    nothing = Suggested([], None)
    return {
        "row": row,
        "categories": kinds,
        "suggested": suggest(row.words, kinds) if row.category_code is None else nothing,
        "states": STATE_WORDS,
        "when_words": when_words,
    }


def all_kinds() -> dict[str, HelpCategory]:
    """Return every kind of help of the timebank by code."""
    return all_categories(db.session, timebank_id=current_actor().timebank_id)


def _number(field: str) -> int:
    """Return a number that was typed; 0, which no list has, where it is none."""
    text = request.form.get(field, "")
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4  # noqa: PLR2004
