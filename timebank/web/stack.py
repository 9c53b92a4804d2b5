# SPDX-License-Identifier: EUPL-1.2
"""Typing a stack of slips by keyboard: one row, Enter, the next row."""

from __future__ import annotations

import dataclasses
import datetime
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.models import Timebank
from timebank.calls.models import CallReason
from timebank.calls.operations import call_waits, tell_member
from timebank.categories.models import HelpCategory
from timebank.categories.queries import all_categories
from timebank.disputes.operations import withdraw_own
from timebank.exchanges.errors import AlreadyDecided, ExchangeError, FormKeyUsed, UnknownKind
from timebank.extensions import db
from timebank.members.policy import Actor, Permission
from timebank.members.queries import MemberName, residents_by_id
from timebank.paper.errors import KindMissing, SeveralFit
from timebank.paper.operations import TypeSlip, type_slip
from timebank.paper.policy import (
    day_of,
    duration_of,
    read_slip_number,
    slip_number,
    written_day,
)
from timebank.paper.queries import (
    MOST_CANDIDATES,
    TypedRow,
    kinds_by_number,
    person_meant,
    suggested,
    total_of,
    typed_on,
)
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, requires
from timebank.web.paper import form_key_of
from timebank.web.tidings import filled_in
from timebank.web.words import explain

blueprint = Blueprint("stack", __name__, url_prefix="/paper/stack")

Page = tuple[str, int]
T = TypeVar("T")
CELLS = ("helper", "helped", "minutes", "helped_on", "category", "slip")
"""The boxes of a row in the order of the Tab key; what changes most comes first."""
_PLACES = {"other": "helper", "form": "helper"}
"""Where refusals belong that the logging form shows at other questions."""


@blueprint.get("")
@requires(Permission.LOG_FOR_OTHERS)
def show() -> str:
    """Show an empty row, with day and kind of the row before, and what was typed today."""
    return _page(_Row(), {}, 200)[0]


@blueprint.post("/type")
@requires(Permission.LOG_FOR_OTHERS)
def type_row() -> Response | Page:
    """Write one slip down, or show what is the matter with it. The next row is ready at once."""
    row = _read_row()
    if row.errors:
        return _page(row, request.form, 422)
    actor, now = current_actor(), clock.now()
    try:
        typed = type_slip(db.session, row.command(), by=actor, now=now)
    except ExchangeError as refusal:
        db.session.rollback()
        row.note(refusal, "helper")
        # Somebody came back to a row that was saved and changed it: that is another row.
        row.form_key = uuid.uuid4() if isinstance(refusal, FormKeyUsed) else row.form_key
        return _page(row, request.form, 422)
    if not typed.replayed:
        _tell(actor, typed.acting_for_id, typed.exchange_id, now)
    db.session.commit()
    return redirect(url_for("stack.show"), code=303)


@blueprint.post("/<uuid:exchange_id>/undo")
@requires(Permission.LOG_FOR_OTHERS)
def undo(exchange_id: uuid.UUID) -> Response:
    """Take a typed slip back while it waits; done twice, it was done once."""
    try:
        withdraw_own(db.session, exchange_id, by=current_actor(), now=clock.now())
    except AlreadyDecided:
        db.session.rollback()
    db.session.commit()
    return redirect(url_for("stack.show"), code=303)


@blueprint.get("/day")
@requires(Permission.LOG_FOR_OTHERS)
def day() -> str:
    """Show what was typed today on a sheet to print, to keep with the stack."""
    actor, today = current_actor(), clock.day_of(clock.now())
    return render_template(
        "paper/day.html",
        rows=typed_on(db.session, today, by=actor),
        total=total_of(db.session, today, by=actor),
        today=today,
        slip_number=slip_number,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
    )


@dataclasses.dataclass
class _Row:
    """A row as far as it could be read: values, and what is the matter by box."""

    form_key: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    helper: MemberName | None = None
    helped: MemberName | None = None
    minutes: int | None = None
    helped_on: datetime.date | None = None
    category: str | None = None
    number: int | None = None
    errors: dict[str, str] = dataclasses.field(default_factory=dict)
    candidates: dict[str, Sequence[MemberName]] = dataclasses.field(default_factory=dict)

    def note(self, refusal: ExchangeError, place: str) -> None:
        """Keep what is the matter, at the box it belongs to."""
        field = refusal.field or place
        field = _PLACES.get(field, field)
        self.errors.setdefault(field, explain(refusal))
        if isinstance(refusal, SeveralFit):
            self.candidates[field] = _named(refusal.candidates[:MOST_CANDIDATES])

    def read(self, place: str, how: Callable[[], T]) -> T | None:
        """Read one box; what is the matter with it is kept."""
        try:
            return how()
        except ExchangeError as refusal:
            self.note(refusal, place)
            return None

    def command(self) -> TypeSlip:
        """Return the wish that a row without errors makes."""
        read = (self.helper, self.helped, self.category, self.minutes, self.helped_on)
        helper, helped, category, minutes, helped_on = read
        assert helper and helped and category and minutes is not None and helped_on  # noqa: S101, PT018 - a box that could not be read left an error
        return TypeSlip(
            form_key=self.form_key,
            helper_id=helper.member_id,
            helped_id=helped.member_id,
            category_code=category,
            minutes=minutes,
            helped_on=helped_on,
            number=self.number,
            knowingly=bool(request.form.get("knowingly")),
        )


def _read_row() -> _Row:
    """Read every box, so that all that is the matter shows at once."""
    row, timebank = _Row(form_key_of()), _timebank()
    today = clock.day_of(clock.now())
    text = {name: request.form.get(name, "").strip() for name in CELLS}
    row.helper = row.read("helper", lambda: _person("helper", text["helper"]))
    row.helped = row.read("helped", lambda: _person("helped", text["helped"]))
    row.minutes = row.read(
        "minutes", lambda: duration_of(text["minutes"], step_minutes=timebank.step_minutes)
    )
    row.helped_on = row.read("helped_on", lambda: day_of(text["helped_on"], today=today))
    row.category = row.read("category", lambda: _kind(text["category"]))
    if text["slip"]:
        row.number = row.read("slip", lambda: read_slip_number(text["slip"]))
    return row


def _named(member_ids: Sequence[uuid.UUID]) -> Sequence[MemberName]:
    found = residents_by_id(
        db.session, timebank_id=current_actor().timebank_id, member_ids=member_ids
    )
    return [found[member_id] for member_id in member_ids if member_id in found]


def _person(field: str, text: str) -> MemberName:
    try:
        chosen = uuid.UUID(request.form.get(f"{field}_choice", ""))
    except ValueError:
        chosen = None
    timebank_id = current_actor().timebank_id
    return person_meant(db.session, text, field=field, chosen=chosen, timebank_id=timebank_id)


def _kind(text: str) -> str:
    if not text:
        raise KindMissing
    kinds = kinds_by_number(_categories())
    kind = kinds.get(int(text)) if re.fullmatch(r"[0-9]{1,3}", text) else None
    if kind is None:
        raise UnknownKind(text)
    return kind.code


def _tell(
    actor: Actor, member_id: uuid.UUID, exchange_id: uuid.UUID, now: datetime.datetime
) -> None:
    """Let the member hear of it; who must be called hears of the whole stack in one call."""
    whom = {"timebank_id": actor.timebank_id, "member_id": member_id}
    if call_waits(db.session, reason=CallReason.FILLED_IN, **whom):  # type: ignore[arg-type]
        return
    tell_member(
        db.session,
        CallReason.FILLED_IN,
        timebank_id=actor.timebank_id,
        member_id=member_id,
        letter=filled_in(_timebank()),
        subject_id=exchange_id,
        now=now,
    )


def _timebank() -> Timebank:
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    return timebank


def _categories() -> dict[str, HelpCategory]:
    return all_categories(db.session, timebank_id=current_actor().timebank_id)


def _page(row: _Row, typed: Mapping[str, str], status: int) -> Page:
    actor, today = current_actor(), clock.day_of(clock.now())
    rows, categories = typed_on(db.session, today, by=actor), _categories()
    page = render_template(
        "paper/stack.html",
        form_key=row.form_key,
        typed=typed or _carried(rows, categories),
        errors=row.errors,
        candidates=row.candidates,
        focus=next((name for name in CELLS if name in row.errors), "helper"),
        people=suggested(db.session, by=actor),
        kinds=kinds_by_number(categories),
        rows=rows,
        total=total_of(db.session, today, by=actor),
        slip_number=slip_number,
        categories=categories,
        back_to=url_for("stack.show"),
    )
    return page, status


def _carried(rows: Sequence[TypedRow], categories: dict[str, HelpCategory]) -> dict[str, str]:
    """Return day and kind of the row before: a stack comes sorted."""
    if not rows:
        return {}
    last = rows[0].exchange
    return {
        "helped_on": written_day(last.helped_on),
        "category": str(categories[last.category_code].position + 1),
    }
