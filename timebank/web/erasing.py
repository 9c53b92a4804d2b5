# SPDX-License-Identifier: EUPL-1.2
"""Erasing somebody from a screen: the operation, the commit, and the line on the list."""

from __future__ import annotations

import datetime
import logging
import pathlib
import uuid

from flask import current_app

from timebank import clock
from timebank.areas.models import Timebank
from timebank.calls.operations import Letter
from timebank.erasure.operations import add_to_list, erase_member
from timebank.extensions import db
from timebank.members.policy import Actor
from timebank.web.tidings import appointment_news

_LOG = logging.getLogger(__name__)


def erase_now(member_id: uuid.UUID, *, by: Actor, now: datetime.datetime) -> None:
    """Erase somebody, commit, and write the line on the list of erasures.

    After the commit the person is gone: a list that cannot be written does not change the answer.
    The nightly job completes the list.

    Raises as ``erase_member`` does.
    """
    timebank = db.session.get_one(Timebank, by.timebank_id)

    def tell(appointment_id: uuid.UUID) -> Letter:
        return appointment_news(timebank, appointment_id, "called_off")

    digest = erase_member(db.session, member_id, by=by, now=now, tell=tell)
    db.session.commit()
    path = pathlib.Path(current_app.config["TIMEBANK_ERASURE_LIST"])
    try:
        add_to_list(path, [digest], day=clock.day_of(now))
    except OSError as error:
        # The type only: a message may quote a path.
        _LOG.error("the list of erasures could not be written: %s", type(error).__name__)
