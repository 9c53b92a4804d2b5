# SPDX-License-Identifier: EUPL-1.2
"""``timebank erasure``: after a restore, erase again who was erased since the backup."""

from __future__ import annotations

import pathlib
import uuid

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from ledger import enter_timebank
from timebank import clock
from timebank.areas.queries import all_timebanks
from timebank.erasure.errors import UnreadableList
from timebank.erasure.operations import erase_member
from timebank.erasure.queries import digests_at, erased_but_here
from timebank.extensions import db
from timebank.members.policy import organisation

group = AppGroup("erasure", help="Erasure: run the list of erasures again after a restore.")


@group.command("replay")
@with_appcontext
def replay() -> None:
    """Erase again everyone who is on the list of erasures and stands in this database."""
    found = _found(_listed())
    for timebank_id, member_id in found:
        enter_timebank(db.session, timebank_id)
        erase_member(db.session, member_id, by=organisation(timebank_id), now=clock.now())
        db.session.commit()
    click.echo(f"{len(found)} erased again")


def refuse_erased_people() -> None:
    """Hold up a server on a database that holds somebody who was erased.

    Raises:
        click.ClickException: with the command that helps.
    """
    found = _found(_listed())
    if found:
        raise click.ClickException(
            f"People who were erased stand in this database again ({len(found)}),"
            " as after a restore. Run this first: timebank erasure replay"
        )


def _found(digests: frozenset[str]) -> list[tuple[int, uuid.UUID]]:
    """Return who of the list stands in this database, timebank by timebank."""
    found = []
    for timebank in all_timebanks(db.session):
        enter_timebank(db.session, timebank.id)
        here = erased_but_here(db.session, digests, timebank_id=timebank.id)
        found += [(timebank.id, member_id) for member_id in here]
    db.session.rollback()
    return found


def _listed() -> frozenset[str]:
    try:
        return digests_at(pathlib.Path(current_app.config["TIMEBANK_ERASURE_LIST"]))
    except UnreadableList as refusal:
        raise click.ClickException(f"{refusal}: mend it before anybody is let in") from refusal
