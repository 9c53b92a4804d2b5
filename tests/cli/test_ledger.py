# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

import ledger
from tests.builders import approved, member_of, timebank_of
from tests.ledger.tampering import change_account, drop_guard, tamper


def test_sound_books_are_said_to_be_sound_for_every_timebank(
    runner: FlaskCliRunner, session: Session
) -> None:
    approved(session)
    session.commit()

    result = runner.invoke(args=["ledger", "check"])

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "holten: the books are sound",
        "leiden: the books are sound",
    ]


def test_every_violation_is_printed_and_the_exit_code_is_1(
    runner: FlaskCliRunner, session: Session
) -> None:
    approved(session)
    account_id = member_of(session, "Fatima").account_id
    assert account_id is not None
    credited = ledger.Account.credited_minutes + 15
    tamper(session, change_account(account_id, credited_minutes=credited))
    expected = ledger.violations(session, timebank_id=timebank_of(session).id)
    session.rollback()

    result = runner.invoke(args=["ledger", "check"])

    assert result.exit_code == 1
    assert len(expected) == 2
    assert result.stdout.splitlines() == [
        "holten: the books are sound",
        *[f"leiden: {violation}" for violation in expected],
    ]
    assert result.stderr == "2 violations found\n"


def test_a_guard_that_is_gone_is_found_even_while_the_figures_are_right(
    runner: FlaskCliRunner, session: Session
) -> None:
    approved(session)
    session.commit()
    drop_guard(session, "ledger_entry_no_update")

    result = runner.invoke(args=["ledger", "check"])

    assert result.exit_code == 1
    assert "leiden: guards of the journal: ledger_entry_no_update" in result.output


def test_the_trial_balance_shows_both_sides_of_each_timebank(
    runner: FlaskCliRunner, session: Session
) -> None:
    approved(session, minutes=90)
    approved(session, "Jan", "Greet", minutes=45)
    session.commit()

    result = runner.invoke(args=["ledger", "trial-balance"])

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "BU17420300: 2 accounts, 0 minutes credited, 0 debited, balance 0",
        "holten: 2 accounts, 0 minutes credited, 0 debited, balance 0",
        "BU05460800: 4 accounts, 135 minutes credited, 90 debited, balance 45",
        "BU05460801: 2 accounts, 0 minutes credited, 45 debited, balance -45",
        "leiden: 6 accounts, 135 minutes credited, 135 debited, balance 0",
    ]
