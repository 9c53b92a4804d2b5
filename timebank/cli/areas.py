# SPDX-License-Identifier: EUPL-1.2
"""``timebank areas``: bring names, codes and outlines of areas in from a file of CBS or PDOK."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Iterable

import click
from flask.cli import AppGroup, with_appcontext

from timebank.areas.operations import Imported, import_areas
from timebank.areas.queries import all_timebanks, areas_before
from timebank.cli.progress import counter
from timebank.extensions import db
from timebank.shapes.errors import ShapeFileError
from timebank.shapes.found import FoundArea
from timebank.shapes.judging import AreaFile

group = AppGroup("areas", help="Areas: names, codes and where they lie.")

FIRST_YEAR, LAST_YEAR = 2009, 2099
TOLD_AT_MOST = 20
a_file = click.Path(exists=True, dir_okay=False, path_type=pathlib.Path)


@group.command("import")
@click.argument("file", type=a_file)
@click.option(
    "--year",
    required=True,
    type=click.IntRange(FIRST_YEAR, LAST_YEAR),
    help="The year of the division; it changes every January.",
)
@click.option(
    "--municipality",
    "municipalities",
    multiple=True,
    help="A CBS code such as GM0546; may be repeated. Left out: those of the timebanks here.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and save nothing.")
@with_appcontext
def import_file(
    file: pathlib.Path, year: int, municipalities: tuple[str, ...], dry_run: bool
) -> None:
    """Bring areas in from FILE: "wijken en buurten" as GeoJSON, one level or all.

    Names, codes and simplified outlines of YEAR are added or corrected; nothing is removed. The
    same file again changes nothing.
    """
    wanted = set(municipalities) or {bank.municipality_code for bank in all_timebanks(db.session)}
    if not wanted:
        raise click.ClickException("There is no timebank here yet. Name a --municipality.")
    with file.open("rb") as stream:
        areas = AreaFile(stream, year=year, municipalities=wanted, told=counter("areas read"))
        remarks: list[str] = []
        try:
            outcome = import_areas(db.session, _noting(areas.areas(), remarks), year=year)
        except ShapeFileError as refusal:
            db.session.rollback()
            raise click.ClickException(f"Nothing is imported: {refusal}.") from refusal
    _tell(remarks + areas.left_out)
    _tell(_compared(outcome.codes, wanted, year))
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(_in_one_sentence(outcome, year, dry_run))


def _noting(areas: Iterable[FoundArea], remarks: list[str]) -> Iterable[FoundArea]:
    for area in areas:
        remarks += [f"{area.code} {area.name}: {remark}" for remark in area.remarks]
        yield area


def _compared(codes: Collection[str], wanted: Collection[str], year: int) -> list[str]:
    """Say which areas came and went since the last year that is known here.

    Levels of which the file holds nothing are not compared.
    """
    levels = {code[:2] for code in codes}
    before = areas_before(db.session, municipalities=wanted, year=year)
    known = {code: name for code, name in before.items() if code[:2] in levels}
    gone = [code for code in sorted(known) if code not in codes]
    return [
        f"{code} {known[code]} is not in {year}: joined, divided or numbered anew. "
        "A neighbourhood that is switched on keeps its own year"
        for code in gone
    ]


def _tell(remarks: list[str]) -> None:
    for remark in remarks[:TOLD_AT_MOST]:
        click.echo(f"{remark}.", err=True)
    if len(remarks) > TOLD_AT_MOST:
        click.echo(f"... and {len(remarks) - TOLD_AT_MOST} more like these.", err=True)


def _in_one_sentence(outcome: Imported, year: int, dry_run: bool) -> str:
    told = (
        f"{outcome.added} areas of {year} added, {outcome.renamed} renamed, {outcome.same} as they "
        f"were; {outcome.outlines} outlines new or changed"
    )
    return f"{told}. Nothing is saved: this was a try." if dry_run else f"{told}."
