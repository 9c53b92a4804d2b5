# SPDX-License-Identifier: EUPL-1.2
"""A canary in every personal field that holds words; after an erasure it sings nowhere any more.

Not in a table, a mail, somebody else's own data or a log, nor after an older backup is restored.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pathlib
import shutil
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.conftest import Clock, Templates, dispose, make_app
from tests.databases import PostgresqlTemplates
from tests.erasure.canary import CANARY, NOW, let_a_canary_live
from tests.web import roads
from timebank.cli.erasure import refuse_erased_people
from timebank.disputes.models import Dispute
from timebank.disputes.operations import let_stand
from timebank.drafts.operations import save_draft
from timebank.erasure.errors import NobodyToErase
from timebank.erasure.operations import erase_member
from timebank.extensions import db
from timebank.jobs.schedule import carry_out, deliver_mail, forget_old, seal_ledger
from timebank.members.errors import NotPermitted
from timebank.notes.operations import write_note
from timebank.notes.policy import MemberNoteKind
from timebank.personal.policy import REGISTER

NEVER_WORDS = {
    *("neighbourhood_code", "helper_neighbourhood_code", "helped_neighbourhood_code"),
    *("giver_code", "receiver_code"),
    *("category_code", "old_code", "new_code", "action", "language", "device", "partner"),
    "reasons",
}
"""Columns of text that hold a code of ours and can hold no word that anybody typed."""


def where_it_sings(url: str) -> set[str]:
    """Return every column of every table in which the canary is found."""
    engine = sa.create_engine(url)
    found = set()
    with engine.connect() as connection:
        for name in sa.inspect(engine).get_table_names():
            for row in connection.execute(
                sa.select(sa.text("*")).select_from(sa.table(name))
            ).mappings():
                found |= {
                    f"{name}.{column}"
                    for column, value in row.items()
                    if CANARY in str(value).casefold()
                }
    engine.dispose()
    return found


def fields_of_words() -> set[str]:
    """Return the columns of the register in which somebody's words can stand."""
    return {
        f"{kept.table}.{column}"
        for kept in REGISTER
        for column in kept.personal
        if isinstance(
            kind := ledger.Base.metadata.tables[kept.table].c[column].type,
            (sa.String, sa.JSON),
        )
        and not isinstance(kind, sa.Enum)
        and column not in NEVER_WORDS
    }


@contextlib.contextmanager
def backup_of(url: str, templates: Templates, folder: pathlib.Path) -> Iterator[str]:
    """Copy a database as it stands now."""
    if isinstance(templates, PostgresqlTemplates):
        source = sa.make_url(url).database
        name = f"{source}_backup"
        templates._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        try:
            yield templates._url(name)
        finally:
            templates._run(f'DROP DATABASE "{name}" WITH (FORCE)')
    else:
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        copy = folder / "backup.db"
        shutil.copy(str(sa.make_url(url).database), copy)
        yield f"sqlite:///{copy}"


def log_of_the_server(url: str) -> str:
    """Return what PostgreSQL wrote to its log, when it keeps one that we may read."""
    if not url.startswith("postgresql"):
        return ""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        folder = pathlib.Path(connection.scalar(sa.text("SHOW data_directory")) or "")
    engine.dispose()
    logs = [path for path in folder.glob("*log*") if path.is_file()]
    return "".join(path.read_text("utf-8", errors="replace") for path in logs).casefold()


def books_hold(app: Flask) -> bool:
    with app.app_context():
        timebank_id = builders.timebank_of(db.session).id
        seal_ledger()
        findings = ledger.verify(db.session, timebank_id=timebank_id).findings
        db.session.rollback()
    return roads.books_are_sound(app) and list(findings) == []


def test_an_erased_person_is_found_nowhere_not_even_after_a_restore(
    database_url: str,
    templates: Templates,
    tmp_path: pathlib.Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("served"))
    app = make_app(database_url, tmp_path)
    with app.app_context():
        member_id = let_a_canary_live(db.session)
        seal_ledger()
    dispose(app)
    before = where_it_sings(database_url)
    with backup_of(database_url, templates, tmp_path) as backup_url:
        browser = roads.sign_in(app, CANARY.title())
        left = browser.post("/my-data/leave")
        with app.app_context():
            deliver_mail()
        others = [
            roads.sign_in(app, name).get("/my-data.json").text.casefold()
            for name in ("Jan", "Nadia", "Bart", "Greet", "Fatima")
        ]
        proven = books_hold(app)
        dispose(app)
        restored = make_app(backup_url, tmp_path)
        without_replay = where_it_sings(backup_url)
        refused = restored.test_cli_runner().invoke(args=["serve"])
        replayed = restored.test_cli_runner().invoke(args=["erasure", "replay"])
        with restored.app_context():
            refuse_erased_people()
        proven_again = books_hold(restored)
        after_replay = where_it_sings(backup_url)
        dispose(restored)

    assert fields_of_words() - before == set(), "no canary lives there"
    assert left.status_code == 303
    assert where_it_sings(database_url) == set()
    assert not [text for text in others if CANARY in text]
    mails = [path.read_text("utf-8").casefold() for path in (tmp_path / "mail").glob("*.eml")]
    assert not [text for text in mails if CANARY in text]
    assert without_replay == before, "without the replay the canary is back"
    assert refused.exit_code == 1
    assert "timebank erasure replay" in refused.output
    assert replayed.output == "1 erased again\n"
    assert after_replay == set()
    assert (proven, proven_again) == (True, True)
    assert CANARY not in caplog.text.casefold()
    assert CANARY not in log_of_the_server(database_url)
    assert str(member_id) not in (tmp_path / "erased.txt").read_text()


def test_ones_own_file_holds_every_word_about_oneself_and_none_about_others(
    app: Flask,
) -> None:
    with app.app_context():
        let_a_canary_live(db.session)
        db.session.execute(
            sa.text("UPDATE person SET email = 'jan@zqother.example' WHERE given_name = 'Jan'")
        )
        nadia, jan = (builders.actor_of(db.session, name) for name in ("Nadia", "Jan"))
        assert jan.member_id is not None
        write_note(
            db.session,
            about=jan.member_id,
            kind=MemberNoteKind.NOTE,
            words="zqother",
            by=nadia,
            now=NOW,
        )
        typed = {"note": "zqother"}
        save_draft(db.session, by=jan, form_key=uuid.uuid4(), answers=typed, now=NOW)
        builders.logged(db.session, "Jan", "Fatima", note="zqother")
        db.session.commit()
    browser = roads.sign_in(app, CANARY.title())

    pages = [browser.get(path).text for path in ("/my-data.json", "/my-data")]

    said = (
        "carried bags",
        "objects",
        "thanks",
        "waits",
        "forgot",
        "subject",
        "Dear",
        "sings",
        "likes to sing",
        "looks for a nest",
        "wants company",
        "asked for it",
    )
    for page in pages:
        assert [words for words in said if f"{CANARY} {words}" not in page] in ([], ["Dear"])
        assert f"{CANARY}-new@example.org" in page
        assert "zqother" not in page


@pytest.mark.parametrize("name", ["Jan", "Nadia", "Annelies", "Gerda"])
def test_only_the_member_and_an_administrator_erase(session: Session, name: str) -> None:
    fatima = builders.member_of(session, "Fatima")

    with pytest.raises(NotPermitted):
        erase_member(session, fatima.id, by=builders.actor_of(session, name), now=NOW)


@pytest.mark.parametrize("again", [False, True])
def test_nobody_is_erased_twice_or_from_another_timebank(session: Session, again: bool) -> None:
    bart = builders.actor_of(session, "Bart")
    member = builders.member_of(session, "Fatima" if again else "Henk")
    if again:
        erase_member(session, member.id, by=bart, now=NOW)

    with pytest.raises(NobodyToErase):
        erase_member(session, member.id, by=bart, now=NOW)


def test_what_a_leaver_has_left_over_goes_to_the_pot_of_the_timebank(app: Flask) -> None:
    with app.app_context():
        member_id = let_a_canary_live(db.session)
        bart = builders.actor_of(db.session, "Bart")
        erase_member(db.session, member_id, by=bart, now=NOW)
        db.session.commit()
        account = db.session.scalars(
            sa.select(ledger.Account).where(ledger.Account.neighbourhood_code == "POT")
        ).all()

        pot = [one for one in account if one.status == ledger.AccountStatus.OPEN]

    assert [(one.credited_minutes, one.debited_minutes) for one in pot] == [(90, 0)]
    assert len(account) == 2


def test_the_list_is_completed_when_a_machine_died_before_it_was_written(
    app: Flask, tmp_path: pathlib.Path
) -> None:
    with app.app_context():
        member_id = let_a_canary_live(db.session)
        erase_member(db.session, member_id, by=builders.actor_of(db.session, "Bart"), now=NOW)
        db.session.commit()

        forget_old()
        forget_old()

    assert len((tmp_path / "erased.txt").read_text().splitlines()) == 1


@pytest.mark.parametrize("line", ["2026-03-10", "nobody", "2026-03-10 0123"])
def test_a_list_that_cannot_be_read_lets_nobody_in(
    app: Flask, tmp_path: pathlib.Path, line: str
) -> None:
    (tmp_path / "erased.txt").write_text(line + "\n")

    refused = app.test_cli_runner().invoke(args=["erasure", "replay"])

    assert refused.exit_code == 1
    assert "line 1" in refused.output


def test_old_words_are_forgotten_as_the_register_says(app: Flask, clock: Clock) -> None:
    with app.app_context():
        let_a_canary_live(db.session)
        bart = builders.actor_of(db.session, "Bart")
        for exchange_id in db.session.scalars(sa.select(Dispute.exchange_id)).all():
            assert let_stand(db.session, exchange_id, by=bart, now=NOW)
        db.session.commit()
        assert carry_out() == "1 done"
    clock.advance(days=366)

    with app.app_context():
        line = forget_old()
    left = where_it_sings(app.config["SQLALCHEMY_DATABASE_URI"])

    assert "exchange_note" in line
    assert "member_note" in line
    assert "concern" in line
    assert "exchange_dispute" in line
    assert "need" in line
    assert left == {"talent_words.words"} | {
        f"person.{name}"
        for name in (
            "given_name",
            "family_name",
            "search_given",
            "search_family",
            "email",
            "phone",
        )
    }
