# SPDX-License-Identifier: EUPL-1.2
"""``timebank export``: exchanges and hours as CSV or XLSX."""

from __future__ import annotations

from typing import IO

import click
from flask.cli import AppGroup, with_appcontext

from timebank import clock
from timebank.cli.doors import timebank_called, timebank_option
from timebank.cli.progress import counter
from timebank.exports.operations import note_export
from timebank.exports.queries import TABLES
from timebank.extensions import db
from timebank.members.policy import organisation
from timebank.sheets.writing import MEDIA, written

group = AppGroup("export", help="Export exchanges or hours as CSV or XLSX, with names.")
form_option = click.option(
    "--format", "form", type=click.Choice(sorted(MEDIA)), default="csv", show_default=True
)
output_option = click.option(
    "--output", type=click.File("wb"), default="-", help="The file; else it is printed."
)


@group.command("exchanges")
@timebank_option
@form_option
@output_option
@with_appcontext
def exchanges(slug: str, form: str, output: IO[bytes]) -> None:
    """Write every exchange with the names of both; docs/imports.md holds the columns."""
    _export("exchanges", slug, form, output)


@group.command("balances")
@timebank_option
@form_option
@output_option
@with_appcontext
def balances(slug: str, form: str, output: IO[bytes]) -> None:
    """Write the hours of everybody who takes part, in minutes that sum to zero."""
    _export("balances", slug, form, output)


def _export(name: str, slug: str, form: str, output: IO[bytes]) -> None:
    by = organisation(timebank_called(slug).id)
    note_export(db.session, by=by, now=clock.now())
    db.session.commit()
    header, table = TABLES[name]
    progress = counter("rows written")
    rows = (row for number, row in enumerate(table(db.session, by=by)) if progress(number) is None)
    for piece in written(form, header, rows):
        output.write(piece)
