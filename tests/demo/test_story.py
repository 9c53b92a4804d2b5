# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

import ledger
from tests.demo.conftest import STORY_NOW, tell
from timebank import clock
from timebank.areas.queries import all_timebanks
from timebank.demo.story import WEEKS
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.figures.places import ground_of
from timebank.members.models import Member, Person
from timebank.showing.queries import shown_of
from timebank.statements.policy import quarter_of

TODAY = clock.day_of(STORY_NOW)
LASTING = set(ExchangeState) - {ExchangeState.HELD}
"""The states in which a story can end: a decision is held for seconds only."""


def told_of(session: Session) -> list[tuple[object, ...]]:
    """Return the story by names and facts, without the random ids."""
    helper, helped, actor = (aliased(Person) for _ in range(3))
    rows = session.execute(
        select(
            ExchangeEvent.happened_at,
            ExchangeEvent.action,
            ExchangeEvent.reason,
            actor.given_name,
            helper.given_name,
            helper.family_name,
            helped.given_name,
            helped.family_name,
            Exchange.category_code,
            Exchange.minutes,
            Exchange.helped_on,
            Exchange.state,
        )
        .join(Exchange, Exchange.id == ExchangeEvent.exchange_id)
        .join(helper, helper.member_id == Exchange.helper_id)
        .join(helped, helped.member_id == Exchange.helped_id)
        .join(actor, actor.member_id == ExchangeEvent.actor_id)
    )
    return sorted((tuple(row) for row in rows), key=repr)


def test_the_books_of_both_timebanks_are_sound(told: Session) -> None:
    found = {
        bank.slug: ledger.violations(told, timebank_id=bank.id) for bank in all_timebanks(told)
    }

    assert found == {"leiden": [], "holten": []}


def test_every_lasting_state_occurs_in_the_larger_timebank(told: Session) -> None:
    states = set(told.scalars(select(Exchange.state)))

    assert states == LASTING


@pytest.mark.parametrize("slug", ["leiden", "holten"])
def test_something_waits_and_much_is_approved_in_each(told: Session, slug: str) -> None:
    bank = next(bank for bank in all_timebanks(told) if bank.slug == slug)
    states = list(told.scalars(select(Exchange.state).where(Exchange.timebank_id == bank.id)))

    assert states.count(ExchangeState.SUBMITTED) >= 3
    assert states.count(ExchangeState.APPROVED) >= 100


def test_only_what_was_written_in_the_last_days_still_waits(told: Session) -> None:
    oldest = told.scalar(
        select(func.min(Exchange.logged_at)).where(Exchange.state == ExchangeState.SUBMITTED)
    )

    assert oldest is not None
    assert STORY_NOW - oldest < datetime.timedelta(days=12)


def test_no_exchange_crosses_from_one_timebank_to_the_other(told: Session) -> None:
    helper, helped = aliased(Member), aliased(Member)
    crossing = told.scalar(
        select(func.count())
        .select_from(Exchange)
        .join(helper, helper.id == Exchange.helper_id)
        .join(helped, helped.id == Exchange.helped_id)
        .where(
            sa.or_(
                helper.timebank_id != Exchange.timebank_id,
                helped.timebank_id != Exchange.timebank_id,
            )
        )
    )

    assert crossing == 0


def test_everything_happened_in_the_half_year_up_to_now(told: Session) -> None:
    first, last = told.execute(
        select(func.min(Exchange.helped_on), func.max(ExchangeEvent.happened_at)).join(
            ExchangeEvent, ExchangeEvent.exchange_id == Exchange.id
        )
    ).one()

    assert first >= TODAY - datetime.timedelta(weeks=WEEKS)
    assert last < STORY_NOW.replace(tzinfo=None if last.tzinfo is None else datetime.UTC)


def test_nobody_decided_about_their_own_exchange(told: Session) -> None:
    own = told.scalar(
        select(func.count())
        .select_from(ExchangeEvent)
        .join(Exchange, Exchange.id == ExchangeEvent.exchange_id)
        .where(
            ExchangeEvent.action.in_((Action.APPROVE, Action.REJECT)),
            ExchangeEvent.actor_id.in_((Exchange.helper_id, Exchange.helped_id)),
        )
    )

    assert own == 0


def test_nobody_helped_before_becoming_a_member(told: Session) -> None:
    early = told.scalar(
        select(func.count())
        .select_from(Exchange)
        .join(Member, Member.id.in_((Exchange.helper_id, Exchange.helped_id)))
        .where(Exchange.helped_on < Member.joined_on)
    )

    assert early == 0


def test_in_the_last_quarter_some_neighbourhoods_stand_alone_and_some_together(
    told: Session,
) -> None:
    quarter = quarter_of(TODAY).previous()
    together = [
        len(names)
        for bank in all_timebanks(told)
        for names, cell in shown_of(told, ground_of(told, timebank_id=bank.id), [quarter])[0].rows
        if cell is not None
    ]

    assert min(together) == 1
    assert max(together) > 1


def test_the_same_day_tells_the_same_story(told: Session, empty_sqlite: str) -> None:
    steps = tell(empty_sqlite, STORY_NOW)

    engine = ledger.prepare_engine(sa.create_engine(empty_sqlite))
    with Session(engine) as again:
        assert told_of(again) == told_of(told)
    engine.dispose()
    assert steps == 100


@pytest.mark.parametrize("day", ["2026-03-29", "2028-02-29"])
def test_another_day_tells_another_story_with_sound_books(empty_sqlite: str, day: str) -> None:
    now = datetime.datetime.fromisoformat(f"{day}T01:30:00+00:00")

    tell(empty_sqlite, now)

    engine = ledger.prepare_engine(sa.create_engine(empty_sqlite))
    with Session(engine) as session:
        banks = all_timebanks(session)
        assert [ledger.violations(session, timebank_id=bank.id) for bank in banks] == [[], []]
        assert set(session.scalars(select(Exchange.state))) == LASTING
    engine.dispose()
