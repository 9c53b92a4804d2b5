# SPDX-License-Identifier: EUPL-1.2
"""Tables to take along: what the actor may see, harmless, and read again by the import."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, actor_of, timebank_of
from tests.imports.bringing import bring
from timebank.audit.models import AuditEvent
from timebank.exports.operations import note_export
from timebank.exports.queries import balance_table, exchange_table
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


def test_exchanges_go_out_and_come_in_again_as_the_same(
    runner: FlaskCliRunner, session: Session
) -> None:
    builders.approved(session)
    session.commit()
    out = runner.invoke(args=["export", "exchanges", "--timebank", "leiden"]).output.encode()

    bank = timebank_of(session).id
    once = bring(session, Bringing(out), timebank_id=bank, now=NOW)
    twice = bring(session, Bringing(out), timebank_id=bank, now=NOW)

    assert [str(one) for one in (*once, *twice)] == ["line 2: added", "line 2: known"]
