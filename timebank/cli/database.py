# SPDX-License-Identifier: EUPL-1.2
"""``timebank database``: give the application and a reader of figures roles of their own."""

from __future__ import annotations

import re

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import Connection, inspect, text

import ledger
from timebank.cli.grants import application_grants, making, reader_grants, without_a_line
from timebank.extensions import db

group = AppGroup("database", help="The database: the roles that use it.")
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_MAY_MAKE_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_KNOWN = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
_OWNS_THE_TABLES = (
    "SELECT bool_and(pg_has_role(current_user, relowner, 'USAGE')) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)
_OWNS_THE_SCHEMA = (
    "SELECT pg_has_role(current_user, nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'public'"
)


def _plain_name(_context: object, _option: object, name: str) -> str:
    if not _PLAIN_NAME.fullmatch(name):
        raise click.BadParameter("use small letters, digits and _, such as timebank_app")
    return name


@group.command("roles")
@click.option("--app", required=True, callback=_plain_name, help="The role of the application.")
@click.option("--reader", required=True, callback=_plain_name, help="The role that reads figures.")
@with_appcontext
def roles(app: str, reader: str) -> None:
    r"""Set up the roles of the application and of a reader of figures, on PostgreSQL.

    Run it as the owner of the tables, after each upgrade too; a second time changes nothing. It
    makes the roles where they are missing, without a password: set one with \password in psql.
    """
    if db.engine.dialect.name != "postgresql":
        raise click.ClickException("SQLite has no roles: this is for PostgreSQL")
    if app == reader:
        raise click.UsageError("--app and --reader must be two roles")
    with db.engine.begin() as connection:
        tables = _tables(connection)
        for role in (app, reader):
            _make(connection, role)
        for statement in (*application_grants(app, tables), *reader_grants(reader, tables)):
            connection.exec_driver_sql(statement)
        _refuse_strong_roles(connection, app, reader)
    click.echo(f"{app} may do what the application needs, {reader} reads figures without names.")
    click.echo(f"Set a password with \\password {app} in psql, and name {app} in DATABASE_URL.")


def _tables(connection: Connection) -> frozenset[str]:
    """Return the tables that stand here, of which each must have a line in the table of grants."""
    tables = frozenset(inspect(connection).get_table_names("public"))
    if "ledger_transfer" not in tables:
        raise click.ClickException("there are no tables yet: run `timebank db upgrade` first")
    if unknown := without_a_line(tables):
        raise click.ClickException(f"no line says who may use {', '.join(sorted(unknown))}")
    if not connection.exec_driver_sql(_OWNS_THE_TABLES).scalar():
        raise click.ClickException("only the owner of the tables can do this: see DATABASE_URL")
    if connection.exec_driver_sql(_OWNS_THE_SCHEMA).scalar():
        connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    return tables


def _make(connection: Connection, role: str) -> None:
    if connection.execute(_KNOWN, {"role": role}).scalar():
        return
    if not connection.exec_driver_sql(_MAY_MAKE_ROLES).scalar():
        raise click.ClickException(
            f"you may not make roles: let an administrator say CREATE ROLE {role} LOGIN"
        )
    connection.exec_driver_sql(making(role))


def _refuse_strong_roles(connection: Connection, *names: str) -> None:
    """End without any change when a role can do more than these statements give it."""
    found = [danger for role in names for danger in ledger.role_dangers(connection, role)]
    if found:
        raise click.ClickException(f"nothing was changed: {'; '.join(found)}")
