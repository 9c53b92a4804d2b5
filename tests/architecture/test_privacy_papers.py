# SPDX-License-Identifier: EUPL-1.2
"""What we say about data is what the program does: every table is named, every term is kept."""

from __future__ import annotations

import datetime
import re

import sqlalchemy as sa

import timebank.app  # noqa: F401 - maps every table there is
from config import settings_for
from ledger import Base
from tests.conftest import ROOT
from timebank.access.policy import CODE_LIFETIME, REQUEST_LIFETIME
from timebank.audit.models import KEPT_AT_LEAST_DAYS
from timebank.drafts.operations import DRAFT_LIFETIME
from timebank.jobs.schedule import LINK_KEPT
from timebank.rates import operations as rates
from timebank.web import language

DPIA = (ROOT / "docs" / "privacy" / "dpia.md").read_text("utf-8")
REGISTER = (ROOT / "docs" / "privacy" / "processing-register.md").read_text("utf-8")
BY_THE_ORGANISATION = "in te vullen door de organisatie"


def tables_not_named(metadata: sa.MetaData) -> set[str]:
    """Return the tables about which the assessment says nothing."""
    lines = [line for line in DPIA.splitlines() if line.startswith("| `")]
    named = {name for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    return set(metadata.tables) - named


def test_the_assessment_says_of_every_table_what_stands_in_it() -> None:
    assert tables_not_named(Base.metadata) == set()


def test_a_table_that_comes_is_noticed() -> None:
    metadata = sa.MetaData()
    sa.Table("diary", metadata, sa.Column("words", sa.Text))

    assert tables_not_named(metadata) == {"diary"}


def test_the_terms_that_the_papers_and_the_page_name_are_those_of_the_program() -> None:
    """Who changes a term changes docs/privacy and the page on privacy with it."""
    day = datetime.timedelta(days=1)

    assert {
        "draft": 30 * day,
        "link": datetime.timedelta(minutes=10),
        "used link": day,
        "printed code": 30 * day,
        "counted try": day,
    } == {
        "draft": DRAFT_LIFETIME,
        "link": REQUEST_LIFETIME,
        "used link": LINK_KEPT,
        "printed code": CODE_LIFETIME,
        "counted try": rates.KEPT,
    }
    assert KEPT_AT_LEAST_DAYS == 365
    assert settings_for("testing").session_days == 30
    assert language._A_YEAR_IN_SECONDS == 365 * 24 * 60 * 60


def test_the_assessment_follows_the_model_and_leaves_open_what_only_the_organisation_knows() -> (
    None
):
    points = [int(number) for number in re.findall(r"^### (\d+)\. ", DPIA, re.MULTILINE)]

    assert points == list(range(1, 16))
    assert all(f"## {letter}. " in DPIA for letter in "ABCD")
    assert DPIA.count(BY_THE_ORGANISATION) > 5
    assert REGISTER.count(BY_THE_ORGANISATION) > 5


def test_every_risk_names_measures_that_are_there() -> None:
    risks = re.findall(r"^\| \d+ \| .* \| \d × \d = \d \| (.+) \| \d × \d = \d \|$", DPIA, re.M)
    measures = set(re.findall(r"^\| (M\d+) \|", DPIA, re.MULTILINE))

    assert len(risks) == 13
    assert all(re.findall(r"M\d+", named) for named in risks)
    assert {name for named in risks for name in re.findall(r"M\d+", named)} <= measures


def test_every_chance_times_effect_is_reckoned_right() -> None:
    sums = [tuple(map(int, found)) for found in re.findall(r"(\d) × (\d) = (\d)", DPIA)]

    assert sums
    assert [found for found in sums if found[0] * found[1] != found[2]] == []


def test_every_line_of_the_register_fills_every_column() -> None:
    rows = [line for line in REGISTER.splitlines() if re.match(r"\| (#|\d+) \|", line)]

    assert len(rows) == 15
    assert {row.count("|") for row in rows} == {9}
    assert not any("| |" in row for row in rows)
