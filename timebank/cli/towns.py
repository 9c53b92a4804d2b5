# SPDX-License-Identifier: EUPL-1.2
"""``timebank matching export`` and ``timebank timebanks place``: the town, and where it lies."""

from __future__ import annotations

import json
import pathlib
import random

import click
from flask.cli import with_appcontext

from timebank import clock
from timebank.cli.doors import plain_refusals, timebank_called, timebank_option
from timebank.extensions import db
from timebank.planning.policy import pseudonymous
from timebank.towns.operations import place_neighbourhood
from timebank.towns.queries import describe_town, places_of_town


@click.command("export")
@timebank_option
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Where the town is written.",
)
@with_appcontext
def export(slug: str, out: pathlib.Path) -> None:
    """Write the town of a timebank as ``matching plan`` reads it, without names.

    People and needs have numbers that are drawn anew each time. It is data about people
    nevertheless: keep it in the house, and throw it away after use.
    """
    timebank, now = timebank_called(slug), clock.now()
    town = describe_town(db.session, timebank_id=timebank.id, slug=slug, now=now)
    town = pseudonymous(town, random.SystemRandom())
    out.write_text(json.dumps(town) + "\n", "utf-8")
    click.echo(f"{len(town['residents'])} people and {len(town['needs'])} needs, in {out}")


@click.command("place")
@click.argument("code")
@click.option("--east", "east_metres", type=int, required=True, help="Metres, national grid (RD).")
@click.option("--north", "north_metres", type=int, required=True, help="Metres, national grid.")
@timebank_option
@with_appcontext
def place(code: str, east_metres: int, north_metres: int, slug: str) -> None:
    """Say where the middle of the neighbourhood CODE lies, so that near is near.

    Distances count when all neighbourhoods of a timebank have a place.
    """
    timebank = timebank_called(slug)
    with plain_refusals():
        place_neighbourhood(
            db.session,
            code,
            timebank_id=timebank.id,
            east_metres=east_metres,
            north_metres=north_metres,
        )
        db.session.commit()
    _, known = places_of_town(db.session, timebank_id=timebank.id)
    told = "all have a place" if known else "others have none yet, so none counts"
    click.echo(f"{code} lies at {east_metres}, {north_metres}; {told}")
