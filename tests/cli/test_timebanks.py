# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.builders import TODAY, timebank_of
from timebank.areas.queries import all_timebanks, neighbourhoods_of
from timebank.categories.queries import all_categories
from timebank.publication.thresholds import Thresholds
from timebank.showing.facts import thresholds_at


def open_one(runner: FlaskCliRunner, slug: str, municipality: str = "GM0546") -> Result:
    return runner.invoke(
        args=[
            *("timebanks", "open", slug, "--name", "Tijdbank Noord"),
            *("--municipality", municipality, "--contact-name", "Els"),
            *("--contact-phone", "071 555 01 00", "--contact-email", "noord@example.org"),
        ]
    )


def codes_of(session: Session) -> list[str]:
    bank = timebank_of(session)
    return [row.code for row in neighbourhoods_of(session, timebank_id=bank.id)]


def test_a_timebank_opens_with_every_kind_of_help(runner: FlaskCliRunner, session: Session) -> None:
    result = open_one(runner, "noord")

    assert result.exit_code == 0
    assert result.output.startswith("noord is open, with 47 kinds of help.")
    assert timebank_of(session, "noord").opened_on == TODAY
    assert len(all_categories(session, timebank_id=timebank_of(session, "noord").id)) == 47


@pytest.mark.parametrize(
    ("slug", "municipality", "why"),
    [
        ("leiden", "GM0546", "a timebank called 'leiden' exists"),
        ("noord", "GM9999", "no area has the code 'GM9999'"),
        (
            "Noord en zuid",
            "GM0546",
            "'Noord en zuid' is no short name: small letters, digits and hyphens, 1 to 40",
        ),
    ],
)
def test_a_timebank_that_cannot_be_is_refused_in_one_sentence(
    runner: FlaskCliRunner, session: Session, slug: str, municipality: str, why: str
) -> None:
    result = open_one(runner, slug, municipality)

    assert (result.exit_code, result.output) == (1, f"Error: {why}\n")
    assert [bank.slug for bank in all_timebanks(session)] == ["holten", "leiden"]


def test_areas_are_switched_on_and_named(runner: FlaskCliRunner, session: Session) -> None:
    result = runner.invoke(
        args=["timebanks", "switch-on", "BU05460803", "BU05460805", "--timebank", "leiden"]
    )

    assert result.exit_code == 0
    assert "BU05460803 Merenwijk-Centrum takes part in leiden" in result.output
    assert {"BU05460803", "BU05460805"} <= set(codes_of(session))


def test_with_one_unknown_code_nothing_is_switched_on(
    runner: FlaskCliRunner, session: Session
) -> None:
    result = runner.invoke(
        args=["timebanks", "switch-on", "BU05460803", "nowhere", "--timebank", "leiden"]
    )

    assert result.exit_code == 1
    assert "Error: no area has the code 'nowhere'" in result.output
    assert "BU05460803" not in codes_of(session)


def test_with_one_unknown_code_no_area_is_said_to_take_part(runner: FlaskCliRunner) -> None:
    result = runner.invoke(
        args=["timebanks", "switch-on", "BU05460803", "nowhere", "--timebank", "leiden"]
    )

    assert "takes part" not in result.output


def test_a_kind_of_help_is_closed(runner: FlaskCliRunner, session: Session) -> None:
    result = runner.invoke(args=["timebanks", "close-category", "coffee", "--timebank", "leiden"])

    assert (result.exit_code, result.output) == (0, "coffee is closed in leiden\n")
    categories = all_categories(session, timebank_id=timebank_of(session).id)
    assert not categories["coffee"].is_open


def test_an_unknown_kind_of_help_is_refused_in_one_sentence(runner: FlaskCliRunner) -> None:
    result = runner.invoke(
        args=["timebanks", "close-category", "astrology", "--timebank", "leiden"]
    )

    assert (result.exit_code, result.output) == (
        1,
        "Error: no kind of help has the code 'astrology'\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["timebanks", "close-category", "coffee"],
        ["timebanks", "switch-on", "BU05460803"],
        ["members", "list"],
    ],
)
def test_an_unknown_timebank_is_refused_in_one_sentence(
    runner: FlaskCliRunner, arguments: list[str]
) -> None:
    result = runner.invoke(args=[*arguments, "--timebank", "utrecht"])

    assert (result.exit_code, result.output) == (1, "Error: no timebank is called 'utrecht'\n")


def test_a_timebank_takes_applications_until_it_stops(
    runner: FlaskCliRunner, session: Session
) -> None:
    def taken() -> bool:
        takes = timebank_of(session).takes_applications
        session.rollback()  # On SQLite whoever reads here would keep the command from writing.
        return takes

    before = taken()
    runner.invoke(args=["timebanks", "take-applications", "--timebank", "leiden"])
    during = taken()
    runner.invoke(args=["timebanks", "stop-applications", "--timebank", "leiden"])

    assert (before, during, taken()) == (False, True, False)


def test_a_timebank_becomes_stricter_and_never_looser(
    runner: FlaskCliRunner, session: Session
) -> None:
    told = runner.invoke(
        args=["timebanks", "stricter", "--timebank", "leiden", "--least-active", "15"]
    )
    refused = runner.invoke(
        args=["timebanks", "stricter", "--timebank", "leiden", "--least-active", "9"]
    )

    assert told.exit_code == 0, told.output
    assert "needs 15 people or more" in told.output
    assert refused.exit_code == 1
    assert "least_active lies between 10 and 100" in refused.output
    assert thresholds_at(session, timebank_of(session).id, [TODAY])[0] == Thresholds(
        least_active=15
    )
