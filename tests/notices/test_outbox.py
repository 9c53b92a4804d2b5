# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import smtplib

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, timebank_of
from timebank.notices.models import Mail
from timebank.notices.operations import MOST_ATTEMPTS, deliver_waiting, queue_mail

MINUTE = datetime.timedelta(minutes=1)


class Postman:
    """Keeps what it delivers, and fails for one address."""

    def __init__(self, refuses: str = "", error: Exception | None = None) -> None:
        self.refuses = refuses
        self.error = error or ConnectionRefusedError()
        self.bodies: list[str] = []
        self.asked = 0

    def __call__(self, mail: Mail) -> None:
        self.asked += 1
        if mail.to_address == self.refuses:
            raise self.error
        self.bodies.append(mail.body)


def queue(session: Session, name: str, now: datetime.datetime = NOW) -> None:
    queue_mail(
        session,
        timebank_id=timebank_of(session).id,
        to_address=f"{name}@example.org",
        subject="Inloggen",
        body=f"for {name}",
        now=now,
    )


def mails(session: Session) -> dict[str, Mail]:
    return {mail.to_address.partition("@")[0]: mail for mail in session.scalars(select(Mail))}


def test_messages_leave_oldest_first(session: Session) -> None:
    queue(session, "second", NOW + MINUTE)
    queue(session, "third", NOW + 2 * MINUTE)
    queue(session, "first", NOW)
    postman = Postman()

    count = deliver_waiting(session, postman, now=NOW + 3 * MINUTE)

    assert count == 3
    assert postman.bodies == ["for first", "for second", "for third"]


def test_the_words_are_wiped_and_the_proof_stays_once_a_message_left(session: Session) -> None:
    queue(session, "jan")

    deliver_waiting(session, Postman(), now=NOW + MINUTE)
    session.commit()

    mail = mails(session)["jan"]
    assert (mail.body, mail.sent_at, mail.attempts) == ("", NOW + MINUTE, 1)
    assert mail.to_address == "jan@example.org"


def test_a_message_leaves_once(session: Session) -> None:
    queue(session, "jan")
    deliver_waiting(session, Postman(), now=NOW)
    postman = Postman()

    count = deliver_waiting(session, postman, now=NOW)

    assert (count, postman.asked) == (0, 0)


@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPServerDisconnected("gone")],
)
def test_one_that_fails_is_kept_whole_and_the_others_go_on(
    session: Session, error: Exception
) -> None:
    for minute, name in enumerate(("first", "second", "third")):
        queue(session, name, NOW + minute * MINUTE)
    postman = Postman("second@example.org", error)

    count = deliver_waiting(session, postman, now=NOW)

    assert count == 2
    assert postman.bodies == ["for first", "for third"]
    failed = mails(session)["second"]
    assert (failed.body, failed.sent_at, failed.attempts) == ("for second", None, 1)


def test_one_that_failed_leaves_when_the_postman_can_again(session: Session) -> None:
    queue(session, "jan")
    deliver_waiting(session, Postman("jan@example.org"), now=NOW)

    count = deliver_waiting(session, Postman(), now=NOW + MINUTE)

    assert count == 1
    assert mails(session)["jan"].attempts == 2


def test_after_eight_attempts_a_message_is_left_alone(session: Session) -> None:
    queue(session, "jan")
    postman = Postman("jan@example.org")

    for _ in range(MOST_ATTEMPTS + 3):
        deliver_waiting(session, postman, now=NOW)

    assert MOST_ATTEMPTS == 8
    assert postman.asked == 8
    assert mails(session)["jan"].sent_at is None


def test_no_more_leave_at_a_time_than_asked_for(session: Session) -> None:
    for number in range(5):
        queue(session, f"person{number}", NOW + number * MINUTE)

    counts = [deliver_waiting(session, Postman(), now=NOW, limit=2) for _ in range(4)]

    assert counts == [2, 2, 1, 0]


def test_a_message_whose_cause_is_taken_back_never_leaves(session: Session) -> None:
    queue(session, "jan")

    session.rollback()

    assert deliver_waiting(session, Postman(), now=NOW) == 0


@pytest.mark.xfail(
    raises=ValueError,
    strict=True,
    reason="only OSError is caught, so that one message that cannot be built stops all the others",
)
def test_one_that_cannot_be_written_as_a_message_does_not_stop_the_others(
    session: Session,
) -> None:
    queue(session, "first")
    queue(session, "second", NOW + MINUTE)
    postman = Postman("first@example.org", ValueError("a header with a line break"))

    assert deliver_waiting(session, postman, now=NOW) == 1
