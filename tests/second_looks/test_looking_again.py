# SPDX-License-Identifier: EUPL-1.2
"""Help that was not approved waits once more: a new line, the same content, nothing edited."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.amendments.at_once import hold_orders, one_town
from tests.builders import NOW, actor_of, approved, logged, member_of, timebank_of
from tests.calls.test_calling import calls, letter, reject, without_email
from tests.databases import BACKENDS
from tests.rules.test_changing import let_count
from timebank.agreements.operations import confirm_exchange
from timebank.amendments.queries import Links, links_of
from timebank.approvals.errors import OwnExchange
from timebank.approvals.operations import Rejection, approve_exchange, reject_exchange
from timebank.audit.models import AuditEvent
from timebank.calls.models import CallReason
from timebank.desk.operations import hold_approvals
from timebank.desk.queries import inbox_of
from timebank.disputes.operations import withdraw_own
from timebank.erasure.operations import erase_member
from timebank.exchanges.errors import AlreadyDecided, UnknownExchange, UnknownOther
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import ExchangeRow, exchange_for, history_of
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason
from timebank.figures.queries import quarter_figures
from timebank.members.errors import NotPermitted
from timebank.notices.models import Mail
from timebank.second_looks.operations import look_again
from timebank.second_looks.queries import RefusedBefore
from timebank.statements.policy import Quarter

LATER = NOW + datetime.timedelta(hours=3)


def again(session: Session, exchange_id: uuid.UUID, by: str = "Nadia") -> uuid.UUID:
    return look_again(
        session, exchange_id, by=actor_of(session, by), now=LATER, letter=letter
    ).exchange_id


def refused(session: Session, **answers: object) -> uuid.UUID:
    exchange_id = logged(session, **answers)  # type: ignore[arg-type]
    reject(session, exchange_id)
    return exchange_id


def row(session: Session, exchange_id: uuid.UUID) -> ExchangeRow:
    return exchange_for(session, exchange_id, by=actor_of(session, "Nadia"))


def test_the_same_help_waits_again_and_the_refused_line_stays_as_it_was(
    session: Session,
) -> None:
    old = refused(session, note="Bij de Aldi")
    before = row(session, old)

    new = again(session, old)

    assert row(session, old) == before
    made = row(session, new)
    assert made.state is ExchangeState.SUBMITTED
    same = ("helper_id", "helped_id", "category_code", "minutes", "helped_on", "note", "logged_by")
    assert [getattr(made, name) for name in same] == [getattr(before, name) for name in same]
    bank = timebank_of(session).id
    (line,), _ = history_of(session, new, timebank_id=bank)
    assert (line.action, line.actor_name) == (Action.LOG, "Nadia Benali")
    waits = ExchangeState.SUBMITTED
    after = Links(replaced_by=new, replaced_state=waits)
    assert links_of(session, old, timebank_id=bank) == after
    assert links_of(session, new, timebank_id=bank) == Links(replaces=old, looked_at_again=True)
    approve_exchange(session, new, by=actor_of(session, "Bart"), now=LATER)
    session.commit()
    assert ledger.violations(session, timebank_id=bank) == []


def test_both_hear_of_it_once_and_it_is_written_down(session: Session) -> None:
    without_email(session, "Jan")
    old = refused(session)

    made = {again(session, old), again(session, old, "Bart")}

    assert len(made) == 1
    assert ("Jan van den Berg", CallReason.LOOKED_AT_AGAIN, *made) in calls(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1
    deeds = session.scalars(
        sa.select(AuditEvent.about_member_id).where(AuditEvent.action == "exchange:look_again")
    ).all()
    assert set(deeds) == {member_of(session, name).id for name in ("Fatima", "Jan")}
    assert len(deeds) == 2


def test_only_what_was_not_approved_of_others_within_reach_who_take_part(
    session: Session,
) -> None:
    own = logged(session, "Fatima", "Nadia")
    for exchange_id, by, error in (
        (approved(session), "Nadia", AlreadyDecided),
        (logged(session), "Nadia", AlreadyDecided),
        (own, "Nadia", OwnExchange),
        (refused(session), "Marijke", UnknownExchange),
        (refused(session), "Fatima", NotPermitted),
        (uuid.uuid4(), "Nadia", UnknownExchange),
    ):
        with pytest.raises(error):
            again(session, exchange_id, by)

    gone = refused(session)
    erase_member(session, member_of(session, "Jan").id, by=actor_of(session, "Bart"), now=NOW)
    session.commit()
    with pytest.raises(UnknownOther):
        again(session, gone)


def test_in_the_figures_it_counts_in_the_quarter_of_the_approval_only(session: Session) -> None:
    old, nadia = refused(session), actor_of(session, "Nadia")
    new = again(session, old)
    next_quarter = datetime.datetime(2026, 4, 2, 9, tzinfo=datetime.UTC)
    approve_exchange(session, new, by=nadia, now=next_quarter)

    def counted(quarter: Quarter) -> int:
        return sum(quarter_figures(session, by=nadia, quarter=quarter).steps.values())

    assert counted(Quarter(2026, 1)) == 0
    assert counted(Quarter(2026, 2)) == 1


@pytest.mark.policy("V15")
def test_a_second_look_never_passes_by_itself_nor_together_with_the_rest(
    session: Session,
) -> None:
    approved(session)
    let_count(session, auto_approve_minutes=120)
    old, ordinary = refused(session), logged(session, minutes=15)
    new, nadia = again(session, old), actor_of(session, "Nadia")

    assert not confirm_exchange(session, new, by=actor_of(session, "Jan"), now=LATER)

    found = inbox_of(session, by=nadia)
    (item,) = found.first
    before = RefusedBefore(old, RejectionReason.WRONG_PERSON, None)
    assert (item.exchange.exchange_id, item.refused) == (new, before)
    assert found.ordinary == 1
    held = {"batch_id": uuid.uuid4(), "by": nadia, "now": LATER, "until": LATER}
    assert hold_approvals(session, [new, ordinary], **held) == 1  # type: ignore[arg-type]
    assert row(session, new).state is ExchangeState.SUBMITTED


@pytest.mark.parametrize("end", ["approve", "reject", "withdraw", "erase"])
def test_nobody_is_called_about_a_second_look_after_it_ended(session: Session, end: str) -> None:
    without_email(session, "Jan")
    new = again(session, refused(session))
    session.commit()
    if end == "approve":
        approve_exchange(session, new, by=actor_of(session, "Bart"), now=LATER)
    elif end == "reject":
        why = Rejection(RejectionReason.WRONG_PERSON)
        reject_exchange(session, new, why, by=actor_of(session, "Bart"), now=LATER)
    elif end == "withdraw":
        withdraw_own(session, new, by=actor_of(session, "Fatima"), now=LATER)
    else:
        fatima = member_of(session, "Fatima").id
        erase_member(session, fatima, by=actor_of(session, "Bart"), now=LATER)

    assert CallReason.LOOKED_AT_AGAIN not in {reason for _, reason, _ in calls(session)}


@pytest.fixture(scope="module", params=BACKENDS)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    with one_town(request, tmp_path_factory.mktemp("again")) as engine:
        yield engine


def test_of_two_who_press_at_once_there_is_one_new_line(town: sa.Engine) -> None:
    names = ("look-again", "look-again-too")
    every = [(0, 1, 0, 1)] if town.dialect.name == "sqlite" else [(0, 1, 0, 1), (1, 0, 1, 0)]

    hold_orders(town, "not approved", names, [(0, 1, *order) for order in every])

    with Session(town) as session:
        waiting = sa.select(sa.func.count()).where(Exchange.state == ExchangeState.SUBMITTED)
        turned_down = sa.select(sa.func.count()).where(Exchange.state == ExchangeState.REJECTED)
        assert session.scalar(waiting) == session.scalar(turned_down) > 0
