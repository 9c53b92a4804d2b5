# SPDX-License-Identifier: EUPL-1.2
"""The page for files: look first, book then, once; what cannot be read is said at the field."""

from __future__ import annotations

import io
import pathlib
import uuid
from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import builders
from tests.conftest import Clock
from tests.imports.test_layouts import LINES, MEMBERS, TRANSFERS, zipped
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.audit.models import AuditEvent
from timebank.exchanges import errors as exchange_errors
from timebank.extensions import db
from timebank.imports import errors as import_errors
from timebank.imports.policy import Outcome, Verdict
from timebank.jobs.schedule import forget_old
from timebank.sheets.bounds import Cause, UnreadableFile
from timebank.sheets.reading import rows_of
from timebank.web import file_words, files

GOOD = LINES.replace(b"Greet de Boer", b"Fatima El Amrani")


def bring(
    browser: FlaskClient, content: bytes, name: str = "file.csv", **typed: object
) -> TestResponse:
    form: dict[str, object] = {"layout": "slips", "key": str(uuid.uuid4())}
    form |= {"file": (io.BytesIO(content), name)} | typed
    return browser.post("/files", data=form, content_type="multipart/form-data")


def brought(browser: FlaskClient, content: bytes, **typed: object) -> str:
    answer = bring(browser, content, **typed)
    assert answer.status_code == 303, Screen(answer).text
    return answer.headers["Location"]


def counts(app: Flask) -> Mapping[str, int]:
    return roads.row_counts(app)


def test_a_file_is_looked_at_first_and_booked_then(app: Flask) -> None:
    nadia = sign_in(app, "Nadia", "en")

    address = brought(nadia, LINES, hours="count")
    page = see(nadia, address)
    assert "Nothing counts yet. Look first." in page.text
    assert "Nobody here is called Greet de Boer." in page.text
    assert "Add 2 lines" in page.text
    assert counts(app)["exchange"] == 0

    for _ in range(2):
        answer = nadia.post(f"{address}/book")
        assert (answer.status_code, answer.headers["Location"]) == (303, address)
        assert "2 lines were added." in see(nadia, address).text
    assert counts(app)["exchange"] == 2
    assert counts(app)["ledger_entry"] == 2
    with app.app_context():
        kept = db.session.execute(sa.text("SELECT content, people FROM import_file")).all()
        deeds = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert kept == [(None, None)]
    assert deeds.count("exchange:import") == 1


def test_the_same_form_sent_twice_is_one_file(app: Flask) -> None:
    nadia, key = sign_in(app, "Nadia"), str(uuid.uuid4())

    assert brought(nadia, LINES, key=key) == brought(nadia, LINES, key=key)
    assert counts(app)["import_file"] == 1


def test_another_file_with_a_form_that_was_sent_is_asked_for_again(app: Flask) -> None:
    nadia, key = sign_in(app, "Nadia", "en"), str(uuid.uuid4())
    brought(nadia, LINES, key=key)

    for content, typed in ((GOOD, {}), (LINES, {"hours": "count"})):
        answer = bring(nadia, content, key=key, **typed)

        page = Screen(answer)
        assert answer.status_code == 422
        assert "This form was sent before. Choose the file again." in page.text
        fresh = page.one("input", name="key")["value"]
        assert fresh != key
    assert brought(nadia, GOOD, key=fresh).endswith(fresh)


def test_all_or_none_offers_no_button_and_books_nothing(app: Flask) -> None:
    nadia = sign_in(app, "Nadia", "en")
    address = brought(nadia, LINES, bad_lines="none")

    assert "You chose: all lines or none." in see(nadia, address).text
    nadia.post(f"{address}/book")

    assert counts(app)["exchange"] == 0


def test_lines_of_our_own_table_that_did_not_count_are_named_and_left_out(
    sqlite_app: Flask,
) -> None:
    nadia = sign_in(sqlite_app, "Nadia", "en")
    header, *lines = GOOD.splitlines()
    states = b"approved", b"rejected", b"somewhere"
    table = [header + b";state", *(b";".join(both) for both in zip(lines, states, strict=False))]

    address = brought(nadia, b"\n".join(table), bad_lines="none")
    page = see(nadia, address)
    assert "Lines that we leave out" in page.text
    assert "This was turned down. It is not added." in page.text
    answer = nadia.post(f"{address}/book")

    added = len(table) - 2
    assert answer.status_code == 303
    assert counts(sqlite_app)["exchange"] == added
    assert "<dt>Left out</dt><dd>1</dd>" in see(nadia, address).text


def test_a_zip_of_timeoverflow_needs_no_list_of_who_is_who(app: Flask) -> None:
    bart = sign_in(app, "Bart", "en")
    content = zipped(members=MEMBERS, transfers=TRANSFERS)

    address = brought(bart, content, name="to.zip", layout="timeoverflow", category="coffee")

    page = see(bart, address)
    assert "Nobody here is called deleted_user." in page.text
    assert "Add one line" in page.text


def test_a_list_says_who_is_who(app: Flask) -> None:
    bart = sign_in(app, "Bart", "en")
    lines = b"from;to;date;hours\nj1;f1;2026-03-09;1\n"
    people = b"theirs;ours\nj1;jan@example.org\nf1;fatima@example.org\n"

    address = brought(
        bart, lines, layout="lets", category="coffee", people=(io.BytesIO(people), "people.csv")
    )

    assert "Every line is good." in see(bart, address).text


@pytest.mark.parametrize(
    ("content", "typed", "words"),
    [
        (b"", {}, "Choose a file."),
        (b"a;b\n1;2\n", {}, "The first line must name the columns."),
        (LINES, {"layout": "excel"}, "Choose where the file comes from."),
        (b"PK\x03\x04", {}, "We cannot open this ZIP file."),
        (LINES, {"people": (io.BytesIO(b"PK"), "x")}, "We cannot open this workbook."),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field_and_the_choices_stay(
    sqlite_app: Flask, content: bytes, typed: dict[str, object], words: str
) -> None:
    nadia = sign_in(sqlite_app, "Nadia", "en")

    answer = bring(nadia, content, hours="count", **typed)

    page = Screen(answer)
    assert answer.status_code == 422
    assert words in page.text
    assert [box["value"] for box in page.all("input") if "checked" in box].count("count") == 1
    assert counts(sqlite_app)["import_file"] == 0


def test_too_many_lines_are_for_the_command(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_LINES", 2)
    nadia = sign_in(sqlite_app, "Nadia", "en")
    header, line, *_ = LINES.splitlines(keepends=True)

    for content in (LINES, header + line + b"\n" * 3):
        answer = bring(nadia, content)

        assert answer.status_code == 422
        assert "This file has more than 2 lines." in Screen(answer).text
    assert bring(nadia, header + line + line).status_code == 303


def test_a_file_may_be_larger_than_a_form_up_to_a_limit(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 200_000)
    nadia = sign_in(sqlite_app, "Nadia", "en")
    line = b"2026-03-09;Fatima El Amrani;Jan van den Berg;90;coffee;" + b"x" * 400 + b"\n"
    large = b"day;helper;helped;minutes;category;note\n" + line * 300

    assert len(large) > 2 * sqlite_app.config["MAX_CONTENT_LENGTH"]
    assert bring(nadia, large).status_code == 303
    assert bring(nadia, large + line * 200).status_code == 413


def test_the_file_of_a_colleague_is_not_there(app: Flask) -> None:
    address = brought(sign_in(app, "Nadia"), LINES)
    bart = sign_in(app, "Bart")

    assert bart.get(address).status_code == 404
    assert bart.get(f"{address}/verdicts.csv").status_code == 404
    assert bart.post(f"{address}/book").status_code == 404
    assert bart.post(f"{address}/drop").status_code == 404


def test_every_verdict_can_be_taken_along(app: Flask) -> None:
    nadia = sign_in(app, "Nadia", "en")

    answer = nadia.get(f"{brought(nadia, LINES)}/verdicts.csv")

    assert answer.headers["Content-Disposition"] == "attachment; filename=verdicts.csv"
    assert [cells for _, cells in rows_of(answer.data)] == [
        ["Line", "Verdict", "Column", "What is wrong"],
        ["2", "good", "", ""],
        ["3", "not good", "Who helped", "Nobody here is called Greet de Boer."],
        ["4", "good", "", ""],
    ]


def test_a_file_that_is_given_up_or_a_day_old_is_gone(app: Flask, clock: Clock) -> None:
    nadia = sign_in(app, "Nadia")
    given_up = brought(nadia, LINES)
    nadia.post(f"{given_up}/drop")
    assert nadia.get(given_up).status_code == 404

    brought(nadia, LINES)
    clock.advance(days=1, minutes=1)
    with app.app_context():
        forget_old()
    assert counts(app)["import_file"] == 0


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_tables_hold_what_the_coordinator_may_see_and_it_is_written_down(
    app: Flask, form: str
) -> None:
    with app.app_context():
        builders.approved(db.session)
        builders.logged(db.session, "Greet", "Marijke", by="Greet")
        db.session.commit()
    nadia, bart = sign_in(app, "Nadia"), sign_in(app, "Bart")

    of_nadia = list(rows_of(nadia.post(f"/files/exchanges/{form}").data))
    of_bart = list(rows_of(bart.post(f"/files/exchanges/{form}").data))
    hours = {
        cells[-1]: cells[1] for _, cells in rows_of(nadia.post(f"/files/balances/{form}").data)
    }

    assert [cells[:6] for _, cells in of_nadia[1:]] == [
        ["2026-03-09", "Fatima El Amrani", "Jan van den Berg", "90", "groceries", "approved"]
    ]
    assert len(of_bart) == 3
    assert (hours["Fatima El Amrani"], hours["Jan van den Berg"]) == ("90", "-90")
    assert "Greet de Boer" not in hours
    with app.app_context():
        deeds = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert deeds.count("exchange:export") == 3


def test_hours_from_before_stand_on_ones_own_page(app: Flask, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "balances.csv"
    file.write_text("person;minutes\nfatima@example.org;90\npot;-90\n", "utf-8")
    args = ["import", "balances", str(file), "--timebank", "leiden", "--community", "pot"]
    assert app.test_cli_runner().invoke(args=args).exit_code == 0

    page = see(sign_in(app, "Fatima", "en"), "/my-hours")

    assert "Hours that you brought along from before" in page.text


def test_every_cause_refusal_and_outcome_has_words(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        for cause in Cause:
            assert file_words.explain_file(UnreadableFile(cause, "3: odd"))
        for outcome in Outcome:
            assert str(file_words.OUTCOMES[outcome])
        refusals = [
            import_errors.EmptyCell("day"),
            import_errors.NotLegible("helper"),
            import_errors.NotUnderstood("hours", "odd"),
            import_errors.NotUnderstood("minutes", "odd"),
            import_errors.NotUnderstood("day", "odd"),
            import_errors.NobodyKnown("helper", "Truus"),
            import_errors.SeveralKnown("helped", "Truus"),
            import_errors.NumberUsed("7"),
            import_errors.BeyondLimit(),
            import_errors.LeftMeanwhile(),
            exchange_errors.SamePerson(),
            exchange_errors.UnknownKind("astrology"),
            exchange_errors.ProfessionalOnly("care"),
            exchange_errors.InvalidDuration(0, 15),
            exchange_errors.NotAWholeStep(7, 15),
            exchange_errors.DayInFuture(builders.TODAY),
            exchange_errors.DayBeforeJoining(builders.TODAY, builders.TODAY),
            exchange_errors.NoteTooLong(501, 500),
            exchange_errors.NoteNotReadable(),
        ]
        for refusal in refusals:
            field, words = file_words.explain_line(Verdict(2, Outcome.BAD, refusal))
            assert field, refusal
            assert words, refusal
