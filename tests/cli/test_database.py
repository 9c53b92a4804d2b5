# SPDX-License-Identifier: EUPL-1.2
"""``timebank database roles``: one command, twice unharmed, and never a role that is too strong."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from tests.conftest import ROOT, dispose, make_app
from timebank.cli import database

ON_POSTGRESQL = pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("templates", ["sqlite"], indirect=True)
GRANTS = sa.text(
    "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " UNION ALL SELECT attname, attacl::text FROM pg_attribute WHERE attacl IS NOT NULL"
    " UNION ALL SELECT 'future', defaclacl::text FROM pg_default_acl ORDER BY 1, 2"
)


@pytest.fixture
def names(engine: sa.Engine) -> Iterator[tuple[str, str]]:
    """Two names that no role has; whatever roles get them are gone after the test."""
    names = tuple(f"{kind}_{uuid.uuid4().hex[:8]}" for kind in ("desk", "figures"))
    yield names  # type: ignore[misc]
    with engine.begin() as connection:
        for role in connection.scalars(
            sa.text("SELECT rolname FROM pg_roles WHERE rolname = ANY (:names)"),
            {"names": list(names)},
        ).all():
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")


def _set_up(runner: FlaskCliRunner, app_role: str, reader_role: str) -> Result:
    return runner.invoke(args=["database", "roles", "--app", app_role, "--reader", reader_role])


def _may(engine: sa.Engine, role: str, table: str, right: str) -> bool:
    with engine.connect() as connection:
        asked = sa.select(sa.func.has_table_privilege(role, table, right))
        return bool(connection.scalar(asked))


@ON_POSTGRESQL
def test_the_roles_are_made_without_a_password(
    runner: FlaskCliRunner, engine: sa.Engine, names: tuple[str, str]
) -> None:
    result = _set_up(runner, *names)

    assert result.exit_code == 0, result.output
    assert f"\\password {names[0]}" in result.output
    with engine.connect() as connection:
        made = connection.execute(
            sa.text(
                "SELECT rolcanlogin, rolpassword, rolsuper, rolbypassrls, rolcreaterole"
                " FROM pg_authid WHERE rolname = ANY (:names)"
            ),
            {"names": list(names)},
        )
        assert [tuple(row) for row in made] == [(True, None, False, False, False)] * 2


@ON_POSTGRESQL
def test_a_second_time_changes_nothing(
    runner: FlaskCliRunner, engine: sa.Engine, names: tuple[str, str]
) -> None:
    _set_up(runner, *names)
    with engine.connect() as connection:
        before = connection.execute(GRANTS).all()

    result = _set_up(runner, *names)

    assert result.exit_code == 0
    with engine.connect() as connection:
        assert connection.execute(GRANTS).all() == before


@ON_POSTGRESQL
def test_rights_that_were_given_by_hand_are_taken_away(
    runner: FlaskCliRunner, engine: sa.Engine, names: tuple[str, str]
) -> None:
    app_role, reader_role = names
    _set_up(runner, *names)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"GRANT ALL ON ledger_entry, area TO {app_role}")
        connection.exec_driver_sql(f"GRANT SELECT ON person, mail TO {reader_role}")
        connection.exec_driver_sql(f"GRANT SELECT (words) ON exchange_note TO {reader_role}")

    _set_up(runner, *names)

    assert not _may(engine, app_role, "ledger_entry", "INSERT")
    assert not _may(engine, app_role, "area", "UPDATE")
    assert not _may(engine, reader_role, "person", "SELECT")
    with engine.connect() as connection:
        words = sa.func.has_any_column_privilege(reader_role, "exchange_note", "SELECT")
        assert not connection.scalar(sa.select(words))


@ON_POSTGRESQL
def test_a_table_of_a_later_migration_can_be_used_until_it_has_its_line(
    runner: FlaskCliRunner, engine: sa.Engine, names: tuple[str, str]
) -> None:
    _set_up(runner, *names)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE shoe (timebank_id integer, size integer)")

    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES")

    assert [_may(engine, names[0], "shoe", right) for right in rights] == [True] * 4 + [False] * 3
    assert [_may(engine, names[1], "shoe", right) for right in rights] == [False] * 7


@ON_POSTGRESQL
def test_a_table_without_a_line_stops_the_command(
    runner: FlaskCliRunner, engine: sa.Engine, names: tuple[str, str]
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE shoe (timebank_id integer, size integer)")

    result = _set_up(runner, *names)

    assert result.exit_code == 1
    assert "no line says who may use shoe" in result.output


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("strength", "said"),
    [
        ("ALTER ROLE {0} SUPERUSER", "is a superuser"),
        ("ALTER ROLE {0} BYPASSRLS", "has BYPASSRLS"),
        ("ALTER ROLE {0} CREATEROLE", "may make roles or databases"),
        ("ALTER ROLE {0} CREATEDB", "may make roles or databases"),
        ("GRANT postgres TO {0}", "owns tables, or may act as their owner"),
        ("ALTER TABLE area OWNER TO {0}", "owns tables, or may act as their owner"),
    ],
)
def test_a_role_that_is_too_strong_is_refused_and_nothing_changes(
    runner: FlaskCliRunner, engine: sa.Engine, names: tuple[str, str], strength: str, said: str
) -> None:
    app_role, reader_role = names
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {app_role} LOGIN")
        connection.exec_driver_sql(strength.format(app_role))
        before = connection.execute(GRANTS).all()

    result = _set_up(runner, app_role, reader_role)

    assert result.exit_code == 1
    assert "nothing was changed: " in result.output
    assert f"{app_role} {said}" in result.output
    with engine.begin() as connection:
        assert connection.execute(GRANTS).all() == before
        connection.exec_driver_sql("ALTER TABLE area OWNER TO CURRENT_USER")


@ON_POSTGRESQL
def test_what_everyone_may_make_is_taken_from_everyone(
    runner: FlaskCliRunner, engine: sa.Engine, names: tuple[str, str]
) -> None:
    """As in a database that was made before PostgreSQL 15."""
    with engine.begin() as connection:
        connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO PUBLIC")

    result = _set_up(runner, *names)

    assert result.exit_code == 0, result.output
    with engine.connect() as connection:
        creates = sa.func.has_schema_privilege(names[0], "public", "CREATE")
        assert connection.scalar(sa.select(creates)) is False


@pytest.mark.parametrize("name", ["", "a b", "x; DROP TABLE area", '"x"', "Desk", "1a", "x" * 64])
def test_a_name_that_is_not_plain_is_refused(runner: FlaskCliRunner, name: str) -> None:
    result = _set_up(runner, name, "figures")

    assert result.exit_code == 2
    assert "use small letters" in result.output


@ON_POSTGRESQL
def test_both_roles_cannot_be_one(runner: FlaskCliRunner) -> None:
    result = _set_up(runner, "one", "one")

    assert result.exit_code == 2
    assert "two roles" in result.output


@ON_SQLITE
def test_on_sqlite_there_are_no_roles(runner: FlaskCliRunner) -> None:
    result = _set_up(runner, "desk", "figures")

    assert result.exit_code == 1
    assert "this is for PostgreSQL" in result.output


@ON_POSTGRESQL
def test_before_the_migrations_it_says_what_comes_first(
    empty_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    app = make_app(empty_database_url, tmp_path_factory.mktemp("empty"))
    result = _set_up(app.test_cli_runner(), "desk", "figures")
    dispose(app)

    assert result.exit_code == 1
    assert "run `timebank db upgrade` first" in result.output


@ON_POSTGRESQL
def test_only_the_owner_of_the_tables_can_do_it(
    app: Flask, runner: FlaskCliRunner, names: tuple[str, str]
) -> None:
    _set_up(runner, *names)
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(username=names[0])
    other = make_app(url.render_as_string(hide_password=False), ROOT / "build")

    result = _set_up(other.test_cli_runner(), *names)
    dispose(other)

    assert result.exit_code == 1
    assert "only the owner of the tables" in result.output


@ON_POSTGRESQL
def test_who_may_not_make_roles_is_told_what_to_ask_for(
    runner: FlaskCliRunner, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_MAY_MAKE_ROLES", "SELECT false")

    result = _set_up(runner, *names)

    assert result.exit_code == 1
    assert f"let an administrator say CREATE ROLE {names[0]} LOGIN" in result.output
