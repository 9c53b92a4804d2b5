# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    NOW,
    TODAY,
    a_member,
    actor_of,
    logged,
    member_of,
    timebank_of,
)
from timebank.categories.models import Boundary, HelpCategory
from timebank.categories.operations import close_category
from timebank.exchanges.errors import (
    DayBeforeJoining,
    DayInFuture,
    ExchangeError,
    InvalidDuration,
    NotAWholeStep,
    NoteNotReadable,
    NoteTooLong,
    ProfessionalOnly,
    SamePerson,
    UnknownKind,
    UnknownOther,
)
from timebank.exchanges.models import Exchange, ExchangeEvent, ExchangeNote
from timebank.members.errors import NotPermitted

REFUSED: list[tuple[dict[str, object], type[ExchangeError], str]] = [
    ({"helped": "Fatima"}, SamePerson, "other"),
    ({"helped": "Henk"}, UnknownOther, "other"),
    ({"helped": "Annelies"}, UnknownOther, "other"),
    ({"category_code": "astrology"}, UnknownKind, "category"),
    ({"category_code": ""}, UnknownKind, "category"),
    ({"category_code": "Groceries"}, UnknownKind, "category"),
    ({"minutes": 0}, InvalidDuration, "minutes"),
    ({"minutes": -15}, InvalidDuration, "minutes"),
    ({"minutes": 1441}, InvalidDuration, "minutes"),
    ({"minutes": 7}, NotAWholeStep, "minutes"),
    ({"helped_on": TODAY + datetime.timedelta(days=1)}, DayInFuture, "helped_on"),
    ({"helped_on": datetime.date(2025, 12, 31)}, DayBeforeJoining, "helped_on"),
    ({"note": "x" * 10_000}, NoteTooLong, "note"),
    ({"note": "a\0b"}, NoteNotReadable, "note"),
    ({"note": "a\x1b[2Jb"}, NoteNotReadable, "note"),
]


def assert_nothing_is_saved(session: Session) -> None:
    session.rollback()
    for model in (Exchange, ExchangeEvent, ExchangeNote, ledger.Transfer, ledger.Entry):
        assert session.scalar(select(func.count()).select_from(model)) == 0, model
    pending = select(func.sum(ledger.Account.pending_in_minutes))
    assert session.scalar(pending) == 0


@pytest.mark.parametrize(("answers", "error", "field"), REFUSED, ids=lambda value: repr(value)[:40])
def test_an_impossible_answer_is_refused_at_its_question_and_nothing_is_saved(
    session: Session, answers: dict[str, object], error: type[ExchangeError], field: str
) -> None:
    with pytest.raises(error) as refusal:
        logged(session, **answers)  # type: ignore[arg-type]

    assert type(refusal.value) is error
    assert refusal.value.field == field
    assert_nothing_is_saved(session)


def test_who_left_can_not_be_the_other(session: Session) -> None:
    member_of(session, "Jan").left_on = TODAY
    session.commit()

    with pytest.raises(UnknownOther):
        logged(session, "Fatima", "Jan")

    assert_nothing_is_saved(session)


def test_a_kind_of_help_that_was_closed_is_refused(session: Session) -> None:
    close_category(session, timebank_id=timebank_of(session).id, code="groceries")
    session.commit()

    with pytest.raises(UnknownKind) as refusal:
        logged(session)

    assert refusal.value.code == "groceries"
    assert_nothing_is_saved(session)


def test_what_only_a_professional_may_do_never_becomes_an_exchange(session: Session) -> None:
    categories = session.scalars(
        select(HelpCategory).where(
            HelpCategory.timebank_id == timebank_of(session).id,
            HelpCategory.boundary == Boundary.PROFESSIONAL_ONLY,
        )
    ).all()

    for category in categories:
        with pytest.raises(ProfessionalOnly) as refusal:
            logged(session, category_code=category.code)
        assert refusal.value.code == category.code

    assert len(categories) == 9
    assert_nothing_is_saved(session)


def test_a_day_before_the_later_of_the_two_joined_is_refused(session: Session) -> None:
    a_member(session, timebank_of(session), "Sami", joined_on=datetime.date(2026, 3, 5))
    session.commit()

    with pytest.raises(DayBeforeJoining) as refusal:
        logged(session, "Fatima", "Sami", helped_on=datetime.date(2026, 3, 4))

    assert refusal.value.first_day == datetime.date(2026, 3, 5)
    assert_nothing_is_saved(session)


def test_just_before_midnight_in_amsterdam_tomorrow_has_not_come(session: Session) -> None:
    last_minute = datetime.datetime(2026, 1, 15, 22, 59, tzinfo=datetime.UTC)

    with pytest.raises(DayInFuture):
        logged(session, now=last_minute, helped_on=datetime.date(2026, 1, 16))


def test_in_summer_the_day_in_amsterdam_begins_two_hours_before_utc(session: Session) -> None:
    midnight = datetime.datetime(2026, 7, 15, 22, 0, tzinfo=datetime.UTC)

    logged(session, now=midnight, helped_on=datetime.date(2026, 7, 16))
    with pytest.raises(DayInFuture):
        logged(
            session,
            now=midnight - datetime.timedelta(minutes=1),
            helped_on=datetime.date(2026, 7, 16),
        )


def test_the_step_is_that_of_the_timebank(session: Session) -> None:
    timebank_of(session).step_minutes = 5
    session.flush()

    logged(session, minutes=35)
    with pytest.raises(NotAWholeStep) as refusal:
        logged(session, minutes=7)

    assert refusal.value.step_minutes == 5


@pytest.mark.parametrize("by", ["Greet", "Nadia", "Bart"])
def test_nobody_logs_an_exchange_of_two_others(session: Session, by: str) -> None:
    with pytest.raises(UnknownOther):
        logged(session, "Fatima", "Jan", by=by)

    assert_nothing_is_saved(session)


def test_who_is_no_resident_logs_nothing(session: Session) -> None:
    with pytest.raises(NotPermitted):
        logged(session, "Fatima", "Jan", by="Annelies")

    assert_nothing_is_saved(session)


def test_an_actor_of_another_timebank_logs_nothing_here(session: Session) -> None:
    with pytest.raises(UnknownOther):
        logged(session, "Fatima", "Jan", by="Henk")

    assert actor_of(session, "Henk").timebank_id != timebank_of(session).id
    assert_nothing_is_saved(session)


def test_closing_an_account_in_the_books_stops_new_exchanges(session: Session) -> None:
    jan = member_of(session, "Jan")
    assert jan.account_id is not None
    ledger.close_account(session, timebank_id=jan.timebank_id, account_id=jan.account_id, now=NOW)
    session.commit()

    with pytest.raises(UnknownOther):
        logged(session)

    assert_nothing_is_saved(session)
