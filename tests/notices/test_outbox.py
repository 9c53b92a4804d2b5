# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, timebank_of
from timebank.notices.models import Mail
from timebank.notices.operations import queue_mail, record_attempt
from timebank.notices.policy import TRIES
from timebank.notices.queries import MOST_ATTEMPTS, WaitingMail, waiting_mail

MINUTE = datetime.timedelta(minutes=1)
SECOND = datetime.timedelta(seconds=1)
LATE = NOW + datetime.timedelta(days=4)
"""Whatever waits is due by then."""


def queue(session: Session, name: str, now: datetime.datetime = NOW, slug: str = "leiden") -> None:
    queue_mail(
        session,
        timebank_id=timebank_of(session, slug).id,
        to_address=f"{name}@example.org",
        subject="Inloggen",
        body=f"for {name}",
        now=now,
    )


def tried(session: Session, mail: WaitingMail, *, sent: bool) -> Mail:
    record_attempt(
        session, timebank_id=mail.timebank_id, mail_id=mail.mail_id, sent=sent, now=NOW + MINUTE
    )
    session.commit()
    return session.scalars(select(Mail).where(Mail.id == mail.mail_id)).one()


def waiting_in(session: Session, slug: str = "leiden") -> Sequence[WaitingMail]:
    return waiting_mail(session, timebank_id=timebank_of(session, slug).id, now=LATE)


def names(session: Session, limit: int = 50, now: datetime.datetime = LATE) -> list[str]:
    waiting = waiting_mail(session, timebank_id=timebank_of(session).id, limit=limit, now=now)
    return [mail.to_address.partition("@")[0] for mail in waiting]


def test_messages_wait_oldest_first_in_their_own_timebank(session: Session) -> None:
    queue(session, "elsewhere", NOW + MINUTE, "holten")
    queue(session, "second", NOW + 2 * MINUTE)
    queue(session, "first", NOW)

    assert names(session) == ["first", "second"]
    assert [mail.body for mail in waiting_in(session, "holten")] == ["for elsewhere"]


def test_a_message_waits_as_it_was_written(session: Session) -> None:
    queue(session, "jan")

    (mail,) = waiting_in(session)

    assert (mail.to_address, mail.subject, mail.body) == (
        "jan@example.org",
        "Inloggen",
        "for jan",
    )
    assert (mail.timebank_id, mail.queued_at) == (timebank_of(session).id, NOW)


def test_the_words_are_wiped_and_the_proof_stays_once_a_message_left(session: Session) -> None:
    queue(session, "jan")
    (mail,) = waiting_in(session)

    row = tried(session, mail, sent=True)

    assert (row.body, row.sent_at, row.attempts) == ("", NOW + MINUTE, 1)
    assert row.to_address == "jan@example.org"
    assert names(session) == []


def test_one_that_failed_is_kept_whole_and_waits_again(session: Session) -> None:
    queue(session, "jan")
    (mail,) = waiting_in(session)

    row = tried(session, mail, sent=False)

    assert (row.body, row.sent_at, row.attempts) == ("for jan", None, 1)
    assert names(session) == ["jan"]


def test_an_attempt_touches_one_message_only(session: Session) -> None:
    queue(session, "jan")
    queue(session, "greet", NOW + MINUTE)
    first, _ = waiting_in(session)

    tried(session, first, sent=True)

    assert names(session) == ["greet"]


def test_an_attempt_is_not_written_on_a_message_of_another_timebank(session: Session) -> None:
    queue(session, "jan")
    (mail,) = waiting_in(session)

    record_attempt(
        session,
        timebank_id=timebank_of(session, "holten").id,
        mail_id=mail.mail_id,
        sent=True,
        now=NOW,
    )

    assert names(session) == ["jan"]


def test_each_wait_is_twice_the_one_before_and_an_hour_at_most_for_three_days() -> None:
    waits = [(after - before) // SECOND for before, after in itertools.pairwise(TRIES)]

    assert waits[:9] == [20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert set(waits[8:]) == {3600}
    assert datetime.timedelta(days=2, hours=23) < TRIES[-1] <= datetime.timedelta(days=3)


@pytest.mark.parametrize("failed", [0, 1, 2, 9])
def test_a_message_waits_for_its_next_try(session: Session, failed: int) -> None:
    queue(session, "jan")
    (mail,) = waiting_in(session)
    for _ in range(failed):
        tried(session, mail, sent=False)

    due = NOW + TRIES[failed]

    assert names(session, now=due - SECOND) == []
    assert names(session, now=due) == ["jan"]


def test_after_three_days_of_failing_a_message_is_left_alone(session: Session) -> None:
    queue(session, "jan")
    (mail,) = waiting_in(session)

    waited = []
    for _ in range(MOST_ATTEMPTS):
        waited.append(names(session))
        tried(session, mail, sent=False)

    assert waited == [["jan"]] * MOST_ATTEMPTS
    assert names(session) == []


def test_no_more_come_at_a_time_than_asked_for(session: Session) -> None:
    for number in range(5):
        queue(session, f"person{number}", NOW + number * MINUTE)

    assert names(session, limit=2) == ["person0", "person1"]


def test_a_message_whose_cause_is_taken_back_never_waits(session: Session) -> None:
    queue(session, "jan")

    session.rollback()

    assert names(session) == []


def test_ids_of_messages_are_never_the_same(session: Session) -> None:
    for _ in range(3):
        queue(session, "jan")

    ids: set[uuid.UUID] = {mail.mail_id for mail in waiting_in(session)}

    assert len(ids) == 3
