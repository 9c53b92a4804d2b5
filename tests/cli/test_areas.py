# SPDX-License-Identifier: EUPL-1.2
"""``timebank areas import``: what a file of areas leaves in the database, and what is said."""

from __future__ import annotations

import json
import pathlib

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import SLAAGHWIJK, ZIJLWIJK, timebank_of
from timebank.areas.models import Area, AreaShape, Neighbourhood
from timebank.areas.queries import outlines_of

FILES = pathlib.Path(__file__).parents[1] / "shapes" / "files"


def bring_in(runner: FlaskCliRunner, name: str, *options: str) -> Result:
    file = FILES / f"{name}.geojson"
    return runner.invoke(args=["areas", "import", str(file), "--year", name[:4], *options])


def areas_of(session: Session, year: int) -> dict[str, str | None]:
    rows = session.execute(select(Area.code, Area.parent_code).where(Area.year == year)).all()
    # The command that comes next writes; on SQLite it would wait for this session.
    session.rollback()
    return {row.code: row.parent_code for row in rows}


def test_a_file_adds_areas_with_their_parents_and_outlines(
    runner: FlaskCliRunner, session: Session
) -> None:
    told = bring_in(runner, "2024-buurten-small-letters-rd")

    assert told.exit_code == 0, told.output
    assert "2 areas of 2024 added, 0 renamed, 0 as they were; 2 outlines new" in told.output
    assert areas_of(session, 2024) == {"BU05460800": "WK054608", "BU05460801": "WK054608"}
    assert session.scalar(select(func.count()).select_from(AreaShape)) == 2


def test_the_same_file_again_changes_nothing(runner: FlaskCliRunner, session: Session) -> None:
    bring_in(runner, "2024-buurten-small-letters-rd")

    told = bring_in(runner, "2024-buurten-small-letters-rd")

    assert "0 areas of 2024 added, 0 renamed, 2 as they were; 0 outlines new" in told.output
    assert session.scalar(select(func.count()).select_from(AreaShape)) == 2


def test_a_try_saves_nothing(runner: FlaskCliRunner, session: Session) -> None:
    told = bring_in(runner, "2024-buurten-small-letters-rd", "--dry-run")

    assert "2 areas of 2024 added" in told.output
    assert "Nothing is saved" in told.output
    assert areas_of(session, 2024) == {}


def test_only_the_municipalities_that_are_named_or_have_a_timebank_are_taken(
    runner: FlaskCliRunner, session: Session
) -> None:
    bring_in(runner, "2022-gemeenten-without-letters-degrees")
    before = areas_of(session, 2022)

    bring_in(runner, "2022-gemeenten-without-letters-degrees", "--municipality", "GM0547")

    assert before == {"GM0546": None}
    assert areas_of(session, 2022) == {"GM0546": None, "GM0547": None}


def test_what_is_not_in_the_new_year_is_told_and_neighbourhoods_keep_theirs(
    runner: FlaskCliRunner, session: Session
) -> None:
    told = bring_in(runner, "2025-buurten-joined-and-crossing-rd")

    assert "BU05460800 Slaaghwijk is not in 2025: joined, divided or numbered anew" in told.output
    assert "WK054608" not in told.output
    assert "BU0546080A Zwaluwbuurt: its outline was mended (self-intersection)." in told.output
    place = session.get(Neighbourhood, (timebank_of(session).id, SLAAGHWIJK))
    assert place is not None
    assert place.year == 2021


def test_a_new_name_and_a_new_outline_replace_the_old_ones(
    runner: FlaskCliRunner, session: Session, tmp_path: pathlib.Path
) -> None:
    bring_in(runner, "2024-buurten-small-letters-rd")
    text = (FILES / "2024-buurten-small-letters-rd.geojson").read_text("utf-8")
    file = tmp_path / "again.geojson"
    file.write_text(text.replace('"Slaaghwijk"', '"Slaagh"').replace("466500", "466700"), "utf-8")

    told = runner.invoke(args=["areas", "import", str(file), "--year", "2024"])

    assert "0 areas of 2024 added, 1 renamed, 1 as they were; 2 outlines new" in told.output
    name = session.scalar(select(Area.name).where(Area.year == 2024, Area.code == SLAAGHWIJK))
    assert name == "Slaagh"


def test_a_file_that_breaks_off_leaves_nothing(
    runner: FlaskCliRunner, session: Session, tmp_path: pathlib.Path
) -> None:
    text = (FILES / "2024-buurten-small-letters-rd.geojson").read_text("utf-8")
    file = tmp_path / "half.geojson"
    file.write_text(text[:-20], "utf-8")

    told = runner.invoke(args=["areas", "import", str(file), "--year", "2024"])

    assert told.exit_code == 1
    assert told.output.startswith("Error: Nothing is imported: the file cannot be read after ")
    assert "Traceback" not in told.output
    assert areas_of(session, 2024) == {}


@pytest.mark.parametrize("year", ["2021", "2025"])
def test_a_neighbourhood_is_drawn_as_it_lay_in_its_own_year(
    runner: FlaskCliRunner, session: Session, tmp_path: pathlib.Path, year: str
) -> None:
    file = tmp_path / "buurten.geojson"
    text = (FILES / "2024-buurten-small-letters-rd.geojson").read_text("utf-8")
    file.write_text(text, "utf-8")
    runner.invoke(args=["areas", "import", str(file), "--year", year])

    outlines = outlines_of(session, timebank_id=timebank_of(session).id)

    assert sorted(outlines) == ([SLAAGHWIJK, ZIJLWIJK] if year == "2021" else [])
    assert all(json.loads(outline) for outline in outlines.values())
