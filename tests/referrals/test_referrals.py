# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

from tests import builders
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.own_data.queries import own_data
from timebank.referrals.errors import (
    ConsentMissing,
    PartnerMissing,
    ReferralClosed,
    ReferralKeyUsed,
    ReferralOutcomeMissing,
    UnknownReferral,
)
from timebank.referrals.models import Referral
from timebank.referrals.operations import ask_referral, hand_over, keep_outcome
from timebank.referrals.policy import PARTNERS, ReferralOutcome
from timebank.referrals.queries import count_due_referrals, open_referrals, whom_it_was_for
from timebank.trust.operations import appoint_stand_in

DAY = datetime.timedelta(days=1)


def ask(
    session: Session,
    by: str = "Jan",
    about: str | None = None,
    now: datetime.datetime = builders.NOW,
    key: uuid.UUID | None = None,
) -> uuid.UUID:
    referral_id = key or uuid.uuid4()
    ask_referral(
        session,
        referral_id,
        about=builders.member_of(session, about or by).id,
        by=builders.actor_of(session, by),
        now=now,
    )
    return referral_id


def bring(session: Session, referral_id: uuid.UUID, by: str = "Nadia", **more: object) -> None:
    values: dict[str, object] = {"partner": "gp", "consent": True, "now": builders.NOW} | more
    hand_over(session, referral_id, by=builders.actor_of(session, by), **values)  # type: ignore[arg-type]


def say(
    session: Session,
    referral_id: uuid.UUID,
    outcome: ReferralOutcome | None,
    now: datetime.datetime = builders.NOW,
) -> None:
    nadia = builders.actor_of(session, "Nadia")
    keep_outcome(session, referral_id, outcome, by=nadia, now=now)


def due(session: Session, now: datetime.datetime, by: str = "Nadia") -> int:
    return count_due_referrals(session, by=builders.actor_of(session, by), now=now)[0]


@pytest.mark.policy("V6")
def test_the_outcome_is_asked_after_fourteen_days(session: Session) -> None:
    referral_id = ask(session)
    bring(session, referral_id)

    asked = [due(session, builders.NOW + days * DAY) for days in (0, 13, 14)]
    say(session, referral_id, ReferralOutcome.STILL_WAITING, builders.NOW + 14 * DAY)
    again = [due(session, builders.NOW + days * DAY) for days in (14, 27, 28)]
    say(session, referral_id, ReferralOutcome.HELPED, builders.NOW + 28 * DAY)

    assert (asked, again) == ([0, 0, 1], [0, 0, 1])
    assert due(session, builders.NOW + 60 * DAY) == 0
    with pytest.raises(ReferralClosed):
        say(session, referral_id, ReferralOutcome.DID_NOT_COME)
    with pytest.raises(ReferralClosed):
        bring(session, referral_id)


@pytest.mark.policy("D10")
def test_what_is_due_stands_first_the_oldest_first(session: Session) -> None:
    brought = ask(session, "Jan", now=builders.NOW - 9 * DAY)
    bring(session, brought)
    new = ask(session, "Fatima")
    old = ask(session, "Jan", now=builders.NOW - 3 * DAY)

    rows = open_referrals(session, by=builders.actor_of(session, "Nadia"), now=builders.NOW)

    assert [(row.referral_id, row.days, row.due) for row in rows] == [
        (old, 3, True),
        (new, 0, True),
        (brought, 9, False),
    ]


def test_nobody_is_handed_over_without_consent_and_a_partner(session: Session) -> None:
    referral_id = ask(session)

    with pytest.raises(ConsentMissing):
        bring(session, referral_id, consent=False)
    with pytest.raises(PartnerMissing):
        bring(session, referral_id, partner="bank")
    with pytest.raises(ReferralOutcomeMissing):
        say(session, referral_id, None)
    with pytest.raises(ReferralOutcomeMissing):
        say(session, referral_id, ReferralOutcome.HELPED)
    say(session, referral_id, ReferralOutcome.NOT_NEEDED)
    assert due(session, builders.NOW) == 0


def test_a_referral_holds_no_reason_and_partners_tell_none() -> None:
    assert "category_code" not in Referral.__table__.columns
    assert "words" not in Referral.__table__.columns
    assert not {"debts", "addiction", "mental_crisis"} & set(PARTNERS)


def test_coordinators_of_the_neighbourhood_deal_with_it_and_nobody_with_their_own(
    session: Session,
) -> None:
    of_jan, of_nadia = ask(session), ask(session, "Nadia")

    for name in ("Marijke", "Gerda", "Fatima", "Jan"):
        with pytest.raises(UnknownReferral):
            bring(session, of_jan, by=name)
    with pytest.raises(UnknownReferral):
        bring(session, of_nadia, by="Nadia")
    bring(session, of_nadia, by="Bart")
    assert [due(session, builders.NOW, by) for by in ("Nadia", "Marijke", "Bart")] == [1, 0, 1]
    with pytest.raises(NotPermitted):
        open_referrals(session, by=builders.actor_of(session, "Jan"), now=builders.NOW)


def test_one_asks_for_oneself_or_for_whom_one_fills_in(session: Session) -> None:
    jan, fatima = (builders.actor_of(session, name) for name in ("Jan", "Fatima"))
    assert jan.member_id is not None
    with pytest.raises(UnknownMember):
        ask(session, "Fatima", about="Jan")

    appoint_stand_in(
        session,
        member_id=jan.member_id,
        stand_in_id=fatima.member_id,  # type: ignore[arg-type]
        by=jan,
        now=builders.NOW,
    )
    ask(session, "Fatima", about="Jan")
    ask(session, "Nadia", about="Jan")

    assert due(session, builders.NOW) == 2


def test_asked_twice_by_one_form_it_is_one_task_and_stands_among_ones_own_data(
    session: Session,
) -> None:
    key = uuid.uuid4()
    ask(session, key=key)
    ask(session, key=key)
    bring(session, key)

    own = own_data(session, by=builders.actor_of(session, "Jan"))["support"]

    assert [(item["partner"], item["handed_over_on"]) for item in own] == [("gp", builders.TODAY)]


def test_one_key_is_one_referral(session: Session) -> None:
    key = ask(session, "Nadia", about="Jan")

    assert ask(session, "Nadia", about="Jan", key=key) == key
    for by, about in (("Nadia", "Fatima"), ("Jan", "Jan"), ("Fatima", "Fatima")):
        with pytest.raises(ReferralKeyUsed):
            ask(session, by, about=about, key=key)
    nadia, jan = (builders.actor_of(session, name) for name in ("Nadia", "Jan"))
    assert whom_it_was_for(session, key, by=nadia) == jan.member_id
    with pytest.raises(UnknownReferral):
        whom_it_was_for(session, key, by=jan)
