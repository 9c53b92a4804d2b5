# SPDX-License-Identifier: EUPL-1.2
"""``timebank timebanks stricter``: ask more people before a figure is shown to everyone."""

from __future__ import annotations

import dataclasses
import datetime

import click
from flask.cli import with_appcontext

from timebank import clock
from timebank.cli.doors import timebank_called, timebank_option
from timebank.extensions import db
from timebank.publication.errors import PublicationError
from timebank.publication.thresholds import BOUNDS, Thresholds
from timebank.showing.errors import ShowingError
from timebank.showing.operations import choose_thresholds

_LOOSEST = Thresholds()
_DAY = click.DateTime(["%Y-%m-%d"])


def _threshold(field: str, words: str) -> click.Option:
    least, most = BOUNDS[field]
    return click.Option(
        [f"--{field.replace('_', '-')}"],
        type=int,
        default=getattr(_LOOSEST, field),
        show_default=True,
        help=f"{words} ({least} to {most}).",
    )


@click.command("stricter")
@timebank_option
@click.option("--from", "counts_from", type=_DAY, help="The first day; today when left out.")
@with_appcontext
def stricter(slug: str, counts_from: datetime.datetime | None, **chosen: int) -> None:
    """Be stricter with what everyone may read, for months that begin from a day on.

    What is left out counts as the rule has it. Looser than the rule is refused.
    """
    today = clock.day_of(clock.now())
    since = counts_from.date() if counts_from else today
    thresholds = dataclasses.replace(_LOOSEST, **chosen)
    timebank = timebank_called(slug)
    try:
        choose_thresholds(
            db.session, thresholds, timebank_id=timebank.id, counts_from=since, today=today
        )
    except (PublicationError, ShowingError) as refusal:
        raise click.ClickException(f"This is not possible: {refusal}.") from refusal
    db.session.commit()
    click.echo(f"{slug}: from {since} on a figure needs {thresholds.least_active} people or more.")


stricter.params += [
    _threshold("least_active", "Active people at least"),
    _threshold("least_givers", "People who gave, at least"),
    _threshold("least_receivers", "People who received, at least"),
    _threshold("largest_share_percent", "The largest share of one person, in percent"),
    _threshold("round_minutes", "Round to so many minutes"),
    _threshold("round_people", "Round to so many people"),
    _threshold("least_beside", "People beside the largest of areas taken together"),
]
