# SPDX-License-Identifier: EUPL-1.2
"""``timebank timebanks``: open a timebank and switch its neighbourhoods on."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

import ledger
from timebank import clock
from timebank.areas.operations import (
    OpenTimebank,
    close_applications,
    load_areas,
    open_applications,
    open_timebank,
    switch_on,
)
from timebank.categories.errors import UnknownCategory
from timebank.categories.operations import close_category, load_categories
from timebank.cli.doors import plain_refusals, timebank_called, timebank_option
from timebank.extensions import db

group = AppGroup("timebanks", help="Timebanks: open one, switch its neighbourhoods on.")


@group.command("open")
@click.argument("slug")
@click.option("--name", required=True, help="The name as people read it.")
@click.option("--municipality", required=True, help="The CBS code, such as GM0546.")
@click.option("--contact-name", required=True, help="Whom residents call.")
@click.option("--contact-phone", required=True, help="The number they call.")
@click.option("--contact-email", required=True, help="The address they write to.")
@with_appcontext
def open_one(
    slug: str,
    name: str,
    municipality: str,
    contact_name: str,
    contact_phone: str,
    contact_email: str,
) -> None:
    """Open the timebank SLUG, with every kind of help that ships."""
    with plain_refusals():
        load_areas(db.session)
        command = OpenTimebank(slug, name, municipality, contact_name, contact_phone, contact_email)
        timebank = open_timebank(db.session, command, today=clock.day_of(clock.now()))
        ledger.enter_timebank(db.session, timebank.id)
        count = load_categories(db.session, timebank_id=timebank.id)
        db.session.commit()
    click.echo(f"{slug} is open, with {count} kinds of help. Now switch its neighbourhoods on.")


@group.command("switch-on")
@click.argument("codes", nargs=-1, required=True)
@timebank_option
@with_appcontext
def switch_on_areas(codes: tuple[str, ...], slug: str) -> None:
    """Make the areas with these CBS CODES neighbourhoods of a timebank."""
    timebank = timebank_called(slug)
    with plain_refusals():
        today = clock.day_of(clock.now())
        areas = [
            switch_on(db.session, timebank_id=timebank.id, code=code, today=today) for code in codes
        ]
        db.session.commit()
    for area in areas:
        click.echo(f"{area.code} {area.name} takes part in {slug}")


@group.command("close-category")
@click.argument("code")
@timebank_option
@with_appcontext
def close(code: str, slug: str) -> None:
    """Offer the kind of help CODE no more; what was logged keeps its name."""
    timebank = timebank_called(slug)
    try:
        close_category(db.session, timebank_id=timebank.id, code=code)
    except UnknownCategory as refusal:
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"{code} is closed in {slug}")


@group.command("take-applications")
@timebank_option
@with_appcontext
def take_applications(slug: str) -> None:
    """Let everyone ask on the public page to take part."""
    open_applications(db.session, timebank_id=timebank_called(slug).id)
    db.session.commit()
    click.echo(f"{slug} takes applications on /join/{slug}")


@group.command("stop-applications")
@timebank_option
@with_appcontext
def stop_applications(slug: str) -> None:
    """Take applications on the public page no more."""
    close_applications(db.session, timebank_id=timebank_called(slug).id)
    db.session.commit()
    click.echo(f"{slug} takes no applications any more")
