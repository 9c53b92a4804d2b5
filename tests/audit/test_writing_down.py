# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.builders import NOW, member_of
from timebank.audit.models import AuditEvent
from timebank.audit.operations import write_down
from timebank.audit.queries import events

TABLE = sa.inspect(AuditEvent).local_table


def _write(session: Session, action: str, **more: object) -> uuid.UUID:
    nadia, fatima = member_of(session, "Nadia"), member_of(session, "Fatima")
    values = {"timebank_id": nadia.timebank_id, "by": nadia.id, "about": fatima.id, "now": NOW}
    write_down(session, action, **(values | more))  # type: ignore[arg-type]
    session.commit()
    return fatima.id


def test_what_was_done_is_read_back_newest_first(session: Session) -> None:
    fatima = _write(session, "member:open")
    _write(session, "member:move", now=NOW + datetime.timedelta(minutes=1))
    _write(session, "member:open", about=uuid.uuid4(), now=NOW + datetime.timedelta(minutes=2))
    timebank_id = member_of(session, "Fatima").timebank_id

    found = events(session, timebank_id=timebank_id, about=fatima)

    assert [event.action for event in found] == ["member:move", "member:open"]
    older = events(session, timebank_id=timebank_id, about=fatima, before=found[0].id)
    assert [event.action for event in older] == ["member:open"]
    assert len(events(session, timebank_id=timebank_id)) == 3
    assert events(session, timebank_id=timebank_id + 1) == []


@pytest.mark.parametrize("action", ["", "member", "member:Enrol", "member:enrol Jan", "a:b:c"])
def test_an_action_is_a_word_of_ours(session: Session, action: str) -> None:
    with pytest.raises(AssertionError):
        _write(session, action)


@pytest.mark.parametrize(
    "change",
    [
        sa.update(TABLE).values(action="member:other"),
        sa.update(TABLE).values(by_member_id=None),
        sa.delete(TABLE),
    ],
    ids=["action", "by", "delete"],
)
def test_the_database_refuses_to_change_what_was_written(
    session: Session, change: sa.Executable
) -> None:
    _write(session, "member:open", now=datetime.datetime.now(datetime.UTC))

    with pytest.raises(sa.exc.DBAPIError, match="refused"):
        session.execute(change)

    session.rollback()
    assert session.scalar(sa.select(TABLE.c.action)) == "member:open"


def test_what_is_older_than_a_year_can_be_forgotten(session: Session) -> None:
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=366)
    _write(session, "member:open", now=long_ago)

    session.execute(sa.delete(TABLE))

    assert session.scalar(sa.select(sa.func.count()).select_from(TABLE)) == 0
