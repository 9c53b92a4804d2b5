# SPDX-License-Identifier: EUPL-1.2
"""Tables to take along: what the actor may see, harmless, and read again by the import."""

from __future__ import annotations

import csv
import io
import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests import builders
from tests.amendments.test_amending import LATER, correct, right
from tests.builders import NOW, actor_of, timebank_of
from tests.disputes.test_disputing import balance_of, say
from tests.imports.bringing import bring
from timebank.approvals.operations import Rejection, reject_exchange, return_exchange
from timebank.audit.models import AuditEvent
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.workflow import ExchangeState, RejectionReason
from timebank.exports.operations import note_export
from timebank.exports.queries import balance_table, exchange_table
from timebank.imports.policy import Outcome
from timebank.imports.queries import Bringing
from timebank.members.errors import NotPermitted


def test_a_coordinator_takes_her_own_neighbourhood_along_and_a_resident_nothing(
    session: Session,
) -> None:
    builders.approved(session)
    builders.logged(session, "Greet", "Marijke", by="Greet")

    of_nadia = list(exchange_table(session, by=actor_of(session, "Nadia")))
    of_bart = list(exchange_table(session, by=actor_of(session, "Bart")))

    assert [(row[1], row[2], row[5]) for row in of_nadia] == [
        ("Fatima El Amrani", "Jan van den Berg", "approved")
    ]
    assert len(of_bart) == 2
    fatima = actor_of(session, "Fatima")
    with pytest.raises(NotPermitted):
        exchange_table(session, by=fatima)
    with pytest.raises(NotPermitted):
        list(balance_table(session, by=fatima))
    with pytest.raises(NotPermitted):
        note_export(session, by=fatima, now=NOW)


def test_a_name_that_is_a_formula_is_harmless(runner: FlaskCliRunner, session: Session) -> None:
    builders.a_member(session, timebank_of(session), "=HYPERLINK(1)", "+Piet")
    session.commit()

    result = runner.invoke(args=["export", "balances", "--timebank", "leiden"])

    rows = list(csv.reader(io.StringIO(result.output.lstrip("\ufeff")), delimiter=";"))
    assert "'=HYPERLINK(1) +Piet" in [row[-1] for row in rows]
    assert session.scalars(sa.select(AuditEvent.action)).all().count("exchange:export") == 1


def table_of(runner: FlaskCliRunner) -> bytes:
    return runner.invoke(args=["export", "exchanges", "--timebank", "leiden"]).output.encode()


def as_from_elsewhere(table: bytes) -> bytes:
    """Give every line a number that nobody here knows."""
    return re.sub(rb"[0-9a-f-]{36}(?=\r?\n)", lambda id_: id_[0][::-1], table)


def test_exchanges_go_out_and_come_in_again_as_the_same(
    runner: FlaskCliRunner, session: Session
) -> None:
    builders.approved(session)
    session.commit()
    out = table_of(runner)

    bank = timebank_of(session).id
    here = bring(session, Bringing(out), timebank_id=bank, now=NOW)
    once = bring(session, Bringing(as_from_elsewhere(out)), timebank_id=bank, now=NOW)
    twice = bring(session, Bringing(as_from_elsewhere(out)), timebank_id=bank, now=NOW)

    said = ["line 2: known", "line 2: added", "line 2: known"]
    assert [str(one) for one in (*here, *once, *twice)] == said


def test_what_does_not_count_in_a_table_of_ours_is_left_out_with_the_reason(
    runner: FlaskCliRunner, session: Session
) -> None:
    fatima, nadia = (actor_of(session, name) for name in ("Fatima", "Nadia"))
    one, two, three, four = (builders.logged(session, minutes=15 * n) for n in range(1, 5))
    builders.logged(session, minutes=75)
    rejection = Rejection(RejectionReason.WRONG_PERSON)
    reject_exchange(session, one, rejection, by=nadia, now=NOW)
    return_exchange(session, two, "Welke dag?", by=nadia, now=NOW)
    withdraw_exchange(session, three, by=fatima, now=NOW)
    say(session, four, "Jan")
    correct(session, builders.approved(session), right(session, minutes=120))
    session.commit()

    out = as_from_elsewhere(table_of(runner))
    verdicts = bring(
        session,
        Bringing(out),
        timebank_id=timebank_of(session).id,
        now=LATER,
        approve=True,
        whole=True,
    )

    table = csv.DictReader(out.decode("utf-8-sig").splitlines(), delimiter=";")
    states = {number: row["state"] for number, row in enumerate(table, start=2)}
    assert {one.number: one.outcome for one in verdicts} == {
        number: Outcome.ADDED if state == "approved" else Outcome.LEFT_OUT
        for number, state in states.items()
    }
    assert sorted(set(states.values())) == sorted(set(ExchangeState) - {ExchangeState.HELD})
    rejected = next(one for one in verdicts if states[one.number] == "rejected")
    assert "it was rejected" in rejected.why
    assert balance_of(session, "Fatima")[0] == 2 * 120
