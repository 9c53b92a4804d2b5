# SPDX-License-Identifier: EUPL-1.2
"""Bookings in two statements each: an exchange that is approved, and its posting."""

from __future__ import annotations

import datetime
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.builders import member_of
from timebank.amendments.models import Correction
from timebank.exchanges.models import Exchange
from timebank.members.models import Member
from timebank.pot.operations import pot_account

LONG_AGO = datetime.date(2026, 1, 2)
PRESENT = datetime.datetime(2027, 6, 10, 9, 0, tzinfo=datetime.UTC)
"""The town was founded a year and a half before, so that there is a past to look at."""
PRESENT_DAY = datetime.date(2027, 6, 10)


def book(
    session: Session,
    helper: Member,
    helped: Member,
    minutes: int,
    at: datetime.datetime,
    *,
    kind: str = "groceries",
    typed_by: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write an approved exchange down and post it at a moment; return its id."""
    key = uuid.uuid4()
    session.execute(
        sa.insert(Exchange).values(
            timebank_id=helper.timebank_id,
            id=key,
            form_key=key,
            helper_id=helper.id,
            helped_id=helped.id,
            helper_neighbourhood_code=helper.neighbourhood_code,
            helped_neighbourhood_code=helped.neighbourhood_code,
            category_code=kind,
            minutes=minutes,
            helped_on=LONG_AGO,
            state="approved",
            logged_by=typed_by or helper.id,
            logged_at=at,
        )
    )
    assert helper.account_id is not None
    assert helped.account_id is not None
    order = ledger.Order(
        helper.timebank_id, key, helped.account_id, helper.account_id, minutes, LONG_AGO
    )
    ledger.post(session, order, now=at)
    return key


def undo(session: Session, bank: int, key: uuid.UUID, at: datetime.datetime) -> None:
    """Take an exchange back by a reversal."""
    ledger.reverse(session, ledger.Resolution(bank, uuid.uuid4(), key), now=at)


def undo_against_the_pot(
    session: Session, helper: Member, key: uuid.UUID, minutes: int, at: datetime.datetime
) -> None:
    """Take back the half of who is still there, as when the other left."""
    pot = pot_account(session, timebank_id=helper.timebank_id, now=at)
    assert helper.account_id is not None
    undoing = uuid.uuid4()
    ledger.post(
        session,
        ledger.Order(helper.timebank_id, undoing, helper.account_id, pot, minutes, LONG_AGO),
        now=at,
    )
    session.execute(
        sa.insert(Correction).values(
            timebank_id=helper.timebank_id, exchange_id=key, undone_by=undoing
        )
    )


def bring_along(session: Session, member: Member, minutes: int, at: datetime.datetime) -> None:
    """Let the pot give somebody hours that are no help."""
    pot = pot_account(session, timebank_id=member.timebank_id, now=at)
    assert member.account_id is not None
    order = ledger.Order(
        member.timebank_id, uuid.uuid4(), pot, member.account_id, minutes, LONG_AGO
    )
    ledger.post(session, order, now=at)


def people(session: Session) -> list[Member]:
    """Return the residents of the town, two in each neighbourhood."""
    return [member_of(session, name) for name in ("Fatima", "Jan", "Greet", "Marijke")]
