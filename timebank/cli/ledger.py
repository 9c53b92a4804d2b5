# SPDX-License-Identifier: EUPL-1.2
"""``timebank ledger``: prove the books, seal them, hold them against the seals, hand them over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.queries import all_timebanks, timebank_by_slug
from timebank.cli.doors import plain_refusals, timebank_option
from timebank.cli.progress import counter
from timebank.extensions import db
from timebank.proofs.operations import prove_books, seal_books

group = AppGroup("ledger", help="The books: prove, seal, verify and export them.")
_one_timebank = click.option("--timebank", "slug", help="Only this timebank, such as leiden.")
_EXPECTED = re.compile(r"([0-9]{1,9}):([0-9a-fA-F ]{8,79})")


@group.command("check")
@_one_timebank
@with_appcontext
def check(slug: str | None) -> None:
    """Check every invariant of every timebank's books, seals included.

    Prints each violation on a line of its own and ends with exit code 1 when there is one.
    """
    found = 0
    for timebank_id, name in _chosen(slug):
        violations = prove_books(db.engine, timebank_id=timebank_id)
        for violation in violations:
            click.echo(f"{name}: {violation}")
        found += len(violations)
        if not violations:
            click.echo(f"{name}: the books are sound")
    if found:
        click.echo(f"{found} violation{'s' if found > 1 else ''} found", err=True)
        raise SystemExit(1)


@group.command("seal")
@_one_timebank
@with_appcontext
def seal(slug: str | None) -> None:
    """Seal what was written since the last seal, and print each digest. A job does this nightly."""
    for timebank_id, name in _chosen(slug):
        ledger.enter_timebank(db.session, timebank_id)
        block = seal_books(db.session, db.engine, timebank_id=timebank_id, now=clock.now())
        db.session.commit()
        if block is None:
            click.echo(f"{name}: nothing was written since the last seal")
        else:
            click.echo(ledger.digest_slip(block, name=name) + "\n")


@group.command("pack")
@with_appcontext
def pack() -> None:
    """Give back the room that the keys of the books lose as they grow; once a month is plenty."""
    before, after = ledger.pack(db.engine)
    click.echo(f"{before / 2**20:,.1f} MB before, {after / 2**20:,.1f} MB now")


@group.command("digest")
@_one_timebank
@with_appcontext
def digest(slug: str | None) -> None:
    """Print the digest of the last seal, to keep on paper or with somebody else."""
    for timebank_id, name in _chosen(slug):
        with ledger.snapshot(db.engine, timebank_id=timebank_id) as reading:
            block = ledger.last_seal(reading, timebank_id=timebank_id)
        if block is None:
            click.echo(f"{name}: nothing is sealed yet")
        else:
            click.echo(ledger.digest_slip(block, name=name) + "\n")


@group.command("verify")
@_one_timebank
@click.option(
    "--expect",
    multiple=True,
    metavar="NUMBER:DIGEST",
    help="A digest that was printed or mailed, or at least its first eight digits.",
)
@with_appcontext
def verify(slug: str | None, expect: tuple[str, ...]) -> None:
    """Hold every sealed row against the seals.

    Prints the day and the row of each difference, and ends with exit code 1 when there is one.
    """
    expected = dict(_expectation(text) for text in expect)
    if expected and slug is None:
        raise click.UsageError("--expect belongs to one timebank: name it with --timebank")
    differences = 0
    for timebank_id, name in _chosen(slug):
        with ledger.snapshot(db.engine, timebank_id=timebank_id) as reading:
            found = ledger.verify(
                reading,
                timebank_id=timebank_id,
                expected=expected,
                progress=counter("rows verified"),
            )
        differences += len(found.findings)
        _say_verified(name, found)
    if differences:
        click.echo(f"{differences} difference{'s' if differences > 1 else ''} found", err=True)
        raise SystemExit(1)


@group.command("export")
@timebank_option
@click.option(
    "--format", "form", type=click.Choice(sorted(ledger.FORMS)), required=True, help="For what."
)
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="The file.")
@with_appcontext
def export(slug: str, form: str, output: IO[str]) -> None:
    """Write the books of a timebank for an auditor, with account numbers and without names.

    beancount and hledger files can be checked by the tools of those names; csv holds the journal,
    jsonl every row of the books.
    """
    ((timebank_id, _name),) = _chosen(slug)
    with ledger.snapshot(db.engine, timebank_id=timebank_id) as reading:
        for line in _exported(reading, timebank_id, form):
            output.write(line)


@group.command("trial-balance")
@_one_timebank
@with_appcontext
def trial_balance(slug: str | None) -> None:
    """Show both sides of each timebank's accounts, by neighbourhood; overall they are equal."""
    for timebank_id, name in _chosen(slug):
        with ledger.snapshot(db.engine, timebank_id=timebank_id) as reading:
            trial = ledger.trial_balance(reading, timebank_id=timebank_id)
            parts = ledger.trial_balance_by_neighbourhood(reading, timebank_id=timebank_id)
        for code, part in [*parts.items(), (name, trial)]:
            click.echo(
                f"{code}: {part.accounts} accounts, {part.credit_minutes} minutes credited,"
                f" {part.debit_minutes} debited, balance {part.balance_minutes}"
            )


def _chosen(slug: str | None) -> list[tuple[int, str]]:
    """Return one timebank or all; read beside the session, which would wait for a writer."""
    with plain_refusals(), ledger.snapshot(db.engine) as reading:
        timebanks = [timebank_by_slug(reading, slug)] if slug else all_timebanks(reading)
        return [(timebank.id, timebank.slug) for timebank in timebanks]


def _expectation(text: str) -> tuple[int, str]:
    match = _EXPECTED.fullmatch(text)
    if match is None:
        raise click.UsageError(f"--expect takes NUMBER:DIGEST, as in 12:a1b2c3d4, not {text}")
    return int(match.group(1)), match.group(2).replace(" ", "")


def _say_verified(name: str, found: ledger.Verification) -> None:
    for finding in found.findings:
        click.echo(f"{name}: {finding}")
    if found.findings:
        return
    waiting = f"; {found.unsealed} transfers wait for the next seal" if found.unsealed else ""
    click.echo(f"{name}: {found.blocks} seals hold, {found.rows} rows{waiting}")


def _exported(reading: Session, timebank_id: int, form: str) -> Iterator[str]:
    total = ledger.count_transfers(reading, timebank_id=timebank_id)
    progress = counter("rows written", total if form == "csv" else None)
    yield from ledger.export(reading, timebank_id=timebank_id, form=form, progress=progress)
