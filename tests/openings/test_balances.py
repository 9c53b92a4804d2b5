# SPDX-License-Identifier: EUPL-1.2
"""Hours from before: proven to sum to zero, booked in one batch, once for each member."""

from __future__ import annotations

import pathlib
import re

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.builders import NOW, TODAY, actor_of, member_of, timebank_of
from timebank.figures.queries import quarter_figures
from timebank.imports.policy import Outcome
from timebank.members.errors import NotPermitted
from timebank.members.policy import organisation
from timebank.openings.errors import NotZero
from timebank.openings.operations import OpenBalances, open_balances
from timebank.sheets.bounds import UnreadableFile
from timebank.statements.policy import quarter_of

GOOD = "person;minutes\nfatima@example.org;90\nJan van den Berg;-30\npot;-60\n"


def opened(session: Session, text: str = GOOD, *, name: str = "Bart") -> list[str]:
    command = OpenBalances(text.encode(), "Pot", TODAY)
    return [
        str(one) for one in open_balances(session, command, by=actor_of(session, name), now=NOW)
    ]


def balance(session: Session, name: str) -> int:
    """Return what somebody has, and let go of the database for the command."""
    member = member_of(session, name)
    assert member.account_id is not None
    here = {"timebank_id": member.timebank_id, "account_id": member.account_id}
    minutes = ledger.balance_of(session, **here).posted_minutes
    session.rollback()
    return minutes


def test_members_begin_with_what_they_had_and_no_neighbourhood_did(session: Session) -> None:
    assert opened(session) == ["line 2: added", "line 3: added", "line 4: known"]
    session.commit()

    assert (balance(session, "Fatima"), balance(session, "Jan")) == (90, -30)
    bank = timebank_of(session)
    assert ledger.trial_balance(session, timebank_id=bank.id).balance_minutes == 0
    assert ledger.violations(session, timebank_id=bank.id) == []
    figures = quarter_figures(session, by=actor_of(session, "Bart"), quarter=quarter_of(TODAY)).rows
    assert {(one.given_minutes, one.received_minutes) for one in figures} == {(0, 0)}

    builders.approved(session)
    figures = quarter_figures(session, by=actor_of(session, "Bart"), quarter=quarter_of(TODAY)).rows
    assert sum(one.given_minutes for one in figures) == 90


def test_read_again_nothing_is_added_and_other_minutes_are_refused(session: Session) -> None:
    opened(session)
    session.commit()

    assert opened(session) == ["line 2: known", "line 3: known", "line 4: known"]
    changed = GOOD.replace("90", "120").replace("-60", "-90")
    assert opened(session, changed)[0] == (
        "line 2: bad: minutes: this person came in with 90 minutes before"
    )
    assert balance(session, "Fatima") == 90


def test_what_does_not_sum_to_zero_is_refused_with_the_difference(session: Session) -> None:
    with pytest.raises(NotZero, match=r"sum to zero but to \+15:"):
        opened(session, GOOD.replace("90", "105"))
    with pytest.raises(NotZero, match=r"but to \+60:"):
        opened(session, GOOD.replace("pot;-60\n", ""))

    assert session.scalar(sa.select(sa.func.count()).select_from(ledger.Transfer)) == 0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Jan van den Berg", "Wie Weet", "person: nobody here is called 'Wie Weet'"),
        ("Jan van den Berg", "fatima@example.org", "person: this person stands on an earlier"),
        ("-30", "-0:30", "minutes: '-0:30' is no number of minutes"),
        ("-30", "", "minutes: this is empty"),
        ("-30", "-120001", "minutes: more than 120000 minutes (2000 hours) for one person"),
        ("-30", "999999999", "minutes: more than 120000 minutes"),
    ],
)
def test_one_bad_line_holds_up_all(session: Session, old: str, new: str, why: str) -> None:
    text = GOOD.replace(old, new)
    minutes = sum(int(one) for one in re.findall(r";(-?\d{3,})$", text, re.MULTILINE))
    verdicts = opened(
        session, text.replace("pot;-60", f"pot;{-90 - minutes}" if minutes else "pot;-60")
    )

    assert verdicts[1].startswith(f"line 3: bad: {why}")
    assert str(Outcome.ADDED) not in "".join(verdicts)
    assert session.scalar(sa.select(sa.func.count()).select_from(ledger.Transfer)) == 0


def test_hours_are_read_too_and_a_file_without_columns_is_refused(session: Session) -> None:
    text = "Deelnemer;Uren\nfatima@example.org;1,5\nPOT;-1,5\n"

    assert opened(session, text) == ["line 2: added", "line 3: known"]
    much = "Deelnemer;Uren\njan@example.org;2000,25\nPOT;-2000,25\n"
    assert opened(session, much)[0].startswith("line 2: bad: hours: more than 120000 minutes")
    assert opened(session, much.replace(",25", ""))[0] == "line 2: added"
    with pytest.raises(UnreadableFile, match="person, minutes or hours"):
        opened(session, "a;b\n1;2\n")


def test_only_an_administrator_opens_balances(session: Session) -> None:
    with pytest.raises(NotPermitted):
        opened(session, name="Nadia")


def run(runner: FlaskCliRunner, path: pathlib.Path, *options: str) -> Result:
    args = ["import", "balances", str(path), "--timebank", "leiden", "--community", "pot"]
    return runner.invoke(args=[*args, *options])


def test_the_command_says_what_it_did_and_a_dry_run_saves_nothing(
    runner: FlaskCliRunner, session: Session, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "balances.csv"
    path.write_text(GOOD, "utf-8")

    dry = run(runner, path, "--dry-run")
    assert dry.output.splitlines()[-1].endswith(
        "2 to add, 1 were there already, 0 bad; nothing was saved"
    )
    assert balance(session, "Fatima") == 0

    assert run(runner, path).output.splitlines()[-1] == "2 added, 1 were there already, 0 bad"
    assert balance(session, "Fatima") == 90

    path.write_text(GOOD.replace("90", "105"), "utf-8")
    refused = run(runner, path)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: the minutes do not sum to zero but to +15")


def test_what_was_exported_can_be_read_in_elsewhere(
    runner: FlaskCliRunner, session: Session, tmp_path: pathlib.Path
) -> None:
    opened(session)
    session.commit()
    path = tmp_path / "out.xlsx"
    args = ["export", "balances", "--timebank", "leiden", "--format", "xlsx"]
    assert runner.invoke(args=[*args, "--output", str(path)]).exit_code == 0

    command = OpenBalances(path.read_bytes(), "community", TODAY)
    by = organisation(timebank_of(session).id)
    verdicts = open_balances(session, command, by=by, now=NOW)

    assert {verdict.outcome for verdict in verdicts} == {Outcome.KNOWN}
