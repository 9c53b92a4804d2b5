# SPDX-License-Identifier: EUPL-1.2
"""``timebank ledger``: prove the books."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

import ledger
from timebank.areas.queries import all_timebanks
from timebank.extensions import db

group = AppGroup("ledger", help="The books: prove them, show both sides.")


@group.command("check")
@with_appcontext
def check() -> None:
    """Check every invariant of every timebank's books.

    Prints each violation on a line of its own and ends with exit code 1 when there is one.
    """
    found = 0
    for timebank in all_timebanks(db.session):
        violations = ledger.violations(db.session, timebank_id=timebank.id)
        for violation in violations:
            click.echo(f"{timebank.slug}: {violation}")
        found += len(violations)
        if not violations:
            click.echo(f"{timebank.slug}: the books are sound")
    if found:
        click.echo(f"{found} violation{'s' if found > 1 else ''} found", err=True)
        raise SystemExit(1)


@group.command("trial-balance")
@with_appcontext
def trial_balance() -> None:
    """Show both sides of each timebank's accounts together; in sound books they are equal."""
    for timebank in all_timebanks(db.session):
        trial = ledger.trial_balance(db.session, timebank_id=timebank.id)
        click.echo(
            f"{timebank.slug}: {trial.accounts} accounts,"
            f" {trial.credit_minutes} minutes credited, {trial.debit_minutes} debited"
        )
