# SPDX-License-Identifier: EUPL-1.2
"""A letter tells what became of help: every decision, and every line as a statement tells it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.activities.test_booking import book, cook_in
from tests.amendments.test_amending import back, correct, right
from tests.builders import NOW, SLAAGHWIJK, actor_of, approved, logged, member_of
from tests.disputes.test_disputing import say
from timebank.approvals.operations import return_exchange
from timebank.disputes.operations import let_stand
from timebank.exchanges.workflow import Action
from timebank.letters.operations import print_letters
from timebank.letters.queries import PrintedLetter, letters_of
from timebank.members.models import Person
from timebank.own_data.queries import own_data
from timebank.statements.queries import own_statement

LATER = NOW + datetime.timedelta(hours=4)


def letter_to(
    session: Session, given_name: str = "Jan", *, now: datetime.datetime = LATER
) -> PrintedLetter:
    """Print a letter for one person without an e-mail address."""
    member = member_of(session, given_name)
    session.execute(update(Person).where(Person.member_id == member.id).values(email=None))
    nadia = actor_of(session, "Nadia")
    print_id = print_letters(
        session, uuid.uuid4(), neighbourhood_code=SLAAGHWIJK, by=nadia, now=now
    )
    assert print_id is not None
    return next(
        one for one in letters_of(session, print_id, by=nadia) if one.member_id == member.id
    )


def told_in(letter: PrintedLetter) -> list[tuple[Action, uuid.UUID, str | None]]:
    return [(one.action, one.exchange.exchange_id, one.words) for one in letter.decisions]


def give_back(session: Session, exchange_id: uuid.UUID) -> None:
    nadia = actor_of(session, "Nadia")
    return_exchange(session, exchange_id, "Welke dag was het?", by=nadia, now=NOW)


def stand(session: Session, exchange_id: uuid.UUID) -> None:
    say(session, exchange_id, "Jan")
    let_stand(session, exchange_id, by=actor_of(session, "Nadia"), now=NOW)


def not_right(session: Session, exchange_id: uuid.UUID) -> None:
    say(session, exchange_id, "Jan")
    back(session, exchange_id)


@pytest.mark.parametrize(
    ("decide", "action", "words"),
    [
        (give_back, Action.RETURN, "Welke dag was het?"),
        (stand, Action.LET_STAND, None),
        (not_right, Action.TAKE_BACK, None),
    ],
)
def test_a_letter_tells_what_else_was_decided(
    session: Session,
    decide: Callable[[Session, uuid.UUID], None],
    action: Action,
    words: str | None,
) -> None:
    exchange_id = logged(session)
    decide(session, exchange_id)

    assert told_in(letter_to(session)) == [(action, exchange_id, words)]


def test_a_letter_tells_a_correction_with_what_stands_instead_and_says_it_once(
    session: Session,
) -> None:
    old = approved(session)
    new = correct(session, old, right(session)).exchange_id

    letter = letter_to(session)

    assert told_in(letter) == [(Action.CORRECT, old, None), (Action.APPROVE, old, None)]
    (corrected, _) = letter.decisions
    assert corrected.instead is not None
    assert (corrected.instead.exchange_id, corrected.instead.minutes) == (new, 30)
    assert list(letter.lines) == []


def test_who_has_nothing_to_do_with_the_right_answers_does_not_read_them(session: Session) -> None:
    old = approved(session)
    correct(session, old, right(session, helped="Bart"))

    corrected = letter_to(session).decisions[0]
    assert (corrected.action, corrected.instead) == (Action.CORRECT, None)


def test_the_lines_of_a_letter_are_told_as_on_a_statement(session: Session) -> None:
    book(session, cook_in(session))
    old = approved(session)
    correct(session, old, right(session))
    letter_to(session)

    letter = letter_to(session, now=LATER + datetime.timedelta(days=1))

    assert list(letter.decisions) == []
    statement = own_statement(session, by=actor_of(session, "Jan"))
    assert list(letter.lines) == list(statement.lines)
    assert [
        (line.is_correction, line.exchange is not None, line.activity is not None)
        for line in letter.lines
    ] == [(False, True, False), (True, True, False), (False, True, False), (False, False, True)]


def test_the_lines_of_ones_own_data_lead_to_what_is_behind_them(session: Session) -> None:
    booked = book(session, cook_in(session))
    old = approved(session)
    new = correct(session, old, right(session)).exchange_id

    lines = own_data(session, by=actor_of(session, "Fatima"))["hours"][0]["lines"]

    assert [(one["exchange"], one["activity"], one["is_correction"]) for one in lines] == [
        (new, None, False),
        (old, None, True),
        (old, None, False),
        (None, booked.activity_id, False),
    ]
