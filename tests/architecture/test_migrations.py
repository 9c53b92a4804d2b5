# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import hashlib
import pathlib
import shutil
import uuid

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
    try:
        with app.app_context():
            flask_migrate.downgrade.__wrapped__(directory=MIGRATIONS, revision=revision)
    finally:
        dispose(app)


def _tables(url: str) -> set[str]:
    engine = sa.create_engine(url)
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def _comparing(connection: sa.Connection) -> MigrationContext:
    dialect = connection.dialect.name

    def stands_here(item: sa.schema.SchemaItem, *_about: object) -> bool:
        return item.info.get("only_on", dialect) == dialect

    options = {"compare_type": True, "include_object": stands_here}
    return MigrationContext.configure(connection, opts=options)


def test_there_is_one_head() -> None:
    assert len(_script().get_heads()) == 1


def test_file_names_begin_with_their_revision_and_say_why() -> None:
    for revision in _script().walk_revisions():
        path = pathlib.Path(revision.path)
        assert path.name.startswith(f"{revision.revision}_")
        assert len((revision.doc or "").split()) >= 3, path.name
        imports = [line for line in path.read_text("utf-8").splitlines() if "import" in line[:6]]
        allowed = {"import sqlalchemy as sa", "from alembic import op"}
        allowed |= {"import hashlib", "import uuid"}
        assert set(imports) <= allowed, path.name


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
        difference = compare_metadata(_comparing(connection), ledger.Base.metadata)
    engine.dispose()

    assert difference == []


def test_a_model_that_differs_from_the_migrations_is_seen(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    changed = sa.MetaData()
    for table in ledger.Base.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["person"].append_column(sa.Column("shoe_size", sa.Integer))

    with engine.connect() as connection:
        difference = compare_metadata(_comparing(connection), changed)
    engine.dispose()

    assert [change[0] for change in difference] == ["add_column"]


def test_a_failing_migration_leaves_the_database_as_it_was(
    database_url: str, tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    fails = _FAILS_HALF_WAY.replace("HEAD", _script().get_heads()[0])
    (folder / "versions" / "9999_fail_half_way.py").write_text(fails, "utf-8")
    before = _tables(database_url)
    app = make_app(database_url, tmp_path)

    with app.app_context(), pytest.raises(sa.exc.DBAPIError):
        flask_migrate.upgrade.__wrapped__(directory=str(folder))
    dispose(app)

    assert _tables(database_url) == before


_FAILS_HALF_WAY = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "HEAD", None, None


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer))
    op.execute("SELECT nonsense FROM nowhere")
"""


def test_every_key_of_a_tenant_table_leads_with_the_timebank(database_url: str) -> None:
    shared = {"area", "area_shape", "timebank"}
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


def _rows(connection: sa.Connection, table: str, names: str) -> list[str]:
    columns = [sa.column(name.strip()) for name in names.split(",")]
    return sorted(map(str, connection.execute(sa.select(*columns).select_from(sa.table(table)))))


def _books(url: str) -> dict[str, list[str]]:
    """Read what may not change: balances, entries and the journal, in columns of both schemas."""
    engine = sa.create_engine(url)
    columns = {
        "ledger_account": (
            "timebank_id, id, status, credited_minutes, debited_minutes,"
            " pending_in_minutes, pending_out_minutes, last_seq"
        ),
        "ledger_entry": (
            "timebank_id, account_id, seq, transfer_id, minutes, balance_minutes,"
            " neighbourhood_code, recorded_at"
        ),
        "ledger_transfer": (
            "timebank_id, id, kind, debit_account_id, credit_account_id, minutes, refers_to,"
            " effective_on, recorded_at, recorded_by"
        ),
    }
    with engine.connect() as connection:
        books = {table: _rows(connection, table, names) for table, names in columns.items()}
    engine.dispose()
    return books


def test_the_books_survive_going_down_to_the_schema_before_and_up_again(
    database_url: str, tmp_path: pathlib.Path
) -> None:
    engine = ledger.prepare_engine(sa.create_engine(database_url))
    with Session(engine) as session:
        for number in range(3):
            approved(session, minutes=90 + 15 * number)
            approved(session, "Jan", "Greet", minutes=15)
        session.commit()
    engine.dispose()
    before = _books(database_url)
    assert all(len(rows) >= 6 for rows in before.values())

    _downgrade(database_url, tmp_path, "0002")
    below = _books(database_url)
    migrate(database_url, tmp_path)

    assert below == before
    assert _books(database_url) == before
    engine = ledger.prepare_engine(sa.create_engine(database_url))
    with Session(engine) as session:
        timebanks = session.scalars(sa.select(ledger.Account.timebank_id).distinct()).all()
        for timebank_id in timebanks:
            assert ledger.violations(session, timebank_id=timebank_id) == []
        approved(session, minutes=30)
        session.commit()
    engine.dispose()


def test_the_fingerprints_of_the_schema_before_come_back_as_they_were(
    empty_database_url: str, tmp_path: pathlib.Path
) -> None:
    """Written by the schema before, so that a repeated key still finds its content there."""
    migrate(empty_database_url, tmp_path, "0002")
    engine = sa.create_engine(empty_database_url)
    moment = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)
    digest = hashlib.blake2b(b"post|1|2|90|None|2026-03-01", digest_size=16).digest()
    with engine.begin() as connection:
        for number in (1, 2):
            connection.execute(
                sa.text(
                    "INSERT INTO ledger_account VALUES"
                    " (7, :id, 'open', 'BU0', :c, :d, 0, 0, 1, :at)"
                ),
                {"id": number, "c": 90 * (number == 2), "d": 90 * (number == 1), "at": moment},
            )
        transfer = uuid.uuid4()
        stored = transfer if engine.dialect.name == "postgresql" else transfer.hex
        connection.execute(
            sa.text(
                "INSERT INTO ledger_transfer VALUES"
                " (7, :id, 'post', 1, 2, 90, NULL, '2026-03-01', :at, NULL, :digest)"
            ),
            {"id": stored, "at": moment, "digest": digest},
        )
        for number in (1, 2):
            minutes = 90 if number == 2 else -90
            connection.execute(
                sa.text("INSERT INTO ledger_entry VALUES (7, :a, 1, :t, :m, :m, 'BU0', :at)"),
                {"a": number, "t": stored, "m": minutes, "at": moment},
            )

    migrate(empty_database_url, tmp_path)
    _downgrade(empty_database_url, tmp_path, "0002")

    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT fingerprint FROM ledger_transfer")) == digest
    engine.dispose()


@pytest.mark.parametrize("what", ["part", "term"])
def test_there_is_no_way_down_for_what_the_schema_before_cannot_say(
    database_url: str, tmp_path: pathlib.Path, what: str
) -> None:
    engine = ledger.prepare_engine(sa.create_engine(database_url))
    now = datetime.datetime.now(datetime.UTC)
    with Session(engine) as session:
        one, other = (
            ledger.open_account(session, timebank_id=1, neighbourhood_code="BU0", now=now)
            for _ in "ab"
        )
        order = ledger.Order(1, uuid.uuid4(), one, other, 90, now.date())
        if what == "part":
            ledger.post(session, order, now=now)
            part = ledger.Resolution(1, uuid.uuid4(), order.transfer_id, minutes=30)
            ledger.reverse(session, part, now=now)
        else:
            ledger.reserve(session, dataclasses.replace(order, expires_at=now), now=now)
        session.commit()
    before = _books(database_url)

    with pytest.raises(RuntimeError, match="no way down"):
        _downgrade(database_url, tmp_path, "0002")

    assert _books(database_url) == before
    engine.dispose()
