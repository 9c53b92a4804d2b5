# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import NOW, SLAAGHWIJK, timebank_of
from timebank import clock
from timebank.areas.operations import close_applications, open_applications
from timebank.joining import operations
from timebank.joining.errors import NoApplications, TooManyApplications
from timebank.joining.models import Application
from timebank.joining.operations import (
    APPLICATION_LIFETIME,
    apply_to_join,
    forget_applications,
)
from timebank.members.errors import TooYoung
from timebank.members.operations import EnrolMember, enrol_member
from timebank.rates.errors import TooOften

MOMENT = datetime.timedelta(seconds=1)


def an_applicant(session: Session, given_name: str = "Sami", birth_year: int = 1980) -> EnrolMember:
    timebank = timebank_of(session)
    return EnrolMember(timebank.id, given_name, "Haddad", SLAAGHWIJK, birth_year=birth_year)


@pytest.fixture
def taking(session: Session) -> Session:
    """Leiden takes applications."""
    open_applications(session, timebank_id=timebank_of(session).id)
    return session


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Application)) or 0


def test_an_application_is_forgotten_after_ninety_days_and_not_before(taking: Session) -> None:
    apply_to_join(taking, an_applicant(taking), place="here", now=NOW)
    end, bank = NOW + APPLICATION_LIFETIME, timebank_of(taking).id

    early = forget_applications(taking, timebank_id=bank, before=end - APPLICATION_LIFETIME)
    late = forget_applications(taking, timebank_id=bank, before=end + MOMENT - APPLICATION_LIFETIME)

    assert (early, late, count(taking)) == (0, 1, 0)


def test_who_becomes_sixteen_this_year_may_apply_and_who_becomes_fifteen_not(
    taking: Session,
) -> None:
    apply_to_join(taking, an_applicant(taking, birth_year=2010), place="here", now=NOW)

    with pytest.raises(TooYoung):
        apply_to_join(taking, an_applicant(taking, "Lot", birth_year=2011), place="here", now=NOW)


def test_a_timebank_that_stopped_takes_no_applications(taking: Session) -> None:
    close_applications(taking, timebank_id=timebank_of(taking).id)

    with pytest.raises(NoApplications):
        apply_to_join(taking, an_applicant(taking), place="here", now=NOW)


def test_more_applications_than_people_send_are_refused(
    taking: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_WAITING", 1)
    apply_to_join(taking, an_applicant(taking), place="here", now=NOW)

    with pytest.raises(TooManyApplications):
        apply_to_join(taking, an_applicant(taking, "Lot"), place="here", now=NOW)


def test_one_place_sends_twenty_applications_an_hour_and_another_goes_on(taking: Session) -> None:
    for number in range(20):
        apply_to_join(taking, an_applicant(taking, f"Sami {number}"), place="here", now=NOW)

    with pytest.raises(TooOften):
        apply_to_join(taking, an_applicant(taking, "Lot"), place="here", now=NOW)
    apply_to_join(taking, an_applicant(taking, "Lot"), place="there", now=NOW)

    assert count(taking) == 21


@pytest.mark.parametrize("changes", [{"email": "sami@example.org"}, {"phone": "071 555 02 02"}])
def test_one_name_with_another_address_or_number_is_another_application(
    taking: Session, changes: dict[str, str]
) -> None:
    first = an_applicant(taking)
    apply_to_join(taking, first, place="here", now=NOW)

    apply_to_join(taking, dataclasses.replace(first, **changes), place="here", now=NOW)  # type: ignore[arg-type]

    assert count(taking) == 2


@pytest.mark.parametrize("name", ["\ufdfa" * 20, "\ufb03" * 60])
def test_a_name_whose_letters_become_many_is_kept(taking: Session, name: str) -> None:
    apply_to_join(taking, an_applicant(taking, name), place="here", now=NOW)
    enrol_member(taking, an_applicant(taking, name), now=NOW, today=clock.day_of(NOW))

    assert count(taking) == 1
