# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, actor_of, member_of
from timebank.sessions.errors import UnknownSession
from timebank.sessions.operations import (
    end_other_sessions,
    end_session,
    end_session_of,
    forget_sessions,
    open_session,
    verify_session,
)
from timebank.sessions.policy import OWN_DEVICE, SHARED_DEVICE, STAFF, Terms, is_staff, terms_of
from timebank.sessions.queries import Device, SignedIn, devices_of, signed_in

INSTANT = datetime.timedelta(microseconds=1)


def opened(session: Session, name: str = "Jan", terms: Terms = OWN_DEVICE) -> str:
    member = member_of(session, name)
    return open_session(
        session,
        timebank_id=member.timebank_id,
        member_id=member.id,
        terms=terms,
        device="Firefox, Android" + "x" * 100,
        now=NOW,
    )


def who(
    session: Session, key: str, now: datetime.datetime = NOW, bank: int | None = None
) -> SignedIn | None:
    bank = bank or member_of(session, "Jan").timebank_id
    return signed_in(session, timebank_id=bank, secret=key, now=now, today=TODAY)


def devices(session: Session, key: str, name: str = "Jan") -> list[Device]:
    member = member_of(session, name)
    return list(
        devices_of(
            session,
            timebank_id=member.timebank_id,
            member_id=member.id,
            secret=key,
            now=NOW,
        )
    )


def test_a_session_says_who_holds_its_secret_with_the_roles_of_today(session: Session) -> None:
    found = who(session, opened(session, "Nadia"))

    assert found is not None
    assert found.actor == actor_of(session, "Nadia")
    assert not found.verified


def test_a_session_lasts_as_long_as_its_terms_say(session: Session) -> None:
    key = opened(session)

    assert who(session, key, NOW + OWN_DEVICE.lifetime - INSTANT)
    assert who(session, key, NOW + OWN_DEVICE.lifetime) is None


@pytest.mark.parametrize("secret", ["", "guess", "é"])
def test_another_secret_is_nobodys(session: Session, secret: str) -> None:
    opened(session)

    assert who(session, secret) is None


def test_a_session_of_another_timebank_is_nobodys(session: Session) -> None:
    key, holten = opened(session), member_of(session, "Henk").timebank_id

    assert who(session, key, bank=holten) is None


def test_a_session_of_who_left_is_nobodys(session: Session) -> None:
    key = opened(session)
    member_of(session, "Jan").left_on = TODAY - datetime.timedelta(days=1)
    session.flush()

    assert who(session, key) is None


def test_an_ended_session_is_nobodys_and_ending_it_again_does_no_harm(session: Session) -> None:
    key, other = opened(session), opened(session)

    for _ in range(2):
        end_session(session, timebank_id=member_of(session, "Jan").timebank_id, secret=key)

    assert who(session, key) is None
    assert who(session, other)


def test_proving_a_second_factor_renews_the_secret(session: Session) -> None:
    key = opened(session, "Nadia")
    bank = member_of(session, "Nadia").timebank_id

    renewed = verify_session(session, timebank_id=bank, secret=key, now=NOW)

    found = who(session, renewed)
    assert found is not None
    assert found.verified
    assert who(session, key) is None
    with pytest.raises(UnknownSession):
        verify_session(session, timebank_id=bank, secret=key, now=NOW)


def test_a_member_sees_their_devices_and_no_others(session: Session) -> None:
    mine, _other, _fatimas = opened(session), opened(session), opened(session, "Fatima")

    found = devices(session, mine)

    assert [device.is_this_one for device in found].count(True) == 1
    assert len(found) == 2
    assert {device.device for device in found} == {("Firefox, Android" + "x" * 100)[:40]}


def test_a_member_ends_one_of_their_devices_and_no_other_ones(session: Session) -> None:
    mine, lost = opened(session), opened(session)
    jan, fatima = member_of(session, "Jan"), member_of(session, "Fatima")
    lost_id = next(device.session_id for device in devices(session, mine) if not device.is_this_one)
    bank = jan.timebank_id

    for stranger, one in ((fatima.id, lost_id), (jan.id, uuid.uuid4())):
        with pytest.raises(UnknownSession):
            end_session_of(session, timebank_id=bank, member_id=stranger, session_id=one)
    end_session_of(session, timebank_id=bank, member_id=jan.id, session_id=lost_id)

    assert who(session, lost) is None
    assert who(session, mine)


def test_a_member_ends_all_devices_but_this_one(session: Session) -> None:
    mine, lost, fatimas = opened(session), opened(session), opened(session, "Fatima")
    jan = member_of(session, "Jan")

    ended = end_other_sessions(session, timebank_id=jan.timebank_id, member_id=jan.id, but=mine)

    assert ended == 1
    assert who(session, lost) is None
    assert who(session, mine)
    assert who(session, fatimas)


def test_sessions_that_are_over_are_forgotten(session: Session) -> None:
    opened(session, terms=SHARED_DEVICE)
    kept = opened(session)

    bank, ended = member_of(session, "Jan").timebank_id, NOW + SHARED_DEVICE.lifetime
    assert forget_sessions(session, timebank_id=bank, before=ended) == 0
    assert forget_sessions(session, timebank_id=bank, before=ended + INSTANT) == 1
    assert who(session, kept)


def test_staff_sign_in_daily_and_a_shared_device_forgets_soon() -> None:
    half_an_hour = datetime.timedelta(minutes=30)

    assert terms_of(staff=True, shared=False) == terms_of(staff=True, shared=True) == STAFF
    assert terms_of(staff=False, shared=True) == SHARED_DEVICE
    assert terms_of(staff=False, shared=False) == OWN_DEVICE
    assert STAFF.idle == SHARED_DEVICE.idle == half_an_hour
    assert OWN_DEVICE.idle is None


@pytest.mark.parametrize(
    ("name", "staff"),
    [("Fatima", False), ("Annelies", False), ("Nadia", True), ("Bart", True), ("Gerda", True)],
)
def test_staff_is_who_sees_other_peoples_data(session: Session, name: str, staff: bool) -> None:
    assert is_staff(actor_of(session, name)) is staff
