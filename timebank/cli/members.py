# SPDX-License-Identifier: EUPL-1.2
"""``timebank members``: enrol somebody and give roles, until the screens for it come."""

from __future__ import annotations

import datetime
import uuid

import click
from flask.cli import AppGroup, with_appcontext

from timebank import clock
from timebank.cli.doors import plain_refusals, timebank_called, timebank_option
from timebank.extensions import db
from timebank.members.errors import UnknownMember
from timebank.members.models import Member
from timebank.members.operations import EnrolMember, enrol_member, grant_role
from timebank.members.policy import Role
from timebank.members.queries import everyone
from timebank.notices.policy import address_of

group = AppGroup("members", help="Members: enrol somebody, give a role.")


@group.command("enrol")
@timebank_option
@click.option("--given-name", required=True)
@click.option("--family-name", required=True)
@click.option("--neighbourhood", help="CBS code; leave out for who takes no part in exchanges.")
@click.option("--email", help="For the sign-in link; members without one are full members.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl")
@with_appcontext
def enrol(
    slug: str,
    given_name: str,
    family_name: str,
    neighbourhood: str | None,
    email: str | None,
    language: str,
) -> None:
    """Enrol a member and print their number."""
    timebank, now = timebank_called(slug), clock.now()
    if email is not None and address_of(email) is None:
        raise click.BadParameter("this is no e-mail address", param_hint="--email")
    command = EnrolMember(timebank.id, given_name, family_name, neighbourhood, email, language)
    with plain_refusals():
        member = enrol_member(db.session, command, now=now, today=clock.day_of(now))
        db.session.commit()
    click.echo(str(member.id))


@group.command("grant")
@click.argument("member", type=click.UUID)
@click.argument("role", type=click.Choice([role.value for role in Role]))
@timebank_option
@click.option("--neighbourhood", help="CBS code; for a coordinator, one grant each.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day (inclusive).")
@with_appcontext
def grant(
    member: uuid.UUID,
    role: str,
    slug: str,
    neighbourhood: str | None,
    until: datetime.datetime | None,
) -> None:
    """Give MEMBER (a number that enrol printed) a ROLE from today."""
    timebank, now = timebank_called(slug), clock.now()
    if (role == Role.COORDINATOR) != (neighbourhood is not None):
        raise click.UsageError("a coordinator needs --neighbourhood, other roles have none")
    ends_on = until.date() if until else None
    if ends_on is not None and ends_on < clock.day_of(now):
        raise click.UsageError("--until lies before today: the role would never count")
    with plain_refusals():
        found = db.session.get(Member, (timebank.id, member))
        if found is None:
            raise UnknownMember(member)
        grant_role(
            db.session,
            found,
            Role(role),
            starts_on=clock.day_of(now),
            now=now,
            neighbourhood_code=neighbourhood,
            ends_on=ends_on,
        )
        db.session.commit()
    click.echo(f"{member} is {role} now")


@group.command("list")
@timebank_option
@with_appcontext
def list_all(slug: str) -> None:
    """List the members with their numbers, by name."""
    for member, person in everyone(db.session, timebank_id=timebank_called(slug).id):
        click.echo(f"{member.id}  {person.full_name}  {member.neighbourhood_code or '-'}")
