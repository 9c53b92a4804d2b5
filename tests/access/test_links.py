# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import hashlib

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.approvals.at_once import at_once
from tests.builders import NOW, TODAY, member_of, timebank_of
from timebank.access.errors import LinkNotValid
from timebank.access.models import SignInLink
from timebank.access.operations import LINK_LIFETIME, forget_links, mail_link, redeem_link
from timebank.notices.models import Mail

INSTANT = datetime.timedelta(microseconds=1)


def a_letter(language: str, token: str) -> tuple[str, str]:
    return f"subject in {language}", token


def mailed(
    session: Session, email: str = "jan@example.org", now: datetime.datetime = NOW
) -> str | None:
    """Mail a link and return its secret as it stands in the mail, if one was queued."""
    before = set(session.scalars(select(Mail.id)))
    mail_link(session, timebank_id=timebank_of(session).id, email=email, letter=a_letter, now=now)
    new = session.scalars(select(Mail).where(Mail.id.not_in(before))).all()
    return new[0].body if new else None


def redeemed(session: Session, token: str | None, now: datetime.datetime = NOW) -> object:
    assert token is not None
    return redeem_link(session, timebank_id=timebank_of(session).id, token=token, now=now)


@pytest.mark.parametrize("email", ["jan@example.org", " Jan@Example.org "])
def test_a_link_is_mailed_to_an_address_that_is_known(session: Session, email: str) -> None:
    token = mailed(session, email)

    mail = session.scalars(select(Mail)).one()
    assert (mail.to_address, mail.subject) == ("jan@example.org", "subject in nl")
    assert token is not None
    assert len(token) >= 43
    assert mail.sent_at is None


@pytest.mark.parametrize("email", ["nobody@example.org", "", "henk@example.org", "%"])
def test_an_address_that_is_not_known_here_queues_nothing(session: Session, email: str) -> None:
    mailed(session, email)

    assert session.scalars(select(Mail)).all() == []
    assert session.scalars(select(SignInLink)).all() == []


def test_a_member_who_left_gets_no_link(session: Session) -> None:
    member_of(session, "Jan").left_on = TODAY
    session.flush()

    assert mailed(session) is None


def test_a_link_signs_in_the_member_it_was_mailed_to(session: Session) -> None:
    token = mailed(session)

    assert redeemed(session, token) == member_of(session, "Jan").id


def test_a_link_works_once(session: Session) -> None:
    token = mailed(session)
    redeemed(session, token)

    with pytest.raises(LinkNotValid):
        redeemed(session, token)


def test_two_links_of_one_member_both_work(session: Session) -> None:
    first, second = mailed(session), mailed(session)

    assert first != second
    assert redeemed(session, first) == redeemed(session, second)


def test_a_link_works_for_less_than_ten_minutes(session: Session) -> None:
    early, late = mailed(session), mailed(session)

    assert datetime.timedelta(minutes=10) == LINK_LIFETIME
    assert redeemed(session, early, NOW + LINK_LIFETIME - INSTANT)
    with pytest.raises(LinkNotValid):
        redeemed(session, late, NOW + LINK_LIFETIME)


@pytest.mark.parametrize("token", ["", "guess", "é", "x" * 10_000])
def test_a_link_that_never_was_does_not_work(session: Session, token: str) -> None:
    mailed(session)

    with pytest.raises(LinkNotValid):
        redeemed(session, token)


def test_a_link_does_not_work_in_another_timebank(session: Session) -> None:
    token = mailed(session)
    assert token is not None

    with pytest.raises(LinkNotValid):
        redeem_link(session, timebank_id=timebank_of(session, "holten").id, token=token, now=NOW)


def test_only_the_digest_of_a_link_is_stored(session: Session) -> None:
    token = mailed(session)
    session.commit()
    assert token is not None

    rows = session.connection().exec_driver_sql("SELECT * FROM sign_in_link").all()

    digest = hashlib.sha256(token.encode()).digest()
    assert digest in [bytes(value) for value in rows[0] if isinstance(value, bytes | memoryview)]
    assert token not in repr(rows)
    assert token.encode() not in [value for row in rows for value in row]


def test_of_32_who_use_one_link_at_once_exactly_one_gets_in(
    session: Session, engine: sa.Engine
) -> None:
    token, jan = mailed(session), member_of(session, "Jan").id
    session.commit()

    answers = at_once(engine, *[lambda own: redeemed(own, token)] * 32)

    assert [answer for answer in answers if answer == jan] == [jan]
    assert [type(answer) for answer in answers if answer != jan] == [LinkNotValid] * 31


def test_links_that_ended_long_ago_are_forgotten_and_others_kept(session: Session) -> None:
    mailed(session, now=NOW - datetime.timedelta(days=2))
    fresh = mailed(session)

    count = forget_links(session, before=NOW - datetime.timedelta(days=1))

    assert count == 1
    assert redeemed(session, fresh)


def test_a_link_that_ends_at_this_very_moment_is_kept(session: Session) -> None:
    mailed(session)

    assert forget_links(session, before=NOW + LINK_LIFETIME) == 0
    assert forget_links(session, before=NOW + LINK_LIFETIME + INSTANT) == 1
