# SPDX-License-Identifier: EUPL-1.2
"""An installation with three roles, from nothing: the owner sets it up, the application runs it.

The owner here is no superuser, as it should be: FORCE binds it, and migrations still see all rows.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re
import shutil
import uuid
from collections.abc import Iterator

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.conftest import ROOT, Clock, answer_as_the_app_role, dispose, make_app, migrate
from tests.databases import PostgresqlTemplates
from tests.web.roads import fill_in, form_address, log_help, see, visitor
from timebank.demo.story import tell_story
from timebank.extensions import db

LEIDEN = [
    "timebanks open leiden --name Tijdbank --municipality GM0546 --contact-name Nadia"
    " --contact-phone 071 --contact-email hulp@example.org",
    "timebanks open holten --name Tijdbank --municipality GM1742 --contact-name Gerda"
    " --contact-phone 0548 --contact-email gerda@example.org",
]
DAILY = [
    "timebanks switch-on BU05460800 --timebank leiden",
    "members enrol --timebank leiden --given-name Fatima --family-name Amrani"
    " --neighbourhood BU05460800 --email fatima@example.org",
    "members enrol --timebank leiden --given-name Jan --family-name Berg"
    " --neighbourhood BU05460800 --email jan@example.org",
    "members enrol --timebank leiden --given-name Nadia --family-name Benali"
    " --neighbourhood BU05460800 --email nadia@example.org",
]
PROOFS = [
    "scheduler once forget-old",
    "scheduler once seal-ledger",
    "scheduler once check-ledger",
    "ledger check",
    "ledger seal",
    "ledger verify",
    "ledger digest",
    "ledger trial-balance",
    "ledger export --timebank leiden --format beancount",
    "members list --timebank leiden",
    "timebanks close-category groceries --timebank leiden",
    "scheduler once pack-ledger",
]


@dataclasses.dataclass(frozen=True)
class Installation:
    """The addresses of one database, by who connects."""

    superuser: str
    owner: str
    app: str
    app_role: str
    reader_role: str


@pytest.fixture
def installation(
    postgresql_templates: PostgresqlTemplates, tmp_path: pathlib.Path
) -> Iterator[Installation]:
    """An empty database that belongs to an owner who may make roles, and no more."""
    mark = uuid.uuid4().hex[:8]
    owner, app, reader = (f"{kind}_{mark}" for kind in ("owner", "desk", "figures"))
    with postgresql_templates.copy("empty", tmp_path) as url:
        address = sa.make_url(url)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE ROLE {owner} LOGIN CREATEROLE")
            connection.exec_driver_sql(f'ALTER DATABASE "{address.database}" OWNER TO {owner}')
        spelled = [
            address.set(username=name).render_as_string(hide_password=False)
            for name in (owner, app)
        ]
        yield Installation(url, spelled[0], spelled[1], app, reader)
        with engine.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{address.database}" OWNER TO CURRENT_USER')
            known = sa.text("SELECT rolname FROM pg_roles WHERE rolname = ANY (:roles)")
            made = connection.scalars(known, {"roles": [owner, app, reader]}).all()
            for role in sorted(made, key=lambda name: name == owner):
                connection.exec_driver_sql(f"DROP OWNED BY {role} CASCADE")
                connection.exec_driver_sql(f"DROP ROLE {role}")
        engine.dispose()


def _run(url: str, folder: pathlib.Path, *commands: str) -> list[str]:
    """Run commands in a process of their own each, and return what they said."""
    said = []
    for command in commands:
        app = make_app(url, folder)
        result = app.test_cli_runner().invoke(args=command.split())
        dispose(app)
        assert result.exit_code == 0, (command, result.output, result.exception)
        said.append(result.output)
    return said


def _roles(installation: Installation) -> str:
    return f"database roles --app {installation.app_role} --reader {installation.reader_role}"


@pytest.fixture
def serving(
    installation: Installation,
    tmp_path: pathlib.Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    """The application, connected as its own role, after the owner set everything up."""
    monkeypatch.setattr("tests.conftest.APP_ROLE", installation.app_role)
    migrate(installation.owner, tmp_path)
    clock.advance(days=-30)
    _run(installation.owner, tmp_path, _roles(installation), *LEIDEN)
    *_, nadia = _run(installation.app, tmp_path, *DAILY)
    grant = f"members grant {nadia.strip()} coordinator --timebank leiden"
    _run(installation.app, tmp_path, f"{grant} --neighbourhood BU05460800")
    clock.advance(days=30)
    app = make_app(installation.app, tmp_path)
    yield app
    dispose(app)


def _sign_in(app: Flask, folder: pathlib.Path, name: str) -> FlaskClient:
    """Sign in by the real road: ask for a link, let the job write the mail, open it, press."""
    browser = visitor(app)
    shutil.rmtree(folder / "mail", ignore_errors=True)
    form = {"email": f"{name}@example.org", "timebank": "leiden"}
    assert browser.post("/sign-in", data=form).status_code == 303
    (said,) = _run(app.config["SQLALCHEMY_DATABASE_URI"], folder, "mail deliver")
    assert said == "1 delivered, 0 failed\n"
    (letter,) = (folder / "mail").glob("*.eml")
    found = re.search(r"http://localhost(/sign-in/\S+)", letter.read_text())
    assert found
    see(browser, found[1])
    assert browser.post(found[1]).status_code == 303
    return browser


def _be(app: Flask, folder: pathlib.Path, name: str) -> FlaskClient:
    """Be somebody, as the demo lets anyone: a coordinator's second step is tested elsewhere."""
    (people,) = _run(
        app.config["SQLALCHEMY_DATABASE_URI"], folder, "members list --timebank leiden"
    )
    (number,) = re.findall(rf"^(\S+)  {name}", people, re.MULTILINE)
    browser = visitor(app)
    assert browser.post("/sign-in/demo", data={"person": f"leiden/{number}"}).status_code == 303
    return browser


def test_the_application_walks_its_main_road_with_its_own_rights(
    serving: Flask, installation: Installation, tmp_path: pathlib.Path, clock: Clock
) -> None:
    with serving.app_context():
        assert db.session.scalar(sa.text("SELECT current_user")) == installation.app_role
    fatima, nadia = _sign_in(serving, tmp_path, "fatima"), _be(serving, tmp_path, "Nadia")
    jan = {"other": {"other_text": "Jan Berg"}}
    exchange = log_help(fatima, **jan)
    assert "Jan" in see(nadia, "/desk").text
    assert nadia.post(f"/desk/{exchange}/approve").status_code == 303
    key = fill_in(fatima, **jan)
    assert fatima.post(form_address("gave", key, "check")).status_code == 303

    assert "Jan" in see(fatima, "/my-hours").text
    assert see(nadia, "/neighbourhoods").status == 200
    assert see(fatima, "/timebanks/holten").status == 200
    assert see(visitor(serving), "/timebanks/leiden").status == 200
    clock.advance(minutes=1)
    said = _run(serving.config["SQLALCHEMY_DATABASE_URI"], tmp_path, *PROOFS)
    assert "leiden: the books are sound" in said[3]
    assert "1 timebanks sealed" in said[1]


def test_what_is_the_owners_work_is_refused_to_the_application(
    serving: Flask, tmp_path: pathlib.Path
) -> None:
    app = make_app(serving.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    command = LEIDEN[0].replace("open leiden", "open utrecht").split()

    result = app.test_cli_runner().invoke(args=command)
    dispose(app)

    assert result.exit_code == 1
    assert "InsufficientPrivilege" in repr(result.exception)


def test_one_role_for_everything_tells_the_whole_story(
    installation: Installation, tmp_path: pathlib.Path
) -> None:
    """A small foundation: one role that owns the tables. FORCE walls it in as well."""
    migrate(installation.owner, tmp_path)
    engine = sa.create_engine(installation.owner)
    with Session(engine) as session:
        tell_story(session, now=builders.NOW)
        session.commit()
        ledger.enter_timebank(session, None)
        assert session.scalar(sa.select(sa.func.count()).select_from(ledger.Account)) == 0
        for timebank_id in (1, 2):
            ledger.enter_timebank(session, timebank_id)
            assert ledger.violations(session, timebank_id=timebank_id) == []
            assert ledger.count_transfers(session, timebank_id=timebank_id) > 100
    engine.dispose()
    app = make_app(installation.owner, tmp_path)
    _answer_as_who_connects(app)
    assert see(visitor(app), "/sign-in").status == 200
    dispose(app)


def _answer_as_who_connects(app: Flask) -> None:
    """Let requests be answered as who connects, not as the role of the other tests."""
    with app.app_context():
        sa.event.remove(db.engine, "begin", answer_as_the_app_role)


_CHANGES_ROWS = """
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "HEAD", None, None


def upgrade():
    op.execute("UPDATE person SET language = 'en'")


def downgrade():
    op.execute("UPDATE person SET language = 'nl'")
"""


def test_a_migration_changes_the_rows_of_every_timebank_and_leaves_the_walls_standing(
    serving: Flask, installation: Installation, tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(path.name[:4] for path in (folder / "versions").glob("0*.py"))
    (folder / "versions" / "9999_change_rows.py").write_text(
        _CHANGES_ROWS.replace("HEAD", newest), "utf-8"
    )
    owner, looking = (
        make_app(installation.owner, tmp_path),
        sa.create_engine(installation.superuser),
    )
    languages = sa.text("SELECT DISTINCT language FROM person")

    seen = []
    for step in ("upgrade", "downgrade"):
        with owner.app_context():
            getattr(flask_migrate, step).__wrapped__(directory=str(folder))
        with looking.connect() as connection:
            seen.append(connection.scalars(languages).all())
            assert ledger.open_tables(connection) == frozenset()
    dispose(owner)
    looking.dispose()

    assert seen == [["en"], ["nl"]]


def test_a_process_that_is_up_to_date_migrates_nothing_and_needs_no_right_to(
    serving: Flask, tmp_path: pathlib.Path
) -> None:
    migrate(serving.config["SQLALCHEMY_DATABASE_URI"], tmp_path)


def test_the_application_says_who_must_bring_the_database_up_to_date(
    serving: Flask, installation: Installation, tmp_path: pathlib.Path
) -> None:
    owner = make_app(installation.owner, tmp_path)
    with owner.app_context():
        flask_migrate.downgrade.__wrapped__(directory=str(ROOT / "migrations"))
    dispose(owner)
    app = make_app(installation.app, tmp_path, port=31_999)

    result = app.test_cli_runner().invoke(args=["serve"])
    dispose(app)

    assert result.exit_code == 1
    assert "let the owner run `timebank db upgrade`" in result.output
