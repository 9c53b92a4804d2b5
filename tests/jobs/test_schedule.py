# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import logging
import pathlib
import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.access.asking import ask
from tests.builders import NOW, actor_of, approved, member_of, timebank_of
from tests.conftest import Clock
from tests.ledger.tampering import change_account, tamper
from timebank import clock
from timebank.access.models import SignInRequest
from timebank.drafts.operations import DRAFT_LIFETIME, save_draft
from timebank.drafts.queries import newest_draft
from timebank.jobs.schedule import (
    JOBS,
    LINK_KEPT,
    check_ledger,
    deliver_mail,
    forget_old,
    pack_ledger,
    seal_ledger,
)
from timebank.notices.models import Mail
from timebank.notices.operations import queue_mail
from timebank.proofs.queries import last_proof


def test_the_table_has_twelve_jobs_with_names_of_their_own() -> None:
    own = ["deliver-mail", "carry-out", "morning-mail", "remind", "plan-suggestions"]
    nightly = ["expire-needs", "forget-old", "seal-ledger", "check-ledger", "count-figures"]
    names = [*own, *nightly, "pack-ledger", "close-months"]
    assert [job.name for job in JOBS] == names
    assert all(job.trigger in {"interval", "cron"} for job in JOBS)


def test_waiting_mail_is_written_to_the_folder_and_marked_as_sent(
    app: Flask, session: Session
) -> None:
    queue_mail(
        session,
        timebank_id=timebank_of(session).id,
        to_address="jan@example.org",
        subject="Inloggen",
        body="Dag",
        now=NOW,
    )
    session.commit()

    with app.app_context():
        lines = [deliver_mail(), deliver_mail()]

    assert lines == ["1 delivered, 0 failed", "0 delivered, 0 failed"]
    assert session.scalars(select(Mail.sent_at)).all() == [NOW]
    assert len(list(pathlib.Path(app.config["TIMEBANK_MAIL_FOLDER"]).glob("*.eml"))) == 1


def test_old_drafts_and_links_are_forgotten_and_young_ones_kept(
    app: Flask, session: Session, clock: Clock
) -> None:
    jan, old, young = actor_of(session, "Jan"), uuid.uuid4(), uuid.uuid4()
    instant = datetime.timedelta(seconds=1)
    for key, at in ((old, NOW - DRAFT_LIFETIME - instant), (young, NOW - DRAFT_LIFETIME)):
        save_draft(session, by=jan, form_key=key, answers={}, now=at)
    for at in (NOW - 2 * LINK_KEPT, NOW):
        ask(session, now=at)
    session.commit()

    with app.app_context():
        lines = [forget_old(), forget_old()]

    assert lines == [
        "2 of counts, 1 of drafts, 1 of links and codes",
        "nothing was past its term",
    ]
    kept = newest_draft(session, by=jan)
    assert kept is not None
    assert kept.form_key == young
    assert len(session.scalars(select(SignInRequest.link_digest)).all()) == 1


def test_sound_books_are_proved_without_a_word(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    approved(session)
    session.commit()

    with app.app_context():
        assert check_ledger() == "0 violations"

    assert caplog.records == []


def test_what_is_wrong_in_the_books_goes_to_the_log_as_an_error(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    approved(session)
    account_id = member_of(session, "Fatima").account_id
    assert account_id is not None
    tamper(
        session, change_account(account_id, credited_minutes=ledger.Account.credited_minutes + 15)
    )
    session.rollback()

    with app.app_context():
        line = check_ledger()

    assert line == "2 violations"
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert "books of leiden: balance of an account" in caplog.text
    assert "Fatima" not in caplog.text


def test_the_night_seals_each_timebank_that_wrote_something_and_mails_the_digest(
    app: Flask, session: Session
) -> None:
    approved(session)
    session.commit()
    app.config["TIMEBANK_DIGEST_TO"] = "auditor@example.org"

    with app.app_context():
        first, again = seal_ledger(), seal_ledger()

    (mail,) = session.scalars(select(Mail)).all()
    assert first == "0 reservations expired, 1 timebanks sealed"
    assert again == "0 reservations expired, 0 timebanks sealed"
    assert mail.to_address == "auditor@example.org"
    assert "leiden: seal 1" in mail.body


def test_without_an_address_the_digest_stays_at_home(app: Flask, session: Session) -> None:
    approved(session)
    session.commit()

    with app.app_context():
        seal_ledger()

    assert session.scalars(select(Mail)).all() == []


def test_the_proof_of_the_night_is_written_down_with_its_day(app: Flask, session: Session) -> None:
    with app.app_context():
        check_ledger()

    line = last_proof(session, timebank_id=timebank_of(session).id, now=clock.now())
    assert line is not None
    assert line.state == "sound"


def test_once_a_month_the_keys_of_the_books_are_packed_where_nobody_waits_for_it(
    app: Flask, session: Session
) -> None:
    approved(session)
    session.commit()
    with app.app_context():
        line = pack_ledger()

    on_postgresql = session.get_bind().dialect.name == "postgresql"
    assert ("MB now" in line) == on_postgresql
    assert ("left to a person" in line) != on_postgresql
