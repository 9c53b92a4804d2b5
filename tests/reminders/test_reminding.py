# SPDX-License-Identifier: EUPL-1.2
"""Who is reminded of tomorrow: both people, once, whoever asks and however often."""

from __future__ import annotations

import datetime
import threading
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.appointments.making import DAY, NOW, TODAY, agreed, say
from tests.conftest import Clock
from tests.web import roads
from timebank.calls.models import CallReason, CallTask
from timebank.calls.operations import finish_call, tell_member
from timebank.calls.queries import waiting_calls
from timebank.jobs.schedule import remind
from timebank.members.models import Person
from timebank.notices.models import Mail
from timebank.own_data.queries import own_data
from timebank.personal.operations import forget_due
from timebank.reminders.models import AppointmentReminder
from timebank.reminders.operations import remind_of_tomorrow

TEN = datetime.datetime(2026, 3, 10, 9, 0, tzinfo=datetime.UTC)
"""Ten o'clock in the Netherlands."""
YESTERDAY = NOW - DAY


def reminded(session: Session, now: datetime.datetime = TEN) -> int:
    return remind_of_tomorrow(
        session,
        timebank_id=builders.timebank_of(session).id,
        now=now,
        letter=lambda appointment: lambda language: (language, str(appointment.id)),
    )


def calls(session: Session) -> list[uuid.UUID | None]:
    return list(
        session.scalars(
            sa.select(CallTask.subject_id).where(
                CallTask.reason == CallReason.APPOINTMENT_TOMORROW, CallTask.done_at.is_(None)
            )
        )
    )


def without_mail(session: Session, given_name: str) -> None:
    """Let somebody have no e-mail address."""
    member = builders.member_of(session, given_name)
    session.get_one(Person, (member.timebank_id, member.id)).email = None
    session.flush()


@pytest.mark.policy("L9")
def test_both_are_reminded_the_day_before_in_their_own_language(session: Session) -> None:
    appointment_id = agreed(session, happens_on=TODAY + DAY, now=YESTERDAY)
    jan = builders.member_of(session, "Jan")
    session.get_one(Person, (jan.timebank_id, jan.id)).language = "en"
    session.flush()

    early = reminded(session, TEN - datetime.timedelta(seconds=1))
    times = [reminded(session), reminded(session), reminded(session, TEN + DAY / 4)]

    assert (early, times) == (0, [2, 0, 0])
    mails = {mail.to_address: mail for mail in session.scalars(sa.select(Mail))}
    assert {to: (mail.subject, mail.body) for to, mail in mails.items()} == {
        "fatima@example.org": ("nl", str(appointment_id)),
        "jan@example.org": ("en", str(appointment_id)),
    }


def test_only_tomorrow_and_what_stands_and_was_agreed_before_today(session: Session) -> None:
    for answer in ("moved", "called_off"):
        say(session, agreed(session, happens_on=TODAY + DAY, now=YESTERDAY), answer)
    agreed(session, happens_on=TODAY, now=YESTERDAY)
    agreed(session, happens_on=TODAY + 2 * DAY, now=YESTERDAY)
    # Agreed on today, a minute after midnight; nobody forgets that until tomorrow.
    just_now = datetime.datetime(2026, 3, 9, 23, 1, tzinfo=datetime.UTC)
    agreed(session, happens_on=TODAY + DAY, now=just_now)
    assert reminded(session) == 0

    agreed(session, happens_on=TODAY + DAY, now=just_now - datetime.timedelta(minutes=2))
    assert reminded(session) == 2


def test_two_schedulers_at_once_remind_once(engine: sa.Engine, session: Session) -> None:
    for _ in range(3):
        agreed(session, happens_on=TODAY + DAY, now=YESTERDAY)
    session.commit()
    start, counts = threading.Barrier(2), []

    def scheduler() -> None:
        with Session(engine) as own:
            start.wait()
            counts.append(reminded(own))
            own.commit()

    threads = [threading.Thread(target=scheduler) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 6
    assert session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 6
    assert session.scalar(sa.select(sa.func.count()).select_from(AppointmentReminder)) == 6


def test_who_has_no_mail_stands_on_the_list_until_it_says_nothing_any_more(
    session: Session,
) -> None:
    without_mail(session, "Jan")
    kept, dropped = (agreed(session, happens_on=TODAY + DAY, now=YESTERDAY) for _ in range(2))
    assert reminded(session) == 4
    assert set(calls(session)) == {kept, dropped}

    say(session, dropped, "called_off")
    assert calls(session) == [kept]
    reminded(session, TEN + DAY)
    assert calls(session) == [kept], "on the day itself it can still be said"
    reminded(session, TEN + 2 * DAY)
    assert calls(session) == []


def test_a_call_that_was_made_stays_made(session: Session) -> None:
    without_mail(session, "Jan")
    agreed(session, happens_on=TODAY + DAY, now=YESTERDAY)
    reminded(session)
    call_id = session.scalars(sa.select(CallTask.id)).one()
    finish_call(session, call_id, by=builders.actor_of(session, "Nadia"), now=TEN)

    assert reminded(session, TEN + 3 * DAY) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(CallTask)) == 1


def test_the_mail_says_when_and_names_nobody(app: Flask, session: Session, clock: Clock) -> None:
    at_time = datetime.time.fromisoformat("14:30")
    appointment_id = agreed(session, happens_on=TODAY + DAY, now=YESTERDAY, at_time=at_time)
    session.commit()
    clock.moment = TEN

    with app.app_context():
        lines = [remind(), remind()]

    (text,) = roads.mails_to(app, "jan@example.org")
    assert lines == ["2 reminded", "0 reminded"]
    assert "woensdag 11 maart, om 14:30" in text
    assert f"/appointments/{appointment_id}" in text
    for word in ("Fatima", "Jan", "flat", "Boodschappen", "boodschappen"):
        assert word not in text


def test_reminders_are_ones_own_data_and_go_before_the_appointment(session: Session) -> None:
    agreed(session, happens_on=TODAY + DAY, now=YESTERDAY)
    reminded(session)
    own = own_data(session, by=builders.actor_of(session, "Jan"))["appointments"]
    bank = builders.timebank_of(session).id

    assert [(one.get("place"), one.get("reminded_at")) for one in own] == [
        ("Bij de flat", None),
        (None, TEN),
    ]
    assert own[0]["written_down_by"] == "Fatima El Amrani"
    assert "appointment" not in forget_due(session, timebank_id=bank, now=TEN + 366 * DAY)
    table = ledger.Base.metadata.tables["appointment"]
    assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 1
    assert forget_due(session, timebank_id=bank, now=TEN + 367 * DAY)["appointment"] == 1


def test_a_call_about_tomorrow_comes_before_what_can_wait(session: Session) -> None:
    without_mail(session, "Jan")
    bank, jan = builders.timebank_of(session).id, builders.member_of(session, "Jan").id
    for _older in range(2):
        tell_member(
            session,
            CallReason.JOINED,
            timebank_id=bank,
            member_id=jan,
            letter=None,
            now=YESTERDAY,
        )
    agreed(session, happens_on=TODAY + DAY, now=YESTERDAY)
    reminded(session)

    waiting = waiting_calls(session, by=builders.actor_of(session, "Nadia"), limit=1)

    assert [call.reason for call in waiting] == [CallReason.APPOINTMENT_TOMORROW]


def test_what_is_called_off_leaves_no_call_that_it_was_agreed(session: Session) -> None:
    without_mail(session, "Jan")
    appointment_id = agreed(session)
    tell_member(
        session,
        CallReason.APPOINTMENT_NEWS,
        timebank_id=builders.timebank_of(session).id,
        member_id=builders.member_of(session, "Jan").id,
        letter=None,
        now=NOW,
        subject_id=appointment_id,
    )

    say(session, appointment_id, "called_off")

    assert session.scalars(sa.select(CallTask.id)).all() == []
