# SPDX-License-Identifier: EUPL-1.2
"""``timebank exchanges``: read a file of paper slips."""

from __future__ import annotations

import pathlib

import click
from flask.cli import AppGroup, with_appcontext

from timebank import clock
from timebank.cli.doors import timebank_called, timebank_option
from timebank.extensions import db
from timebank.slips.operations import Verdict, import_slips
from timebank.slips.policy import UnreadableFile

group = AppGroup("exchanges", help="Exchanges: import a file of paper slips.")

LARGEST_FILE_BYTES = 20 * 1024 * 1024


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@timebank_option
@with_appcontext
def import_file(file: pathlib.Path, slug: str) -> None:
    """Log every line of the CSV FILE as an exchange that waits for a coordinator.

    Columns: day, helper, helped, minutes (45 or 0:45), category, note; with ; or , between them,
    in UTF-8. Prints a verdict for each line. A bad line is left out and the rest goes on; run
    again, nothing is added twice. Ends with exit code 1 when there was a bad line.
    """
    timebank = timebank_called(slug)
    if file.stat().st_size > LARGEST_FILE_BYTES:
        raise click.ClickException("the file is larger than 20 MB: split it")
    try:
        verdicts = import_slips(db.session, file.read_bytes(), timebank=timebank, now=clock.now())
    except UnreadableFile as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    for verdict in verdicts:
        click.echo(str(verdict))
    _sum_up(verdicts)


def _sum_up(verdicts: list[Verdict]) -> None:
    added = sum(verdict.outcome == "added" for verdict in verdicts)
    known = sum(verdict.outcome == "known" for verdict in verdicts)
    bad = len(verdicts) - added - known
    click.echo(f"{added} added, {known} were there already, {bad} bad")
    if bad:
        raise SystemExit(1)
