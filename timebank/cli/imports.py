# SPDX-License-Identifier: EUPL-1.2
"""``timebank import``: exchanges and opening balances from files."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
from collections import Counter
from collections.abc import Iterator, Sequence

import click
from flask.cli import AppGroup, with_appcontext

from timebank import clock
from timebank.cli.doors import timebank_called, timebank_option
from timebank.cli.progress import counter
from timebank.extensions import db
from timebank.imports.errors import NotAllGood
from timebank.imports.operations import book_lines
from timebank.imports.policy import LAYOUTS, SLIPS, Outcome, Verdict, read_mapping
from timebank.imports.queries import Bringing, Judged, judge
from timebank.members.policy import Actor, organisation
from timebank.openings.errors import NotZero, OpeningsRefused
from timebank.openings.operations import OpenBalances, open_balances
from timebank.sheets.bounds import MOST_BYTES, UnreadableFile

group = AppGroup("import", help="Import exchanges or opening balances from a file.")

LINES_A_COMMIT = 1000
"""So many lines are booked at a time where each stands for itself, so that others get a turn."""
a_file = click.Path(exists=True, dir_okay=False, path_type=pathlib.Path)
people_option = click.option(
    "--people", type=a_file, help="Who is who: a file with their name or number, and ours."
)


@group.command("exchanges")
@click.argument("file", type=a_file)
@timebank_option
@click.option(
    "--layout",
    type=click.Choice(sorted(LAYOUTS)),
    default=SLIPS.code,
    show_default=True,
    help="From what the file comes; docs/imports.md holds the columns of each.",
)
@people_option
@click.option("--category", default="", help="The kind of help of lines that name none.")
@click.option("--approve", is_flag=True, help="The hours count at once; else they wait.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and save nothing.")
@click.option("--per-line/--whole", default=True, help="Leave bad lines out, or all or nothing.")
@click.option("--quiet", is_flag=True, help="Name the bad lines only.")
@with_appcontext
def import_exchanges(  # noqa: PLR0913 - one argument for each option
    *,
    file: pathlib.Path,
    slug: str,
    layout: str,
    people: pathlib.Path | None,
    category: str,
    approve: bool,
    dry_run: bool,
    per_line: bool,
    quiet: bool,
) -> None:
    """Log every line of FILE (CSV, XLSX, or a ZIP of CSV) as an exchange, with a verdict for each.

    Run again, nothing is added twice. Ends with exit code 1 when there was a bad line.
    """
    by = organisation(timebank_called(slug).id)
    with readable_files():
        bringing = Bringing(
            content_of(file), LAYOUTS[layout], category, mapping_of(people) if people else {}
        )
        judged = judge(db.session, bringing, by=by, now=clock.now(), progress=counter("lines read"))
    # Nobody waits for a writer while the verdicts are printed; booking looks at the keys anew.
    db.session.rollback()
    if dry_run or (judged.bad and not per_line):
        say(judged.verdicts, dry=True, quiet=quiet)
    else:
        say(_book(judged, by=by, approve=approve, whole=not per_line), quiet=quiet)


@contextlib.contextmanager
def readable_files() -> Iterator[None]:
    """Say why a file cannot be read, in one sentence, and end with exit code 1."""
    try:
        yield
    except UnreadableFile as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal


def content_of(file: pathlib.Path) -> bytes:
    """Return what stands in a file; one that is too large is not read at all."""
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException("the file is larger than 20 MB: split it")
    return file.read_bytes()


def mapping_of(people: pathlib.Path) -> dict[str, str]:
    """Return who is who by the file of ``--people``."""
    return read_mapping(content_of(people))


def _book(judged: Judged, *, by: Actor, approve: bool, whole: bool) -> Sequence[Verdict]:
    """Book what is ready, a thousand at a time or all at once, and return every verdict."""
    ready, done = judged.ready, list[Verdict]()
    progress = counter("lines booked", len(ready))
    size = max(len(ready), 1) if whole else LINES_A_COMMIT
    for start in range(0, len(ready), size):
        chunk = ready[start : start + size]
        try:
            done += book_lines(
                db.session, chunk, by=by, now=clock.now(), approve=approve, whole=whole
            )
        except NotAllGood as refusal:
            db.session.rollback()
            raise click.ClickException(str(refusal)) from refusal
        db.session.commit()
        progress(len(done))
    rest = [verdict for verdict in judged.verdicts if verdict.outcome is not Outcome.READY]
    return sorted([*done, *rest], key=lambda verdict: verdict.number)


def say(verdicts: Sequence[Verdict], *, dry: bool = False, quiet: bool = False) -> None:
    """Print a verdict for each line and the sum; end with exit code 1 when one is bad."""
    for verdict in verdicts:
        if not quiet or verdict.outcome in (Outcome.BAD, Outcome.LEFT_OUT):
            click.echo(str(verdict))
    counted = Counter(verdict.outcome for verdict in verdicts)
    known, bad = counted[Outcome.KNOWN], counted[Outcome.BAD]
    good = counted[Outcome.READY] + counted[Outcome.ADDED]
    added = f"{good} {'to add' if dry else 'added'}"
    saved = "; nothing was saved" if dry else ""
    left_out = f", {counted[Outcome.LEFT_OUT]} left out" if counted[Outcome.LEFT_OUT] else ""
    click.echo(f"{added}, {known} were there already{left_out}, {bad} bad{saved}")
    if bad:
        raise SystemExit(1)


@group.command("balances")
@click.argument("file", type=a_file)
@timebank_option
@click.option(
    "--community",
    required=True,
    help="What the file calls the community account, against which the hours are booked.",
)
@people_option
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="On which; today unless said.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and save nothing.")
@with_appcontext
def import_balances(
    *,
    file: pathlib.Path,
    slug: str,
    community: str,
    people: pathlib.Path | None,
    day: datetime.datetime | None,
    dry_run: bool,
) -> None:
    """Let people begin with the minutes of FILE (CSV or XLSX: person, minutes), all or nothing.

    The minutes must sum to zero, those of the community account too. Run again, nothing is added.
    """
    by, now = organisation(timebank_called(slug).id), clock.now()
    with readable_files():
        command = OpenBalances(
            content_of(file),
            community,
            day.date() if day else clock.day_of(now),
            mapping_of(people) if people else {},
        )
        verdicts = _opened(command, by)
    refused = any(verdict.outcome is Outcome.BAD for verdict in verdicts)
    if dry_run or refused:
        db.session.rollback()
    else:
        db.session.commit()
    say(verdicts, dry=dry_run or refused)


def _opened(command: OpenBalances, by: Actor) -> list[Verdict]:
    try:
        return open_balances(db.session, command, by=by, now=clock.now())
    except (NotZero, OpeningsRefused) as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
