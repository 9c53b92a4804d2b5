# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from tests.approvals.at_once import at_once
from tests.builders import NOW, TODAY, a_key, actor_of, member_of
from timebank.factors.errors import FactorStands, NoFactor, OwnFactor, WrongDigits
from timebank.factors.operations import begin_factor, prove_factor, reset_factor
from timebank.factors.queries import has_factor
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.policy import Role
from timebank.notices.models import Mail
from timebank.rates.errors import TooOften
from timebank.sessions.queries import signed_in

HALF_MINUTE = datetime.timedelta(seconds=30)


def of(session: Session, name: str = "Nadia") -> dict[str, object]:
    member = member_of(session, name)
    return {"timebank_id": member.timebank_id, "member_id": member.id}


def begun(session: Session, name: str = "Nadia") -> pyotp.TOTP:
    return pyotp.TOTP(begin_factor(session, **of(session, name)))  # type: ignore[arg-type]


def prove(session: Session, digits: str, now: datetime.datetime = NOW, name: str = "Nadia") -> None:
    prove_factor(session, **of(session, name), digits=digits, now=now)  # type: ignore[arg-type]


def stands(session: Session, name: str = "Nadia") -> bool:
    return has_factor(session, **of(session, name))  # type: ignore[arg-type]


def reset(session: Session, name: str, by: str) -> None:
    reset_factor(
        session,
        member_id=member_of(session, name).id,
        by=actor_of(session, by),
        notice=lambda language: ("second step", language),
        now=NOW,
    )


def test_a_factor_counts_from_its_first_right_digits(session: Session) -> None:
    telephone = begun(session)
    before = stands(session)

    prove(session, telephone.at(NOW))

    assert (before, stands(session)) == (False, True)


def test_beginning_again_shows_the_same_secret_until_it_is_confirmed(session: Session) -> None:
    telephone = begun(session)
    again = begun(session)
    prove(session, telephone.at(NOW))

    assert again.secret == telephone.secret
    with pytest.raises(FactorStands):
        begun(session)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_telephone_may_be_half_a_minute_off(session: Session, steps: int) -> None:
    prove(session, begun(session).at(NOW + steps * HALF_MINUTE))


@pytest.mark.parametrize("steps", [-2, 2, 100])
def test_digits_of_another_time_are_wrong(session: Session, steps: int) -> None:
    telephone = begun(session)

    with pytest.raises(WrongDigits):
        prove(session, telephone.at(NOW + steps * HALF_MINUTE))
    assert not stands(session)


def test_digits_work_once(session: Session) -> None:
    telephone = begun(session)
    prove(session, telephone.at(NOW))

    for digits in (telephone.at(NOW), telephone.at(NOW - HALF_MINUTE)):
        with pytest.raises(WrongDigits):
            prove(session, digits)
    prove(session, telephone.at(NOW + HALF_MINUTE))


def test_of_eight_who_type_the_same_digits_at_once_one_gets_in(
    session: Session, engine: sa.Engine
) -> None:
    digits = begun(session).at(NOW)
    session.commit()

    answers = at_once(engine, *[lambda own: prove(own, digits)] * 8)

    assert answers.count(None) == 1
    assert {type(answer) for answer in answers if answer is not None} == {WrongDigits}


@pytest.mark.parametrize("typed", ["", "abc", "12345", "é" * 6, "1" * 5000])
def test_what_are_no_digits_is_refused(session: Session, typed: str) -> None:
    begun(session)

    with pytest.raises(WrongDigits):
        prove(session, typed)


def test_guessing_ends_after_ten_tries(session: Session) -> None:
    telephone = begun(session)
    for _ in range(10):
        with pytest.raises(WrongDigits):
            prove(session, "nothing")

    with pytest.raises(TooOften):
        prove(session, telephone.at(NOW))


def test_nothing_is_proven_before_it_was_begun(session: Session) -> None:
    with pytest.raises(NoFactor):
        prove(session, "123456")


def test_a_colleague_takes_a_lost_factor_away_and_the_sessions_with_it(session: Session) -> None:
    prove(session, begun(session).at(NOW))
    nadia = member_of(session, "Nadia")
    key = a_key(session, nadia)

    reset(session, "Nadia", by="Marijke")

    where = {"timebank_id": nadia.timebank_id, "secret": key, "now": NOW, "today": TODAY}
    assert not stands(session)
    assert signed_in(session, **where) is None  # type: ignore[arg-type]
    mail = session.scalars(sa.select(Mail)).one()
    assert (mail.to_address, mail.body) == ("nadia@example.org", "nl")


def test_nobody_takes_their_own_factor_away(session: Session) -> None:
    prove(session, begun(session).at(NOW))

    with pytest.raises(OwnFactor):
        reset(session, "Nadia", by="Nadia")
    assert stands(session)


@pytest.mark.parametrize("by", ["Fatima", "Annelies"])
def test_who_decides_about_nothing_takes_no_factor_away(session: Session, by: str) -> None:
    prove(session, begun(session).at(NOW))

    with pytest.raises(NotPermitted):
        reset(session, "Nadia", by=by)


def test_an_administrator_who_is_no_neighbour_takes_a_factor_away(session: Session) -> None:
    hanna = builders.a_member(session, builders.timebank_of(session), "Hanna", "Vos", None)
    starts = {"starts_on": builders.FOUNDED_ON, "now": NOW}
    builders.grant_role(session, hanna, Role.ADMINISTRATOR, **starts)  # type: ignore[arg-type]
    prove(session, begun(session).at(NOW))

    reset(session, "Nadia", by="Hanna")

    assert not stands(session)


def test_a_coordinator_takes_no_factor_of_an_administrator_away(session: Session) -> None:
    prove(session, begun(session, "Bart").at(NOW), name="Bart")

    with pytest.raises(NotPermitted):
        reset(session, "Bart", by="Nadia")

    assert stands(session, "Bart")


def test_a_factor_of_another_timebank_is_out_of_reach(session: Session) -> None:
    prove(session, begun(session).at(NOW))

    with pytest.raises(UnknownMember):
        reset(session, "Nadia", by="Gerda")
    with pytest.raises(NoFactor):
        reset(session, "Marijke", by="Nadia")
    assert stands(session)
