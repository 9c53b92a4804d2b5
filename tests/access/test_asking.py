# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import hashlib

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.access.asking import HERE, ask, by_digits, by_link, other_than
from tests.approvals.at_once import at_once
from tests.builders import NOW, TODAY, member_of, timebank_of
from timebank.access.errors import CodeNotValid, LinkNotValid
from timebank.access.models import SignInRequest
from timebank.access.operations import forget_requests, redeem_link
from timebank.access.policy import MOST_TRIES, REQUEST_LIFETIME
from timebank.notices.models import Mail
from timebank.rates.errors import TooOften

INSTANT = datetime.timedelta(microseconds=1)


@pytest.mark.parametrize("email", ["jan@example.org", " Jan@Example.org "])
def test_a_member_gets_a_link_and_six_digits(session: Session, email: str) -> None:
    mailed = ask(session, email)

    assert (mailed.to, mailed.kind, mailed.language) == ("jan@example.org", "known", "nl")
    assert len(mailed.link) >= 43
    assert len(mailed.digits) == 6
    assert mailed.digits.isdecimal()


@pytest.mark.parametrize("email", ["nobody@example.org", "henk@example.org", "%"])
def test_an_address_that_nobody_has_gets_a_mail_that_opens_nothing(
    session: Session, email: str
) -> None:
    mailed = ask(session, email)

    assert mailed.kind == "unknown"
    with pytest.raises(CodeNotValid):
        by_digits(session, mailed.digits)
    with pytest.raises(LinkNotValid):
        by_link(session, mailed)


def test_a_member_who_left_is_somebody_we_do_not_know(session: Session) -> None:
    member_of(session, "Jan").left_on = TODAY
    session.flush()

    assert ask(session).kind == "unknown"


def test_the_link_and_the_digits_sign_in_the_member_who_asked(session: Session) -> None:
    jan = member_of(session, "Jan").id

    assert by_link(session, ask(session)) == jan
    assert by_digits(session, ask(session).digits) == jan


@pytest.mark.parametrize("shape", ["{0}", " {0} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_digits_may_be_typed_with_spaces(session: Session, shape: str) -> None:
    digits = ask(session).digits

    assert by_digits(session, shape.format(digits)) == member_of(session, "Jan").id


def test_a_forwarded_mail_opens_nothing_in_another_browser(session: Session) -> None:
    mailed = ask(session)

    with pytest.raises(LinkNotValid):
        by_link(session, mailed, browser="another")
    with pytest.raises(CodeNotValid):
        by_digits(session, mailed.digits, browser="another")
    with pytest.raises(LinkNotValid):
        by_link(session, mailed, browser="")
    assert by_link(session, mailed)


def test_what_was_used_once_works_no_more_in_either_way(session: Session) -> None:
    first, second = ask(session), ask(session)
    by_link(session, first)
    by_digits(session, second.digits)

    for mailed in (first, second):
        with pytest.raises(LinkNotValid):
            by_link(session, mailed)
        with pytest.raises(CodeNotValid):
            by_digits(session, mailed.digits)


def test_two_mails_of_one_browser_both_work(session: Session) -> None:
    first, second = ask(session), ask(session)

    assert by_digits(session, first.digits) == by_link(session, second)


def test_both_work_for_less_than_ten_minutes(session: Session) -> None:
    early, late = ask(session), ask(session)

    assert datetime.timedelta(minutes=10) == REQUEST_LIFETIME
    assert by_link(session, early, now=NOW + REQUEST_LIFETIME - INSTANT)
    with pytest.raises(LinkNotValid):
        by_link(session, late, now=NOW + REQUEST_LIFETIME)
    with pytest.raises(CodeNotValid):
        by_digits(session, late.digits, now=NOW + REQUEST_LIFETIME)


@pytest.mark.parametrize("typed", ["", "guess", "é", "1" * 10_000, "12345", "1234567"])
def test_what_is_no_code_is_refused(session: Session, typed: str) -> None:
    ask(session)

    with pytest.raises(CodeNotValid):
        by_digits(session, typed)


def test_after_five_wrong_tries_the_right_digits_work_no_more(session: Session) -> None:
    digits = ask(session).digits
    for _ in range(MOST_TRIES):
        with pytest.raises(CodeNotValid):
            by_digits(session, other_than(digits))

    with pytest.raises(CodeNotValid):
        by_digits(session, digits)


def test_the_fifth_try_still_counts(session: Session) -> None:
    digits = ask(session).digits
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(CodeNotValid):
            by_digits(session, other_than(digits))

    assert by_digits(session, digits)


@pytest.mark.parametrize("email", ["jan@example.org", "nobody@example.org"])
def test_asking_anew_gives_no_tries_without_end_known_or_not(session: Session, email: str) -> None:
    refusals = []
    for number in range(5):
        digits = ask(session, email, place=f"place {number}").digits
        for _ in range(MOST_TRIES):
            with pytest.raises((CodeNotValid, TooOften)) as refusal:
                by_digits(session, other_than(digits))
            refusals.append(refusal.type)

    assert refusals == [CodeNotValid] * 20 + [TooOften] * 5


def test_one_address_gets_five_mails_an_hour_known_or_not(session: Session) -> None:
    for email in ("jan@example.org", "nobody@example.org"):
        for number in range(5):
            ask(session, email, place=f"{email} {number}")
        with pytest.raises(TooOften) as refusal:
            ask(session, email, place="elsewhere")
        assert refusal.value.again_at == NOW + datetime.timedelta(hours=1)

    assert ask(session, "greet@example.org", place="elsewhere")
    assert ask(session, now=NOW + datetime.timedelta(hours=1))


def test_one_place_asks_two_hundred_times_an_hour(session: Session) -> None:
    for number in range(200):
        ask(session, f"{number}@example.org")

    with pytest.raises(TooOften):
        ask(session, "other@example.org")
    assert ask(session, "other@example.org", place="192.0.2.2")


def test_a_link_does_not_work_in_another_timebank(session: Session) -> None:
    mailed, holten = ask(session), timebank_of(session, "holten").id

    with pytest.raises(LinkNotValid):
        redeem_link(session, timebank_id=holten, link=mailed.link, browser=HERE, now=NOW)


def test_only_digests_are_stored(session: Session) -> None:
    mailed = ask(session)
    session.commit()

    rows = session.connection().exec_driver_sql("SELECT * FROM sign_in_request").all()

    stored = [bytes(value) for value in rows[0] if isinstance(value, bytes | memoryview)]
    assert hashlib.sha256(mailed.link.encode()).digest() in stored
    assert not [secret for secret in (mailed.link, mailed.digits, HERE) if secret in repr(rows)]
    assert hashlib.sha256(mailed.digits.encode()).digest() not in stored


@pytest.mark.parametrize("way", ["link", "digits"])
def test_of_32_who_use_one_mail_at_once_exactly_one_gets_in(
    session: Session, engine: sa.Engine, way: str
) -> None:
    mailed, jan = ask(session), member_of(session, "Jan").id
    session.commit()

    def redeem(own: Session) -> object:
        return by_link(own, mailed) if way == "link" else by_digits(own, mailed.digits)

    answers = at_once(engine, *[redeem] * 32)

    assert [answer for answer in answers if answer == jan] == [jan]
    refusals = {type(answer) for answer in answers if answer != jan}
    assert refusals <= {LinkNotValid, CodeNotValid, TooOften}


def test_a_mail_that_does_not_leave_leaves_no_request(session: Session) -> None:
    ask(session)
    session.rollback()

    assert session.scalars(select(Mail)).all() == []
    assert session.scalars(select(SignInRequest)).all() == []


def test_requests_that_ended_long_ago_are_forgotten_and_others_kept(session: Session) -> None:
    ask(session, now=NOW - datetime.timedelta(days=2))
    fresh = ask(session)

    count = forget_requests(
        session, timebank_id=timebank_of(session).id, before=NOW - datetime.timedelta(days=1)
    )

    assert count == 1
    assert by_link(session, fresh)


def test_a_request_that_ends_at_this_very_moment_is_kept(session: Session) -> None:
    ask(session)

    assert (
        forget_requests(session, timebank_id=timebank_of(session).id, before=NOW + REQUEST_LIFETIME)
        == 0
    )
    assert (
        forget_requests(
            session, timebank_id=timebank_of(session).id, before=NOW + REQUEST_LIFETIME + INSTANT
        )
        == 1
    )
