# SPDX-License-Identifier: EUPL-1.2
"""Builders with defaults, so that a test spells out only the telling value, and the town they make.

The town: in timebank *leiden*, Fatima, Jan and Nadia live in Slaaghwijk, Greet and Marijke in
Zijlwijk-Zuid. Nadia coordinates Slaaghwijk, Marijke Zijlwijk-Zuid, Bart administers, Annelies reads
for the municipality. In timebank *holten*, Henk lives in Holten-Kom and Gerda coordinates there.
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.approvals.operations import approve_exchange
from timebank.areas.models import Timebank
from timebank.areas.operations import OpenTimebank, load_areas, open_timebank, switch_on
from timebank.categories.operations import load_categories
from timebank.exchanges.operations import LogExchange, log_exchange
from timebank.members.models import Member, Person
from timebank.members.operations import EnrolMember, enrol_member, grant_role
from timebank.members.policy import Actor, Role
from timebank.members.queries import load_actor
from timebank.sessions.operations import open_session
from timebank.sessions.policy import OWN_DEVICE

NOW = datetime.datetime(2026, 3, 10, 9, 0, tzinfo=datetime.UTC)
"""A Tuesday morning in March; the town was founded on the first of January."""
TODAY = datetime.date(2026, 3, 10)
FOUNDED_ON = datetime.date(2026, 1, 1)
FOUNDED_AT = datetime.datetime(2026, 1, 1, 8, 0, tzinfo=datetime.UTC)

SLAAGHWIJK, ZIJLWIJK, HOLTEN = "BU05460800", "BU05460801", "BU17420300"

TOWN = {
    "leiden": {
        "Fatima": ("El Amrani", SLAAGHWIJK, {}),
        "Jan": ("van den Berg", SLAAGHWIJK, {}),
        "Greet": ("de Boer", ZIJLWIJK, {}),
        "Nadia": ("Benali", SLAAGHWIJK, {Role.COORDINATOR: SLAAGHWIJK}),
        "Marijke": ("van Duijn", ZIJLWIJK, {Role.COORDINATOR: ZIJLWIJK}),
        "Bart": ("Verhoeven", SLAAGHWIJK, {Role.ADMINISTRATOR: None}),
        "Annelies": ("Vermeulen", None, {Role.MUNICIPALITY_READER: None}),
    },
    "holten": {
        "Henk": ("Wansink", HOLTEN, {}),
        "Gerda": ("ter Steege", HOLTEN, {Role.COORDINATOR: HOLTEN}),
    },
}


def found_town(session: Session) -> None:
    """Build the town; the caller commits."""
    load_areas(session)
    for slug, people in TOWN.items():
        timebank = a_timebank(session, slug)
        for given_name, (family_name, code, roles) in people.items():
            member = a_member(session, timebank, given_name, family_name, code)
            for role, role_code in roles.items():
                grant_role(
                    session,
                    member,
                    role,
                    starts_on=FOUNDED_ON,
                    now=FOUNDED_AT,
                    neighbourhood_code=role_code,
                )


def a_timebank(session: Session, slug: str) -> Timebank:
    municipality = "GM0546" if slug == "leiden" else "GM1742"
    timebank = open_timebank(
        session,
        OpenTimebank(
            slug,
            f"Tijdbank {slug.title()}",
            municipality,
            "Nadia Benali",
            "071 555 01 00",
            f"{slug}@example.org",
        ),
        today=FOUNDED_ON,
    )
    load_categories(session, timebank_id=timebank.id)
    codes = (SLAAGHWIJK, ZIJLWIJK) if slug == "leiden" else (HOLTEN,)
    for code in codes:
        switch_on(session, timebank_id=timebank.id, code=code, today=FOUNDED_ON)
    return timebank


def a_member(
    session: Session,
    timebank: Timebank,
    given_name: str = "Sami",
    family_name: str = "Haddad",
    neighbourhood_code: str | None = SLAAGHWIJK,
    *,
    joined_on: datetime.date = FOUNDED_ON,
) -> Member:
    return enrol_member(
        session,
        EnrolMember(
            timebank.id,
            given_name,
            family_name,
            neighbourhood_code,
            email=f"{given_name.lower()}@example.org",
        ),
        now=FOUNDED_AT,
        today=joined_on,
    )


def timebank_of(session: Session, slug: str = "leiden") -> Timebank:
    return session.scalars(select(Timebank).where(Timebank.slug == slug)).one()


def member_of(session: Session, given_name: str) -> Member:
    return session.scalars(
        select(Member)
        .join(
            Person,
            (Person.timebank_id == Member.timebank_id) & (Person.member_id == Member.id),
        )
        .where(Person.given_name == given_name)
    ).one()


def actor_of(session: Session, given_name: str, *, today: datetime.date = TODAY) -> Actor:
    member = member_of(session, given_name)
    actor = load_actor(session, timebank_id=member.timebank_id, member_id=member.id, today=today)
    assert actor is not None
    return actor


def a_key(session: Session, member: Member, *, now: datetime.datetime = NOW) -> str:
    """Open a session in which everything is proven, commit it, and return its secret."""
    key = open_session(
        session,
        timebank_id=member.timebank_id,
        member_id=member.id,
        terms=OWN_DEVICE,
        device="Firefox, Android",
        now=now,
        verified=True,
    )
    session.commit()
    return key


def a_command(
    session: Session,
    helper: str = "Fatima",
    helped: str = "Jan",
    *,
    minutes: int = 90,
    category_code: str = "groceries",
    helped_on: datetime.date = datetime.date(2026, 3, 9),
    note: str = "",
    form_key: uuid.UUID | None = None,
) -> LogExchange:
    return LogExchange(
        form_key=form_key or uuid.uuid4(),
        helper_id=member_of(session, helper).id,
        helped_id=member_of(session, helped).id,
        category_code=category_code,
        minutes=minutes,
        helped_on=helped_on,
        note=note,
    )


def logged(
    session: Session,
    helper: str = "Fatima",
    helped: str = "Jan",
    *,
    by: str | None = None,
    now: datetime.datetime = NOW,
    **answers: object,
) -> uuid.UUID:
    """Log an exchange, by the helper unless said otherwise, and return its id."""
    command = a_command(session, helper, helped, **answers)  # type: ignore[arg-type]
    return log_exchange(session, command, by=actor_of(session, by or helper), now=now).exchange_id


def approved(
    session: Session,
    helper: str = "Fatima",
    helped: str = "Jan",
    *,
    approver: str = "Bart",
    now: datetime.datetime = NOW,
    **answers: object,
) -> uuid.UUID:
    """Log an exchange and approve it, by the administrator unless said otherwise."""
    exchange_id = logged(session, helper, helped, now=now, **answers)
    approve_exchange(session, exchange_id, by=actor_of(session, approver), now=now)
    return exchange_id
