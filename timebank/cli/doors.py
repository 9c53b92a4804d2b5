# SPDX-License-Identifier: EUPL-1.2
"""What the commands share: the option that names a timebank, and refusals as one plain sentence."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from ledger import UnsafeDatabase, enter_timebank
from timebank.areas.errors import AreaError
from timebank.areas.models import Timebank
from timebank.areas.queries import timebank_by_slug
from timebank.extensions import db, refuse_unsafe_database
from timebank.members.errors import MemberError

timebank_option = click.option(
    "--timebank", "slug", required=True, help="The short name of the timebank, such as leiden."
)


@contextlib.contextmanager
def plain_refusals() -> Iterator[None]:
    """Say a refusal in one sentence and end with exit code 1; nothing is saved."""
    try:
        yield
    except (AreaError, MemberError) as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal


def safe_database() -> None:
    """End with one sentence when this database cannot be trusted with the books."""
    try:
        refuse_unsafe_database()
    except UnsafeDatabase as danger:
        raise click.ClickException(f"The database is not safe: {danger}") from danger


def timebank_called(slug: str) -> Timebank:
    """Enter the timebank of the option and return it."""
    with plain_refusals():
        timebank = timebank_by_slug(db.session, slug)
    enter_timebank(db.session, timebank.id)
    return timebank
