# SPDX-License-Identifier: EUPL-1.2
"""Leaving when something is in the way: the last administrator, a full disk, a rival."""

from __future__ import annotations

import datetime
import pathlib
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW
from tests.web import roads
from tests.web.roads import form_address, see, sign_in
from timebank.approvals.operations import approve_exchange
from timebank.corrections.operations import ask_email_change, confirm_email_change
from timebank.drafts.operations import save_draft
from timebank.erasure import operations as erasing
from timebank.erasure.operations import erase_member
from timebank.exchanges import operations as exchanging
from timebank.extensions import db
from timebank.jobs.schedule import forget_old
from timebank.members.errors import LastAdministrator
from timebank.members.models import Person, RoleGrant
from timebank.members.operations import GiveRole, give_role, remove_role
from timebank.members.policy import Role, organisation
from timebank.notices.models import Mail
from timebank.notices.operations import queue_mail


def make_jan_administrator(session: Session) -> None:
    jan, bart = builders.member_of(session, "Jan"), builders.actor_of(session, "Bart")
    give_role(session, GiveRole(jan.id, Role.ADMINISTRATOR), by=bart, now=NOW)


def test_the_last_administrator_cannot_leave(session: Session) -> None:
    bart = builders.actor_of(session, "Bart")
    assert bart.member_id is not None

    with pytest.raises(LastAdministrator):
        erase_member(session, bart.member_id, by=bart, now=NOW)


def test_the_last_administrator_is_erased_again_after_a_restore(session: Session) -> None:
    bart = builders.member_of(session, "Bart")

    erase_member(session, bart.id, by=organisation(bart.timebank_id), now=NOW)

    assert session.get(Person, (bart.timebank_id, bart.id)) is None


def test_who_stays_behind_as_administrator_cannot_drop_the_role_the_same_day(
    session: Session,
) -> None:
    make_jan_administrator(session)
    bart, jan = (builders.actor_of(session, name) for name in ("Bart", "Jan"))
    assert bart.member_id is not None
    erase_member(session, bart.member_id, by=bart, now=NOW)
    grant = session.scalars(
        sa.select(RoleGrant).where(
            RoleGrant.member_id == jan.member_id, RoleGrant.role == Role.ADMINISTRATOR
        )
    ).one()

    with pytest.raises(LastAdministrator):
        remove_role(session, grant.id, by=jan, now=NOW)


@pytest.mark.parametrize("path", ["/my-data/leave", "/erase/{id}"])
def test_the_last_administrator_reads_whom_to_ask_first(app: Flask, path: str) -> None:
    bart = sign_in(app, "Bart", "en")

    answer = bart.post(path.format(id=roads.member_id(app, "Bart")))

    assert answer.status_code == 400
    assert "First give this role to somebody else" in answer.text
    assert see(bart, "/my-data").title


@pytest.mark.parametrize("path", ["/my-data/leave", "/erase/{id}"])
def test_who_is_erased_hears_so_when_the_list_cannot_be_written(
    app: Flask, tmp_path: pathlib.Path, path: str
) -> None:
    (tmp_path / "erased.txt").mkdir()
    fatima_id = roads.member_id(app, "Fatima")
    browser = sign_in(app, "Fatima" if "leave" in path else "Bart")

    answer = browser.post(path.format(id=fatima_id))

    assert answer.status_code == 303
    (tmp_path / "erased.txt").rmdir()
    with app.app_context():
        forget_old()
    assert len((tmp_path / "erased.txt").read_text().splitlines()) == 1


def test_leaving_goes_on_when_a_coordinator_approves_meanwhile(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fatima = sign_in(app, "Fatima")
    roads.log_help(fatima)
    real = erasing.record_move

    def after_a_rival(session: Session, exchange: object, *rest: object, **more: object) -> None:
        nadia = builders.actor_of(session, "Nadia")
        approve_exchange(session, exchange.id, by=nadia, now=NOW)  # type: ignore[attr-defined]
        real(session, exchange, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(erasing, "record_move", after_a_rival)

    answer = fatima.post("/my-data/leave")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/left"
    assert roads.balance(app, "Jan") == (0, 90, 0, 0)
    assert roads.books_are_sound(app)


def test_a_form_sent_while_the_other_leaves_is_refused_at_the_question_who(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fatima = sign_in(app, "Fatima", "en")
    key = roads.fill_in(fatima)
    real = exchanging.parties_of

    def before_the_other_leaves(session: Session, timebank_id: int, command: object) -> object:
        found = real(session, timebank_id, command)  # type: ignore[arg-type]
        erase_member(session, command.helped_id, by=organisation(timebank_id), now=NOW)  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(exchanging, "parties_of", before_the_other_leaves)

    answer = fatima.post(form_address("gave", key, "check"))

    assert answer.status_code == 422
    assert roads.row_counts(app)["exchange"] == 0


def test_an_unfinished_form_that_somebody_fills_in_for_a_leaver_goes(app: Flask) -> None:
    with app.app_context():
        fatima = builders.member_of(db.session, "Fatima")
        nadia = builders.actor_of(db.session, "Nadia")
        answers = {"acting_for": str(fatima.id), "note": "Fatima carried bags"}
        save_draft(db.session, by=nadia, form_key=uuid.uuid4(), answers=answers, now=NOW)
        own = builders.actor_of(db.session, "Fatima")
        erase_member(db.session, fatima.id, by=own, now=NOW)
        db.session.commit()

    assert roads.drafts(app) == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Jan", "The other person stopped taking part."),
        ("Nadia", "One of the two stopped taking part."),
    ],
)
def test_the_page_of_help_says_that_a_leaver_took_it_back(
    app: Flask, name: str, words: str
) -> None:
    exchange_id = roads.log_help(sign_in(app, "Jan"), other=roads.named("Fatima"))
    sign_in(app, "Fatima").post("/my-data/leave")

    page = see(sign_in(app, name, "en"), f"/exchanges/{exchange_id}")

    assert words in page.text
    assert "because somebody stopped taking part" in page.text


def test_the_page_of_help_says_nothing_of_leaving_when_it_was_only_taken_back(
    app: Flask,
) -> None:
    jan = sign_in(app, "Jan", "en")
    exchange_id = roads.log_help(jan, other=roads.named("Fatima"))

    jan.post(f"/exchanges/{exchange_id}/withdraw")

    assert "stopped taking part" not in see(jan, f"/exchanges/{exchange_id}").text


def test_mails_to_an_earlier_address_go_and_those_to_others_stay(app: Flask) -> None:
    links = []

    def letter(_language: str, token: str) -> tuple[tuple[str, str], tuple[str, str]]:
        links.append(token)
        return ("Your address", token), ("Your address", "changes")

    with app.app_context():
        fatima = builders.actor_of(db.session, "Fatima")
        assert fatima.member_id is not None
        ask_email_change(db.session, "new@example.org", letters=letter, by=fatima, now=NOW)
        later = {"timebank_id": fatima.timebank_id, "now": NOW + datetime.timedelta(hours=1)}
        confirm_email_change(db.session, token=links[0], **later)  # type: ignore[arg-type]
        for address in ("fatima@example.org", "jan@example.org"):
            queue_mail(db.session, to_address=address, subject="Hello", body="Hello", **later)  # type: ignore[arg-type]

        erase_member(db.session, fatima.member_id, by=fatima, now=later["now"])  # type: ignore[arg-type]

        assert db.session.scalars(sa.select(Mail.to_address)).all() == ["jan@example.org"]
