# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

from tests import builders
from timebank.areas.operations import switch_on
from timebank.audit.queries import events
from timebank.concerns.errors import (
    AlreadyClosed,
    ConcernEmpty,
    ConcernTooLong,
    NobodyReads,
    OutcomeMissing,
    UnknownConcern,
)
from timebank.concerns.models import Concern
from timebank.concerns.operations import (
    RaiseConcern,
    close_concern,
    raise_concern,
    read_concern,
    take_up_concern,
)
from timebank.concerns.policy import LONGEST_CONCERN, Audience, Outcome
from timebank.concerns.queries import count_open_concerns, open_concerns
from timebank.exchanges.errors import UnknownExchange
from timebank.members.errors import NotPermitted
from timebank.members.operations import grant_role
from timebank.members.policy import Role
from timebank.own_data.queries import own_data

EVERYONE = ("Fatima", "Jan", "Greet", "Nadia", "Marijke", "Bart", "Annelies", "Henk", "Gerda")
WORDS = "He did not eat"


def worry(
    session: Session, by: str = "Fatima", exchange_id: uuid.UUID | None = None, **more: object
) -> uuid.UUID:
    values: dict[str, object] = {"words": WORDS, "key": uuid.uuid4()} | more
    now = values.pop("now", builders.NOW)
    command = RaiseConcern(exchange_id=exchange_id, **values)  # type: ignore[arg-type]
    return raise_concern(session, command, by=builders.actor_of(session, by), now=now)  # type: ignore[arg-type]


def readers(session: Session, concern_id: uuid.UUID) -> list[str]:
    """Return who of the town may read a worry."""
    found = []
    for name in EVERYONE:
        try:
            read_concern(session, concern_id, by=builders.actor_of(session, name), now=builders.NOW)
        except UnknownConcern:
            continue
        found.append(name)
    return found


@pytest.mark.policy("L10")
def test_only_the_coordinator_of_the_neighbourhood_reads_it(session: Session) -> None:
    exchange_id = builders.logged(session)
    of_jan = worry(session, "Fatima", exchange_id)
    with_greet = builders.logged(session, "Fatima", "Greet")
    of_greet = worry(session, "Fatima", with_greet)

    assert readers(session, of_jan) == ["Nadia"]
    assert readers(session, of_greet) == ["Marijke"]


@pytest.mark.policy("V2")
def test_a_worry_without_an_exchange_names_nobody(session: Session) -> None:
    concern_id = worry(session, "Greet")

    stored = session.get_one(Concern, (builders.timebank_of(session).id, concern_id))
    assert (stored.about_id, stored.exchange_id) == (None, None)
    assert readers(session, concern_id) == ["Marijke"]


def test_what_is_about_staff_is_read_by_administrators_alone(session: Session) -> None:
    with_coordinator = builders.logged(session, "Fatima", "Nadia", by="Fatima")

    assert readers(session, worry(session, "Fatima", with_coordinator)) == ["Bart"]
    assert readers(session, worry(session, "Jan", about_staff=True)) == ["Bart"]


def test_nobody_deals_with_their_own_worry_or_one_about_themselves(session: Session) -> None:
    with_greet = builders.logged(session, "Nadia", "Greet", by="Nadia")

    assert readers(session, worry(session, "Nadia")) == ["Bart"]
    assert readers(session, worry(session, "Greet", with_greet)) == ["Bart"]
    with pytest.raises(NobodyReads):
        worry(session, "Bart", about_staff=True)


def test_a_colleague_reads_the_worry_of_a_coordinator_and_the_coordinator_does_not(
    session: Session,
) -> None:
    grant_role(
        session,
        builders.member_of(session, "Greet"),
        Role.COORDINATOR,
        starts_on=builders.FOUNDED_ON,
        now=builders.FOUNDED_AT,
        neighbourhood_code=builders.SLAAGHWIJK,
    )

    assert readers(session, worry(session, "Nadia")) == ["Greet"]


def test_a_worry_about_the_only_administrator_is_not_left_lying(session: Session) -> None:
    with_bart = builders.logged(session, "Fatima", "Bart", by="Fatima")

    with pytest.raises(NobodyReads):
        worry(session, "Fatima", with_bart)


def test_a_neighbourhood_without_a_coordinator_is_read_by_administrators(
    session: Session,
) -> None:
    timebank = builders.timebank_of(session)
    place = "BU05460802"
    switch_on(session, timebank_id=timebank.id, code=place, today=builders.TODAY)
    builders.a_member(session, timebank, "Sami", "Haddad", place)

    assert readers(session, worry(session, "Sami")) == ["Bart"]


def test_whom_it_is_about_finds_nothing_among_their_own_data(session: Session) -> None:
    concern_id = worry(session, "Fatima", builders.logged(session))
    nadia = builders.actor_of(session, "Nadia")
    read_concern(session, concern_id, by=nadia, now=builders.NOW)
    take_up_concern(session, concern_id, by=nadia, now=builders.NOW)
    close_concern(session, concern_id, Outcome.TALKED, by=nadia, now=builders.NOW)

    for name in ("Jan", "Fatima"):
        own = str(own_data(session, by=builders.actor_of(session, name)))
        assert WORDS not in own
        assert "concern" not in own


def test_reading_taking_up_and_closing_are_written_down_about_nobody(session: Session) -> None:
    concern_id = worry(session, "Fatima", builders.logged(session))
    nadia = builders.actor_of(session, "Nadia")
    assert read_concern(session, concern_id, by=nadia, now=builders.NOW) == WORDS
    take_up_concern(session, concern_id, by=nadia, now=builders.NOW)
    close_concern(session, concern_id, Outcome.TALKED, by=nadia, now=builders.NOW)

    written = [
        (event.action, event.by_member_id, event.about_member_id)
        for event in events(session, timebank_id=nadia.timebank_id)
        if event.subject_id == concern_id
    ]
    assert sorted(written) == [
        ("concern:close", nadia.member_id, None),
        ("concern:read", nadia.member_id, None),
        ("concern:take_up", nadia.member_id, None),
    ]


@pytest.mark.policy("D10")
def test_the_oldest_open_worry_stands_first_with_its_age(session: Session) -> None:
    days = datetime.timedelta(days=1)
    new = worry(session, "Jan")
    old = worry(session, "Fatima", now=builders.NOW - 5 * days)
    closed = worry(session, "Fatima", now=builders.NOW - 9 * days)
    nadia = builders.actor_of(session, "Nadia")
    close_concern(session, closed, Outcome.NOTHING_NEEDED, by=nadia, now=builders.NOW)

    rows = open_concerns(session, by=nadia, now=builders.NOW)

    assert [(row.concern_id, row.days) for row in rows] == [(old, 5), (new, 0)]
    assert count_open_concerns(session, by=nadia) == (2, builders.NOW - 5 * days)
    assert not hasattr(rows[0], "words")


def test_the_same_form_sends_one_worry_and_the_second_to_close_is_told(session: Session) -> None:
    key = uuid.uuid4()
    sent = [worry(session, key=key) for _ in range(2)]
    nadia = builders.actor_of(session, "Nadia")
    assert count_open_concerns(session, by=nadia)[0] == 1

    close_concern(session, sent[0], Outcome.REPORTED, by=nadia, now=builders.NOW)

    with pytest.raises(AlreadyClosed):
        close_concern(session, sent[1], Outcome.TALKED, by=nadia, now=builders.NOW)
    with pytest.raises(AlreadyClosed):
        take_up_concern(session, sent[0], by=nadia, now=builders.NOW)


def test_a_worry_that_cannot_be_is_refused(session: Session) -> None:
    exchange_id = builders.logged(session)
    with pytest.raises(ConcernEmpty):
        worry(session, words=" \n")
    with pytest.raises(ConcernTooLong):
        worry(session, words="x" * (LONGEST_CONCERN + 1))
    with pytest.raises(UnknownExchange):
        worry(session, "Greet", exchange_id)
    with pytest.raises(UnknownExchange):
        worry(session, "Nadia", exchange_id)
    with pytest.raises(NotPermitted):
        worry(session, "Annelies")
    with pytest.raises(OutcomeMissing):
        close_concern(
            session,
            worry(session),
            None,
            by=builders.actor_of(session, "Nadia"),
            now=builders.NOW,
        )


def test_the_readers_are_stored_as_they_were_chosen(session: Session) -> None:
    concern_id = worry(session, about_staff=True)

    stored = session.get_one(Concern, (builders.timebank_of(session).id, concern_id))
    assert stored.audience is Audience.ADMINISTRATORS


def test_other_words_under_the_same_key_are_kept_too(session: Session) -> None:
    key = uuid.uuid4()
    worry(session, key=key)
    worry(session, key=key, words="And he did not open")

    assert count_open_concerns(session, by=builders.actor_of(session, "Nadia"))[0] == 2
