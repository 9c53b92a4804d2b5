# SPDX-License-Identifier: EUPL-1.2
"""The register of personal data names every column, and all that handles them follows it."""

from __future__ import annotations

import inspect
import re

import pytest
import sqlalchemy as sa

import ledger
from tests.conftest import ROOT
from timebank.access.policy import REQUEST_LIFETIME
from timebank.app import create_app  # brings every model along
from timebank.audit.models import KEPT_AT_LEAST_DAYS
from timebank.corrections import errors as correction_errors
from timebank.drafts.operations import DRAFT_LIFETIME
from timebank.jobs.schedule import LINK_KEPT
from timebank.members.policy import Role
from timebank.notes import errors as note_errors
from timebank.own_data.queries import SECTIONS
from timebank.personal.policy import (
    LATEST_EVENT,
    NOT_ABOUT_PEOPLE,
    REGISTER,
    OnErasure,
    sections,
)
from timebank.web import data_words, words

TABLES = ledger.Base.metadata.tables
RETENTION = ROOT / "docs" / "privacy" / "retention.md"


def unregistered(tables: dict[str, sa.Table]) -> list[str]:
    """Return the columns that nobody classified, and the names that stand for nothing."""
    named = {
        f"{kept.table}.{column}" for kept in REGISTER for column in (*kept.personal, *kept.plain)
    }
    there = {
        f"{name}.{column.name}"
        for name, table in tables.items()
        if name not in NOT_ABOUT_PEOPLE
        for column in table.columns
    }
    return sorted(named ^ there)


def test_every_column_of_every_table_is_classified() -> None:
    assert callable(create_app)
    assert unregistered(dict(TABLES)) == []
    assert set(NOT_ABOUT_PEOPLE) | {kept.table for kept in REGISTER} == set(TABLES)


def test_a_new_personal_column_without_a_rule_is_seen() -> None:
    changed = sa.MetaData()
    for table in TABLES.values():
        table.to_metadata(changed)
    changed.tables["person"].append_column(sa.Column("nickname", sa.String(20)))
    sa.Table("hobby", changed, sa.Column("words", sa.Text))

    assert unregistered(dict(changed.tables)) == ["hobby.words", "person.nickname"]


def test_no_column_is_classified_twice() -> None:
    assert len({kept.table for kept in REGISTER}) == len(REGISTER)
    for kept in REGISTER:
        assert not set(kept.personal) & set(kept.plain), kept.table
        assert kept.personal, kept.table


def test_every_rule_says_from_when_it_counts_and_why() -> None:
    for kept in REGISTER:
        assert (kept.days is None) == (kept.since is None), kept.table
        assert kept.since in (None, LATEST_EVENT, *kept.personal, *kept.plain), kept.table
        assert kept.only_without in (None, *kept.personal), kept.table
        assert kept.why.endswith("."), kept.table
        if kept.on_erasure is OnErasure.DELETED:
            assert kept.whose, kept.table


def test_every_table_about_people_has_a_section_of_ones_own_data() -> None:
    assert set(sections()) == set(SECTIONS) == set(data_words.SECTIONS)


def test_terms_that_other_rooms_name_are_the_same() -> None:
    days = {kept.table: kept.days for kept in REGISTER}

    assert days["exchange_draft"] == days["talent"] == DRAFT_LIFETIME.days
    assert days["sign_in_request"] == LINK_KEPT.days
    assert (days["audit_event"] or 0) > KEPT_AT_LEAST_DAYS
    assert REQUEST_LIFETIME.days == 0


def test_the_document_about_retention_equals_the_register() -> None:
    table = "\n".join(
        f"| `{kept.table}` | {', '.join(kept.personal)} |"
        f" {kept.term} |"
        f" {kept.on_erasure} | {kept.why} |"
        for kept in REGISTER
    )

    assert table in RETENTION.read_text("utf-8")


def test_every_deed_that_is_written_down_has_words() -> None:
    sources = [
        path
        for path in (ROOT / "timebank").rglob("*.py")
        if "write_down" in (text := path.read_text("utf-8")) and text
    ]
    written = {
        action
        for path in sources
        for action in re.findall(r'"([a-z_]+:[a-z_]+)"', path.read_text("utf-8"))
    }

    assert written
    assert written == set(data_words.DEEDS)


@pytest.mark.parametrize("module", [correction_errors, note_errors])
def test_every_refusal_at_a_field_has_words(module: object) -> None:
    explained = set(
        re.findall(r"case \w+\.(\w+)\(\)", inspect.getsource(data_words.explain_refusal))
    )
    refusals = {
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__mro__[1].__name__ in ("CorrectionError", "NoteError")
    }

    assert refusals
    for kind in refusals:
        assert kind.__name__ in explained or str(data_words._REFUSALS[kind])


def test_every_role_on_the_page_has_words() -> None:
    assert set(words.ROLES) == set(Role)
