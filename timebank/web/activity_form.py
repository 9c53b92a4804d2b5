# SPDX-License-Identifier: EUPL-1.2
"""The form about a group activity: read it, find the people, say what is wrong at each field."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence

from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from timebank.activities.operations import BookActivity
from timebank.activities.policy import MOST_GUESTS, MOST_PEOPLE, Helping, InitiatedBy
from timebank.activities.queries import residents_called
from timebank.approvals.errors import OwnExchange
from timebank.exchanges.errors import ExchangeError
from timebank.schemas.answers import DayAnswer
from timebank.web.durations import name_and_minutes
from timebank.web.words import explain, explain_codes

FIELDS = (
    *("form_key", "category", "helped_on_day", "helped_on_month", "helped_on_year"),
    *("neighbourhood", "place", "initiated_by", "helpers", "guests", "helped"),
)
AT_FIELD = {"minutes": "helpers", "other": "helpers"}
"""Where this form asks what another form asks in a field of another name."""
Errors = dict[str, str]


def typed_in(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with a key of its own for a new form."""
    typed = {name: form.get(name, "").replace("\r\n", "\n") for name in FIELDS}
    try:
        uuid.UUID(typed["form_key"])
    except ValueError:
        typed["form_key"] = str(uuid.uuid4())
    return typed


def read_activity(
    session: Session, typed: Mapping[str, str], *, timebank_id: int
) -> tuple[BookActivity | None, Errors]:
    """Return the wish that the form makes, or what is wrong by field as far as a form can tell."""
    errors: Errors = {}
    helpers = _lines(typed["helpers"])
    helped = _lines(typed["helped"])
    if len(helpers) + len(helped) > MOST_PEOPLE:
        words = gettext(
            "These are %(people)s names. Write at most %(most)s, or count guests.",
            people=len(helpers) + len(helped),
            most=MOST_PEOPLE,
        )
        return None, {"helpers": words}
    read = [name_and_minutes(line) for line in helpers]
    found = residents_called(
        session, timebank_id=timebank_id, names={*(name for name, _ in read), *helped}
    )
    helping = _helping(read, found, errors)
    names = [(name, None) for name in helped]
    helped_ids = [_one(number, name, found, "helped", errors) for number, name in _numbered(names)]
    day, guests = _day(typed, errors), _guests(typed["guests"], errors)
    if errors:
        return None, errors
    initiator = typed["initiated_by"]
    command = BookActivity(
        form_key=uuid.UUID(typed["form_key"]),
        category_code=typed["category"],
        held_on=day,
        neighbourhood_code=typed["neighbourhood"],
        place=typed["place"],
        initiated_by=InitiatedBy(initiator) if initiator in set(InitiatedBy) else None,
        helpers=tuple(helping),
        helped=tuple(one for one in helped_ids if one is not None),
        guests=guests,
    )
    return command, {}


def explain_at_field(refusal: ExchangeError) -> Errors:
    """Return the words for a refusal of the room, at the field of this form where it belongs.

    Raises:
        ExchangeError: the refusal itself, when it belongs to no field.
    """
    if isinstance(refusal, OwnExchange):
        return {"helpers": explain(refusal)}
    if refusal.field is None:
        raise refusal
    return {AT_FIELD.get(refusal.field, refusal.field): explain(refusal)}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _numbered(
    read: Sequence[tuple[str, int | None]],
) -> list[tuple[int, str]]:
    return [(number, name) for number, (name, _) in enumerate(read, start=1)]


def _helping(
    read: Sequence[tuple[str, int | None]], found: Mapping[str, list[uuid.UUID]], errors: Errors
) -> list[Helping]:
    helping = []
    for number, (name, minutes) in enumerate(read, start=1):
        member_id = _one(number, name, found, "helpers", errors)
        if minutes is None:
            errors.setdefault(
                "helpers",
                gettext(
                    "Line %(number)s: write how long after the name, such as 3 or 1:30.",
                    number=number,
                ),
            )
        elif member_id is not None:
            helping.append(Helping(member_id, minutes))
    return helping


def _one(
    number: int, name: str, found: Mapping[str, list[uuid.UUID]], field: str, errors: Errors
) -> uuid.UUID | None:
    """Return who is called so; the first line of a field that fits nobody or several is told."""
    people = found.get(name, [])
    if len(people) == 1:
        return people[0]
    words = (
        gettext("Line %(number)s: more people are called so. Write the whole name.", number=number)
        if people
        else gettext("Line %(number)s: we do not know this person. Check the name.", number=number)
    )
    errors.setdefault(field, words)
    return None


def _day(typed: Mapping[str, str], errors: Errors) -> datetime.date:
    parts = {f"other_day_{part}": typed[f"helped_on_{part}"] for part in ("day", "month", "year")}
    try:
        day: datetime.date = DayAnswer().load({"helped_on": "other"} | parts)
    except ValidationError as refusal:
        errors |= explain_codes(refusal)
        return datetime.date.min
    return day


def _guests(text: str, errors: Errors) -> int:
    digits = text.strip()
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(MOST_GUESTS)):
        errors["guests"] = gettext("Count at most %(most)s guests.", most=MOST_GUESTS)
        return 0
    return int(digits)
