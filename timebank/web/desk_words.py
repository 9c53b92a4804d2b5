# SPDX-License-Identifier: EUPL-1.2
"""What every slip of the desk is told in, and what is said once above the list after a deed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from timebank.areas.queries import neighbourhoods_of
from timebank.categories.queries import all_categories
from timebank.exchanges.errors import UnknownExchange
from timebank.exchanges.queries import exchange_for
from timebank.exchanges.workflow import ExchangeState
from timebank.extensions import db
from timebank.web.boundary_words import CHECKS_MISSING
from timebank.web.exchanges import who_answers
from timebank.web.guard import current_actor
from timebank.web.words import LOOKS, REASONS

_DECIDED, _UNDONE = "desk_decided", "desk_undone"
_KEYS = 10
"""So many keys of decisions a browser keeps: they can be undone for seconds only."""


def back_to_desk(exchange_id: uuid.UUID, outcome: str) -> Response:
    """Remember what to say by id only: names do not travel in a cookie."""
    session["desk"] = [exchange_id.hex, outcome]
    return redirect(url_for("desk.waiting", _anchor="desk-list"), code=303)


def remember_key(key: uuid.UUID, *, undone: bool = False) -> None:
    """Remember what this browser decided or undid, so that a second click is told the truth.

    Nothing in the database is left of a key after that. These are keys only, and the last few.
    """
    name = _UNDONE if undone else _DECIDED
    kept = [one for one in session.get(name, []) if one != key.hex]
    session[name] = [*kept, key.hex][-_KEYS:]


def why_not_undone(key: uuid.UUID) -> str:
    """Return the outcome of undoing what is not there to undo; neutral where nothing is known."""
    if key.hex in session.get(_UNDONE, []):
        return "undone_before"
    return "too_late" if key.hex in session.get(_DECIDED, []) else "not_undone"


def words_of_slips() -> dict[str, Any]:
    """Return what every slip of the desk needs to be told in words."""
    timebank_id = current_actor().timebank_id
    places = neighbourhoods_of(db.session, timebank_id=timebank_id)
    return {
        "names": {place.code: place.name for place in places},
        "categories": all_categories(db.session, timebank_id=timebank_id),
        "reasons": REASONS,
        "looks": LOOKS,
        "missing_words": CHECKS_MISSING,
        "new_key": uuid.uuid4,
        "who_answers": who_answers,
        "back_to": url_for("desk.waiting"),
    }


def last_outcome() -> dict[str, Any] | None:
    """Return what was decided just now, to be said once above the list."""
    remembered = session.pop("desk", None)
    if remembered is None:
        return None
    what, outcome = remembered
    if outcome in ("together", "undone", "undone_before", "too_late", "not_undone"):
        return {"count": int(what), "outcome": outcome}
    try:
        exchange = exchange_for(db.session, uuid.UUID(hex=what), by=current_actor())
    except UnknownExchange:
        return None
    if outcome == "second" and exchange.state is ExchangeState.WITHDRAWN:
        outcome = "withdrawn"
    return {"exchange": exchange, "outcome": outcome}
