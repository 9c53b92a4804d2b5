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
from tests.builders import NOW, actor_of, approved, member_of, timebank_of
from tests.conftest import Clock
from tests.ledger.tampering import change_account, tamper
from timebank.access.models import SignInLink
from timebank.access.operations import mail_link
from timebank.drafts.operations import DRAFT_LIFETIME, save_draft
from timebank.drafts.queries import newest_draft
from timebank.jobs.schedule import JOBS, LINK_KEPT, check_ledger, deliver_mail, forget_old
from timebank.notices.models import Mail
from timebank.notices.operations import queue_mail


def test_the_table_has_three_jobs_with_names_of_their_own() -> None:
    assert [job.name for job in JOBS] == ["deliver-mail", "forget-old", "check-ledger"]
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
        mail_link(
            session,
            timebank_id=jan.timebank_id,
            email="jan@example.org",
            letter=lambda _, token: ("Inloggen", token),
            now=at,
        )
    session.commit()

    with app.app_context():
        lines = [forget_old(), forget_old()]

    assert lines == ["1 drafts and 1 links deleted", "0 drafts and 0 links deleted"]
    kept = newest_draft(session, by=jan)
    assert kept is not None
    assert kept.form_key == young
    assert len(session.scalars(select(SignInLink.digest)).all()) == 1


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
