# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.builders import SLAAGHWIJK, TODAY, ZIJLWIJK, actor_of, member_of
from timebank.members.policy import Grant, Role

ENROL = ["members", "enrol", "--timebank", "leiden", "--given-name", "Sami"]
SAMI = [*ENROL, "--family-name", "Haddad"]


def grant(runner: FlaskCliRunner, member_id: uuid.UUID, role: str, *more: str) -> tuple[int, str]:
    arguments = ["members", "grant", str(member_id), role, "--timebank", "leiden", *more]
    result = runner.invoke(args=arguments)
    return result.exit_code, result.output


def jan_of(session: Session) -> uuid.UUID:
    member_id = member_of(session, "Jan").id
    session.rollback()
    return member_id


def test_a_resident_is_enrolled_and_the_number_printed(
    runner: FlaskCliRunner, session: Session
) -> None:
    result = runner.invoke(
        args=[*SAMI, "--neighbourhood", SLAAGHWIJK, "--email", "sami@example.org"]
    )

    assert result.exit_code == 0
    member = member_of(session, "Sami")
    assert result.output == f"{member.id}\n"
    assert (member.neighbourhood_code, member.joined_on) == (SLAAGHWIJK, TODAY)


def test_somebody_who_takes_no_part_in_exchanges_is_enrolled_without_a_neighbourhood(
    runner: FlaskCliRunner, session: Session
) -> None:
    assert runner.invoke(args=SAMI).exit_code == 0

    assert member_of(session, "Sami").account_id is None


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--neighbourhood", "nowhere"], "the timebank has no neighbourhood 'nowhere'"),
        (["--email", "jan@example.org"], "another member has this e-mail address"),
    ],
)
def test_an_enrolment_that_cannot_be_is_refused_in_one_sentence(
    runner: FlaskCliRunner, more: list[str], why: str
) -> None:
    result = runner.invoke(args=[*SAMI, *more])

    assert (result.exit_code, result.output) == (1, f"Error: {why}\n")


def test_a_missing_name_is_a_mistake_in_the_command(runner: FlaskCliRunner) -> None:
    assert runner.invoke(args=ENROL).exit_code == 2


def test_a_coordinator_is_appointed_for_a_neighbourhood_until_a_day(
    runner: FlaskCliRunner, session: Session
) -> None:
    jan = jan_of(session)

    code, output = grant(
        runner, jan, "coordinator", "--neighbourhood", ZIJLWIJK, "--until", "2026-03-10"
    )

    assert (code, output) == (0, f"{jan} is coordinator now\n")
    assert Grant(Role.COORDINATOR, ZIJLWIJK) in actor_of(session, "Jan").grants
    tomorrow = actor_of(session, "Jan", today=TODAY.replace(day=11))
    assert Grant(Role.COORDINATOR, ZIJLWIJK) not in tomorrow.grants


def test_a_role_without_an_end_stays(runner: FlaskCliRunner, session: Session) -> None:
    assert grant(runner, jan_of(session), "administrator")[0] == 0

    later = actor_of(session, "Jan", today=TODAY.replace(year=2036))
    assert Grant(Role.ADMINISTRATOR, None) in later.grants


@pytest.mark.parametrize(
    ("role", "more"),
    [("coordinator", []), ("administrator", ["--neighbourhood", SLAAGHWIJK]), ("client", [])],
)
def test_a_role_that_cannot_be_is_a_mistake_in_the_command(
    runner: FlaskCliRunner, session: Session, role: str, more: list[str]
) -> None:
    assert grant(runner, jan_of(session), role, *more)[0] == 2


def test_a_role_for_nobody_is_refused_in_one_sentence(runner: FlaskCliRunner) -> None:
    code, output = grant(runner, uuid.uuid4(), "administrator")

    assert (code, output) == (1, "Error: the timebank has no such member\n")


def test_a_role_in_a_neighbourhood_that_is_off_is_refused_in_one_sentence(
    runner: FlaskCliRunner, session: Session
) -> None:
    code, output = grant(runner, jan_of(session), "coordinator", "--neighbourhood", "BU05460803")

    assert (code, output) == (1, "Error: the timebank has no neighbourhood 'BU05460803'\n")


def test_a_role_that_ended_before_it_starts_is_refused_in_one_sentence(
    runner: FlaskCliRunner, session: Session
) -> None:
    result = runner.invoke(
        args=[
            *("members", "grant", str(jan_of(session)), "administrator"),
            *("--timebank", "leiden", "--until", "2026-03-09"),
        ],
        catch_exceptions=False,
    )

    assert result.exit_code in {1, 2}


def test_the_members_are_listed_with_their_numbers_by_name(
    runner: FlaskCliRunner, session: Session
) -> None:
    henk = member_of(session, "Henk").id
    session.rollback()

    result = runner.invoke(args=["members", "list", "--timebank", "holten"])

    assert result.exit_code == 0
    assert [line.split("  ")[1] for line in result.output.splitlines()] == [
        "Gerda ter Steege",
        "Henk Wansink",
    ]
    assert f"{henk}  Henk Wansink  BU17420300" in result.output


def test_who_takes_no_part_in_exchanges_is_listed_without_a_neighbourhood(
    runner: FlaskCliRunner,
) -> None:
    result = runner.invoke(args=["members", "list", "--timebank", "leiden"])

    assert "Annelies Vermeulen  -" in result.output
