# SPDX-License-Identifier: EUPL-1.2
"""``timebank demo``: load the story."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from timebank import clock
from timebank.areas.queries import all_timebanks
from timebank.demo.story import tell_story
from timebank.extensions import db

group = AppGroup("demo", help="The demo story: invented neighbours and their help.")


@group.command("load")
@with_appcontext
def load() -> None:
    """Load two timebanks with invented people and half a year of help, once.

    Refused outside demo mode: invented people do not belong among real ones.
    """
    if not current_app.config["TIMEBANK_DEMO_MODE"]:
        raise click.ClickException("this is no demo: set TIMEBANK_DEMO_MODE to load the story")
    if all_timebanks(db.session):
        click.echo("there are timebanks here already; nothing was loaded")
        return
    load_story()


def load_story() -> None:
    """Tell the story up to today and commit it, showing how far it is."""
    with click.progressbar(length=100, label="Loading the demo story") as bar:
        tell_story(db.session, now=clock.now(), progress=lambda: bar.update(1))
        db.session.commit()
