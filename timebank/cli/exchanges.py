# SPDX-License-Identifier: EUPL-1.2
"""``timebank exchanges import``: the older, shorter way to read a file of paper slips."""

from __future__ import annotations

import pathlib

import click
from flask.cli import AppGroup

from timebank.cli.doors import timebank_option
from timebank.cli.imports import a_file, import_exchanges

group = AppGroup("exchanges", help="Exchanges: import a file of paper slips.")


@group.command("import")
@click.argument("file", type=a_file)
@timebank_option
@click.pass_context
def import_file(context: click.Context, file: pathlib.Path, slug: str) -> None:
    """Log every line of FILE as `timebank import exchanges` does when it is asked nothing else."""
    context.invoke(import_exchanges, file=file, slug=slug)
