# SPDX-License-Identifier: EUPL-1.2
"""``timebank figures`` and ``timebank areas group``: sums of days, closed months, service areas."""

from __future__ import annotations

import re

import click
from flask.cli import AppGroup, with_appcontext

from timebank import clock
from timebank.cli.doors import plain_refusals, timebank_called, timebank_option
from timebank.extensions import db
from timebank.members.policy import organisation
from timebank.months.errors import MonthError
from timebank.months.operations import choose_closing_day, close_next_month
from timebank.months.policy import Month
from timebank.months.queries import broken_months, closed_months, month_report
from timebank.rollups.operations import roll_up
from timebank.rollups.proving import differing_days
from timebank.service_areas.errors import ServiceAreaError
from timebank.service_areas.operations import group_neighbourhoods

group = AppGroup("figures", help="Figures: add days up, prove them, close months.")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@group.command("roll-up")
@timebank_option
@with_appcontext
def add_up(slug: str) -> None:
    """Add up the days that are closed. A job does this nightly."""
    timebank = timebank_called(slug)
    more = True
    while more:
        more = roll_up(db.session, timebank_id=timebank.id, now=clock.now())
        db.session.commit()
    click.echo(f"{slug}: the days are added up")


@group.command("check")
@timebank_option
@with_appcontext
def check(slug: str) -> None:
    """Hold sums and closed months against the journal and their digests; exit code 1 when wrong."""
    timebank_id = timebank_called(slug).id
    days = sorted(set(differing_days(db.engine, timebank_id=timebank_id)))
    months = broken_months(db.session, timebank_id=timebank_id)
    for day in days:
        click.echo(f"{slug}: {day} differs from the journal")
    for month in months:
        click.echo(f"{slug}: the report of {month.code} is not what was closed")
    if days or months:
        raise SystemExit(1)
    click.echo(f"{slug}: the figures equal the journal, and closed months are unchanged")


@group.command("close")
@timebank_option
@with_appcontext
def close(slug: str) -> None:
    """Close the months that are due. A job does this nightly."""
    timebank, closed = timebank_called(slug), 0
    while (
        month := close_next_month(db.session, timebank_id=timebank.id, now=clock.now())
    ) is not None:
        db.session.commit()
        closed += 1
        click.echo(f"{slug}: {month.code} is closed")
    if not closed:
        click.echo(f"{slug}: no month is due")


@group.command("close-on")
@click.argument("day", type=int)
@timebank_option
@with_appcontext
def close_on(day: int, slug: str) -> None:
    """Close each month on this DAY of the next one, 4 to 28."""
    timebank = timebank_called(slug)
    try:
        choose_closing_day(db.session, timebank_id=timebank.id, day=day)
    except MonthError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"{slug} closes a month on day {day} of the next")


@group.command("months")
@timebank_option
@with_appcontext
def months(slug: str) -> None:
    """List the months that are closed, newest first."""
    timebank = timebank_called(slug)
    for month in closed_months(db.session, by=organisation(timebank.id)):
        click.echo(month.code)


@group.command("report")
@click.argument("month")
@timebank_option
@with_appcontext
def report(month: str, slug: str) -> None:
    """Print the report of a closed MONTH, such as 2026-03: the same bytes every time."""
    timebank = timebank_called(slug)
    found = _MONTH.fullmatch(month)
    if found is None:
        raise click.ClickException("write a month as 2026-03")
    asked = Month(int(found[1]), int(found[2]))
    try:
        text = month_report(db.session, asked, by=organisation(timebank.id)).text
    except MonthError as refusal:
        raise click.ClickException(f"{month} is not closed") from refusal
    click.echo(text)


@click.command("group")
@click.argument("name")
@click.argument("codes", nargs=-1)
@timebank_option
@with_appcontext
def group_areas(name: str, codes: tuple[str, ...], slug: str) -> None:
    """Make the service area NAME of the neighbourhoods with these CODES; without codes it ends."""
    timebank = timebank_called(slug)
    with plain_refusals():
        try:
            group_neighbourhoods(db.session, timebank_id=timebank.id, name=name, codes=codes)
        except ServiceAreaError as refusal:
            raise click.ClickException(str(refusal)) from refusal
        db.session.commit()
    click.echo(f"{name} has {len(set(codes))} neighbourhoods")
