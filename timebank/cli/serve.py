# SPDX-License-Identifier: EUPL-1.2
"""``timebank serve``: migrate, load the demo on a first start, say where it is, and serve."""

from __future__ import annotations

import os
import pathlib
import socket
import sys
from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import ProgrammingError

from timebank import clock
from timebank.areas.queries import all_timebanks
from timebank.cli.demo import load_story
from timebank.cli.doors import safe_database
from timebank.cli.erasure import refuse_erased_people
from timebank.demo.people import DemoPerson, people_to_be
from timebank.extensions import db

INSUFFICIENT_PRIVILEGE = "42501"
"""How PostgreSQL numbers what a role may not do."""


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Bring the database up to date and serve on PORT (8000).

    In demo mode the story is loaded into an empty database first.
    """
    config = current_app.config
    host, port = config["TIMEBANK_HOST"], config["TIMEBANK_PORT"]
    _refuse_taken_port(host, port)
    _bring_up_to_date()
    safe_database()
    refuse_erased_people()
    if config["TIMEBANK_DEMO_MODE"] and not all_timebanks(db.session):
        load_story()
    _say_where(host, port)
    db.session.close()
    db.engine.dispose()
    sys.stdout.flush()
    os.environ["PORT"], os.environ["TIMEBANK_HOST"] = str(port), host
    os.environ["DATABASE_URL"] = config["TIMEBANK_DATABASE_URL"]
    gunicorn = str(pathlib.Path(sys.executable).with_name("gunicorn"))
    os.execv(gunicorn, [gunicorn, "-c", "python:config.gunicorn", "wsgi:app"])  # noqa: S606


def _bring_up_to_date() -> None:
    """Migrate; the application's own role can do so only when there is nothing to do."""
    try:
        upgrade(directory=str(pathlib.Path(current_app.root_path).parent / "migrations"))
    except ProgrammingError as refusal:
        if getattr(refusal.orig, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
            raise
        raise click.ClickException(
            "The database is behind, and this role may not change tables:"
            " let the owner run `timebank db upgrade` and `timebank database roles`."
        ) from refusal


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as taken:
            raise click.ClickException(
                f"Port {port} cannot be used: stop what uses it, or choose another with PORT=8001."
            ) from taken


def _say_where(host: str, port: int) -> None:
    config = current_app.config
    click.echo(f"\nTimebank is on http://{host}:{port}  (stop with Ctrl-C)")
    if config["TIMEBANK_DEMO_MODE"]:
        click.echo("This is a demo. You can sign in as anyone; for example as:")
        people = people_to_be(db.session, today=clock.day_of(clock.now()))
        for why, person in _telling(people):
            click.echo(f"  {person.full_name} ({person.slug}): {why}")
    if not config["TIMEBANK_MAIL_HOST"]:
        folder = pathlib.Path(config["TIMEBANK_MAIL_FOLDER"]).absolute()
        click.echo(f"There is no mail server: mails are written to {folder}")


def _telling(people: Sequence[DemoPerson]) -> list[tuple[str, DemoPerson]]:
    """Return whom the README names, with what one can do as them."""
    wanted = {"Fatima": "log help, read your hours", "Nadia": "approve it, read the figures"}
    return [
        (why, person)
        for given_name, why in wanted.items()
        for person in people
        if person.full_name.startswith(f"{given_name} ")
    ]
