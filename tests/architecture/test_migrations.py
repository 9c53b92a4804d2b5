# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pathlib
import shutil

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

import ledger
from tests.builders import approved, found_town
from tests.conftest import ROOT, dispose, make_app, migrate

MIGRATIONS = str(ROOT / "migrations")


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    return ScriptDirectory.from_config(config)


def _downgrade(url: str, folder: pathlib.Path, revision: str) -> None:
    app = make_app(url, folder)
    with app.app_context():
        flask_migrate.downgrade(directory=MIGRATIONS, revision=revision)
    dispose(app)


def _tables(url: str) -> set[str]:
    engine = sa.create_engine(url)
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def test_there_is_one_head() -> None:
    assert len(_script().get_heads()) == 1


def test_file_names_begin_with_their_revision_and_say_why() -> None:
    for revision in _script().walk_revisions():
        path = pathlib.Path(revision.path)
        assert path.name.startswith(f"{revision.revision}_")
        assert len((revision.doc or "").split()) >= 3, path.name
        imports = [line for line in path.read_text("utf-8").splitlines() if "import" in line[:6]]
        assert set(imports) <= {"import sqlalchemy as sa", "from alembic import op"}, path.name


def test_every_migration_goes_up_down_and_up_again(
    empty_database_url: str, tmp_path: pathlib.Path
) -> None:
    revisions = [script.revision for script in reversed(list(_script().walk_revisions()))]

    for revision in revisions:
        before = _tables(empty_database_url)
        migrate(empty_database_url, tmp_path, revision)
        after = _tables(empty_database_url)
        _downgrade(empty_database_url, tmp_path, "-1")
        assert _tables(empty_database_url) == before
        migrate(empty_database_url, tmp_path, revision)
        assert _tables(empty_database_url) == after

    assert _tables(empty_database_url) == set(ledger.Base.metadata.tables)


def test_the_models_equal_the_migrations(database_url: str) -> None:
    engine = sa.create_engine(database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, ledger.Base.metadata)
    engine.dispose()

    assert difference == []


def test_a_model_that_differs_from_the_migrations_is_seen(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    changed = sa.MetaData()
    for table in ledger.Base.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["person"].append_column(sa.Column("shoe_size", sa.Integer))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, changed)
    engine.dispose()

    assert [change[0] for change in difference] == ["add_column"]


def test_a_failing_migration_leaves_the_database_as_it_was(
    database_url: str, tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_fail_half_way.py").write_text(_FAILS_HALF_WAY, "utf-8")
    before = _tables(database_url)
    app = make_app(database_url, tmp_path)

    with app.app_context(), pytest.raises(sa.exc.DBAPIError):
        flask_migrate.upgrade.__wrapped__(directory=str(folder))
    dispose(app)

    assert _tables(database_url) == before


_FAILS_HALF_WAY = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "0002", None, None


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer))
    op.execute("SELECT nonsense FROM nowhere")
"""


def test_every_key_of_a_tenant_table_leads_with_the_timebank(database_url: str) -> None:
    shared = {"area", "timebank"}
    engine = sa.create_engine(database_url)
    inspector = sa.inspect(engine)

    for name in set(inspector.get_table_names()) - shared - {"alembic_version"}:
        assert inspector.get_pk_constraint(name)["constrained_columns"][0] == "timebank_id", name
        for key in inspector.get_unique_constraints(name):
            assert key["column_names"][0] == "timebank_id", (name, key)
        for key in inspector.get_foreign_keys(name):
            assert key["constrained_columns"][0] == "timebank_id", (name, key)
    engine.dispose()


def test_the_guards_stand_after_all_migrations(
    empty_database_url: str, tmp_path: pathlib.Path
) -> None:
    migrate(empty_database_url, tmp_path)
    engine = ledger.prepare_engine(sa.create_engine(empty_database_url))

    with Session(engine) as session:
        found_town(session)
        approved(session)
        session.commit()
        missing = ledger.missing_guards(session.connection())
    engine.dispose()

    assert missing == frozenset()
