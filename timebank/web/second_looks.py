# SPDX-License-Identifier: EUPL-1.2
"""Let help that was not approved wait once more."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.exchanges.errors import AlreadyDecided, UnknownOther
from timebank.exchanges.queries import exchange_for
from timebank.exchanges.workflow import ExchangeState
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.second_looks.operations import look_again
from timebank.web.desk_words import back_to_desk
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, requires
from timebank.web.tidings import looked_at_again
from timebank.web.words import explain

blueprint = Blueprint("second_looks", __name__, url_prefix="/exchanges")


@blueprint.post("/<uuid:exchange_id>/look-again")
@requires(Permission.DECIDE_EXCHANGES)
def again(exchange_id: uuid.UUID) -> Response:
    """Let the same help wait again; pressed twice, it was pressed once."""
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    try:
        made = look_again(
            db.session,
            exchange_id,
            by=current_actor(),
            now=clock.now(),
            letter=looked_at_again(timebank),
        )
    except UnknownOther:
        told = gettext("One of the two stopped taking part. This cannot wait again.")
    except AlreadyDecided as refusal:
        told = explain(refusal)
    else:
        db.session.commit()
        if not made.replayed or _waits(made.exchange_id):
            return back_to_desk(made.exchange_id, "again")
        told = gettext("This waited again before. Read here what became of it.")
    db.session.rollback()
    flash(told, "info")
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)


def _waits(exchange_id: uuid.UUID) -> bool:
    exchange = exchange_for(db.session, exchange_id, by=current_actor())
    return exchange.state is ExchangeState.SUBMITTED
