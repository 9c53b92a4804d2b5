# SPDX-License-Identifier: EUPL-1.2
"""``timebank scheduler`` and ``timebank mail``: what runs by itself, and running it by hand."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from ledger import UnsafeDatabase
from timebank.extensions import refuse_unsafe_database
from timebank.jobs.runner import run_forever
from timebank.jobs.schedule import JOBS

scheduler = AppGroup("scheduler", help="Scheduled jobs: run them, or one of them once.")
mail = AppGroup("mail", help="Mail that waits.")


def register_job_commands(app: Flask) -> None:
    """Bind the commands to the application."""
    app.cli.add_command(scheduler)
    app.cli.add_command(mail)


@scheduler.command("run")
@with_appcontext
def run() -> None:
    """Run the scheduled jobs until stopped. Only one process of several works; the rest wait."""
    try:
        refuse_unsafe_database()
    except UnsafeDatabase as danger:
        raise click.ClickException(f"The database is not safe: {danger}") from danger
    run_forever(current_app._get_current_object())  # type: ignore[attr-defined]


@scheduler.command("once")
@click.argument("job", type=click.Choice([job.name for job in JOBS]))
@with_appcontext
def once(job: str) -> None:
    """Run JOB once, now."""
    chosen = next(one for one in JOBS if one.name == job)
    click.echo(chosen.work())


@mail.command("deliver")
@with_appcontext
def deliver() -> None:
    """Deliver the mail that waits, now."""
    chosen = next(one for one in JOBS if one.name == "deliver-mail")
    click.echo(chosen.work())
