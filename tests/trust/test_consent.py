# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.builders import (
    FOUNDED_ON,
    NOW,
    TODAY,
    a_member,
    actor_of,
    member_of,
    timebank_of,
)
from tests.web.roads import see, sign_in
from timebank.extensions import db
from timebank.members.errors import NotPermitted
from timebank.members.operations import grant_role
from timebank.members.policy import Role
from timebank.trust.errors import NotAProfessional
from timebank.trust.operations import give_consent, withdraw_consent
from timebank.trust.queries import consented_to, professionals_for


@pytest.fixture
def professional(session: Session) -> Session:
    """Petra is a social worker in Leiden, and takes no part herself."""
    member = a_member(session, timebank_of(session), "Petra", "Kuipers", None)
    grant_role(session, member, Role.PROFESSIONAL, starts_on=FOUNDED_ON, now=NOW)
    return session


@pytest.mark.policy("K9")
def test_a_professional_sees_who_consented_and_nobody_else(professional: Session) -> None:
    petra = member_of(professional, "Petra").id

    for name in ("Fatima", "Jan", "Greet"):
        give_consent(professional, professional_id=petra, by=actor_of(professional, name), now=NOW)

    seen = consented_to(professional, by=actor_of(professional, "Petra"))
    assert [one.full_name for one in seen] == [
        "Fatima El Amrani",
        "Greet de Boer",
        "Jan van den Berg",
    ]


@pytest.mark.policy("K9")
def test_the_page_of_a_professional_shows_three_names_and_no_way_to_others(app: Flask) -> None:
    with app.app_context():
        member = a_member(db.session, timebank_of(db.session), "Petra", "Kuipers", None)
        grant_role(db.session, member, Role.PROFESSIONAL, starts_on=FOUNDED_ON, now=NOW)
        for name in ("Fatima", "Jan", "Greet"):
            by = actor_of(db.session, name)
            give_consent(db.session, professional_id=member.id, by=by, now=NOW)
        jan = member_of(db.session, "Jan").id
        db.session.commit()
    petra = sign_in(app, "Petra")

    page = see(petra, "/my-people")

    assert len(page.of_class("tb-person__name")) == 3
    assert "Nadia" not in page.text.replace("Bel Nadia Benali", "")
    assert [petra.get(path).status_code for path in ("/people", f"/people/{jan}", "/desk")] == [
        404,
        404,
        403,
    ]


def test_withdrawn_consent_counts_no_more_and_can_be_given_anew(professional: Session) -> None:
    petra, jan = member_of(professional, "Petra").id, actor_of(professional, "Jan")
    give_consent(professional, professional_id=petra, by=jan, now=NOW)
    withdraw_consent(professional, professional_id=petra, by=jan, now=NOW)

    gone = consented_to(professional, by=actor_of(professional, "Petra"))
    give_consent(professional, professional_id=petra, by=jan, now=NOW)
    give_consent(professional, professional_id=petra, by=jan, now=NOW)

    assert gone == []
    assert len(consented_to(professional, by=actor_of(professional, "Petra"))) == 1


def test_a_member_reads_to_whom_consent_was_given(professional: Session) -> None:
    petra, jan = member_of(professional, "Petra").id, actor_of(professional, "Jan")
    before = professionals_for(professional, by=jan, today=TODAY)

    give_consent(professional, professional_id=petra, by=jan, now=NOW)

    after = professionals_for(professional, by=jan, today=TODAY)
    assert [(one.full_name, one.since) for one in before] == [("Petra Kuipers", None)]
    assert [one.since for one in after] == [NOW]


def test_consent_goes_to_a_professional_and_to_nobody_else(professional: Session) -> None:
    jan = actor_of(professional, "Jan")

    for name in ("Nadia", "Henk", "Jan"):
        with pytest.raises(NotAProfessional):
            give_consent(
                professional, professional_id=member_of(professional, name).id, by=jan, now=NOW
            )


def test_who_takes_no_part_consents_to_nothing(professional: Session) -> None:
    petra = member_of(professional, "Petra").id

    with pytest.raises(NotPermitted):
        give_consent(
            professional, professional_id=petra, by=actor_of(professional, "Annelies"), now=NOW
        )
