# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

from tests import builders
from timebank.approvals.queries import waiting_for
from timebank.categories.models import Boundary
from timebank.categories.policy import SAFETY, Check, light_share, safety_of
from timebank.categories.queries import all_categories
from timebank.checks.errors import DayMissing, KindMissing
from timebank.checks.operations import keep_check
from timebank.checks.policy import Qualification
from timebank.checks.queries import (
    checks_for_oneself,
    checks_seen,
    missing_checks,
    what_comes_first,
)
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.support.operations import KeepSupport, keep_support
from timebank.support.policy import Support

DAY = datetime.date(2026, 3, 9)


def keep(session: Session, kind: Qualification | None, by: str = "Nadia", **more: object) -> None:
    values: dict[str, object] = {"happened_on": DAY, "now": builders.NOW} | more
    keep_check(
        session,
        builders.member_of(session, "Fatima").id,
        kind,
        by=builders.actor_of(session, by),
        **values,  # type: ignore[arg-type]
    )


def missing(session: Session) -> dict[uuid.UUID, tuple[Check, ...]]:
    nadia = builders.actor_of(session, "Nadia")
    return missing_checks(session, waiting_for(session, by=nadia), by=nadia)


@pytest.mark.policy("V19")
def test_the_desk_hears_what_lacks_until_it_is_seen(session: Session) -> None:
    papers = builders.logged(session, category_code="home_paperwork")
    coach = builders.logged(session, category_code="language_coach")
    builders.logged(session, category_code="groceries")
    before = missing(session)

    keep(session, Qualification.TALK)
    with_talk = missing(session)
    certificate = KeepSupport(
        builders.member_of(session, "Fatima").id,
        Support.NONE,
        conduct_certificate_date=datetime.date(2025, 12, 1),
    )
    nadia = builders.actor_of(session, "Nadia")
    keep_support(session, certificate, by=nadia, now=builders.NOW)
    keep(session, Qualification.TRAINING)

    assert before == {
        papers: (Check.CONDUCT_CERTIFICATE, Check.TALK),
        coach: (Check.TALK, Check.TRAINING),
    }
    assert with_talk == {papers: (Check.CONDUCT_CERTIFICATE,), coach: (Check.TRAINING,)}
    assert missing(session) == {}


def test_who_offers_reads_what_comes_first(session: Session) -> None:
    fatima = builders.member_of(session, "Fatima")
    codes = ["groceries", "language_coach", "company"]

    first = what_comes_first(session, codes, member_id=fatima.id, timebank_id=fatima.timebank_id)

    assert first == {
        "language_coach": (Check.TALK, Check.TRAINING),
        "company": (Check.CONDUCT_CERTIFICATE,),
    }


def test_a_later_day_replaces_the_earlier_and_says_who_saw_it(session: Session) -> None:
    keep(session, Qualification.TALK, happened_on=datetime.date(2026, 2, 1))
    keep(session, Qualification.TALK, by="Bart")

    (row,) = checks_seen(
        session,
        builders.member_of(session, "Fatima").id,
        by=builders.actor_of(session, "Nadia"),
    )
    own = checks_for_oneself(session, by=builders.actor_of(session, "Fatima"))

    assert (row.kind, row.happened_on, row.seen_by_name) == (Check.TALK, DAY, "Bart Verhoeven")
    assert own == [
        {"check": Check.TALK, "happened_on": DAY, "seen_by": "Bart Verhoeven"},
    ]


@pytest.mark.parametrize("name", ["Marijke", "Gerda", "Jan", "Fatima", "Annelies"])
def test_only_coordinators_nearby_keep_and_see_checks(session: Session, name: str) -> None:
    with pytest.raises(UnknownMember):
        keep(session, Qualification.TALK, by=name)
    with pytest.raises(UnknownMember):
        checks_seen(
            session,
            builders.member_of(session, "Fatima").id,
            by=builders.actor_of(session, name),
        )


def test_nobody_checks_themselves_and_residents_hear_nothing(session: Session) -> None:
    nadia = builders.actor_of(session, "Nadia")
    assert nadia.member_id is not None

    with pytest.raises(UnknownMember):
        keep_check(session, nadia.member_id, Qualification.TALK, DAY, by=nadia, now=builders.NOW)
    with pytest.raises(NotPermitted):
        missing_checks(session, [], by=builders.actor_of(session, "Jan"))


def test_a_check_has_a_kind_and_a_day_that_has_come(session: Session) -> None:
    tomorrow = builders.TODAY + datetime.timedelta(days=1)

    with pytest.raises(KindMissing):
        keep(session, None)
    for day in (None, tomorrow):
        with pytest.raises(DayMissing):
            keep(session, Qualification.TALK, happened_on=day)


@pytest.mark.policy("V5")
def test_every_light_service_at_home_has_a_card_in_both_languages() -> None:
    services = ("home_paperwork", "groceries", "odd_job_indoors", "local_lift", "hospital_escort")

    assert all(safety_of(code).card_nl and safety_of(code).card_en for code in services)
    assert all(bool(one.card_nl) == bool(one.card_en) for one in SAFETY.values())
    assert not [code for code, one in SAFETY.items() if one.ticked and not one.card_nl]


def test_every_kind_after_a_check_asks_for_one_and_no_other_does(session: Session) -> None:
    timebank = builders.timebank_of(session)
    categories = all_categories(session, timebank_id=timebank.id)

    asking = {code for code in categories if safety_of(code).asks}

    assert set(SAFETY) <= set(categories)
    assert asking == {
        code
        for code, category in categories.items()
        if category.boundary is Boundary.VOLUNTARY_AFTER_CHECK
    }


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ({}, None),
        ({"set_by_coordinator": 4}, None),
        ({"1-2": 3, "3": 3, "4": 2, "5": 2, "set_by_coordinator": 9}, 60),
        ({"5": 1}, 0),
        ({"3": 2, "5": 1}, 67),
    ],
)
def test_the_share_counts_what_stands_on_the_ladder(
    counts: dict[str, int], share: int | None
) -> None:
    assert light_share(counts) == share
