# SPDX-License-Identifier: EUPL-1.2
"""Files for coordinators: bring help in, look it through first, and take tables along."""

from __future__ import annotations

import datetime
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from typing import IO

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.models import Boundary, HelpCategory
from timebank.categories.queries import all_categories, open_categories
from timebank.exports.operations import note_export
from timebank.exports.queries import TABLES
from timebank.extensions import db
from timebank.imports.errors import FileFormUsed, NotAllGood
from timebank.imports.models import ImportFile
from timebank.imports.operations import book_lines, drop_file, finish_file, keep_file
from timebank.imports.policy import LAYOUTS, SLIPS, Outcome, Ready, Verdict, read_mapping
from timebank.imports.queries import Bringing, Judged, file_of, judge
from timebank.members.policy import Actor, Permission
from timebank.members.queries import residents_by_id
from timebank.sheets.bounds import UnreadableFile
from timebank.sheets.reading import is_longer
from timebank.sheets.writing import MEDIA, Cell, written
from timebank.web.file_words import OUTCOMES, explain_file, explain_line
from timebank.web.guard import current_actor, requires

blueprint = Blueprint("files", __name__, url_prefix="/files")

MOST_BYTES = 2 * 1024 * 1024
"""Of all that is sent at once; larger files are for the command on the machine itself."""
MOST_LINES = 5000
"""Lines that a page judges and books while somebody waits (inclusive)."""
GOOD_SHOWN = 20
"""Good lines on the page, so that whoever brings them sees how they will stand here."""
SHOWN = 50
"""Bad lines on the page; the others are in the table to download."""
Page = tuple[str, int]


@blueprint.url_value_preprocessor
def let_files_be_larger(endpoint: str | None, _values: object) -> None:
    """Let who is signed in send a file; before the form is read, which looks for its token."""
    if endpoint == "files.bring" and session.get("key"):
        request.max_content_length = MOST_BYTES


@blueprint.get("")
@requires(Permission.IMPORT_EXCHANGES)
def start() -> str:
    """Ask for a file, and offer the tables."""
    return _start({}, 200)[0]


@blueprint.post("")
@requires(Permission.IMPORT_EXCHANGES)
def bring() -> Response | Page:
    """Keep a file for a day, when it can be read at all."""
    actor, now, errors = current_actor(), clock.now(), dict[str, str]()
    file = _file_in_form()
    if not file.content:
        errors["file"] = gettext("Choose a file.")
    if file.layout not in LAYOUTS:
        errors["layout"] = gettext("Choose where the file comes from.")
    if not errors:
        try:
            # Empty lines give no verdict and cost time all the same.
            too_long = is_longer(file.content or b"", MOST_LINES + 1)
            if too_long or _lines_of(file, errors, actor, now) > MOST_LINES:
                errors["file"] = gettext(
                    "This file has more than %(most)s lines. Split it, or ask your administrator.",
                    most=MOST_LINES,
                )
        except UnreadableFile as refusal:
            errors.setdefault("file", explain_file(refusal))
    if errors:
        return _start(errors, 422)
    try:
        kept = keep_file(db.session, file, by=actor)
    except FileFormUsed:
        db.session.rollback()
        words = gettext("This form was sent before. Choose the file again.")
        return _start({"file": words}, 422, key=uuid.uuid4())
    db.session.commit()
    return redirect(url_for("files.show", file_id=kept.id), code=303)


@blueprint.get("/<uuid:file_id>")
@requires(Permission.IMPORT_EXCHANGES)
def show(file_id: uuid.UUID) -> str:
    """Show what would happen with a file, or what did."""
    file = file_of(db.session, file_id, by=current_actor())
    judged = _judged(file)
    return render_template(
        "files/show.html",
        file=file,
        judged=judged,
        ready=judged.count(Outcome.READY) if judged else 0,
        known=judged.count(Outcome.KNOWN) if judged else 0,
        left_out=_shown(judged.left_out if judged else []),
        bad=_shown(judged.bad if judged else []),
        most=SHOWN,
        good=_first_good(judged) if judged else [],
        minutes=sum(line.minutes for line in judged.ready) if judged else 0,
        categories=all_categories(db.session, timebank_id=file.timebank_id),
    )


@blueprint.get("/<uuid:file_id>/verdicts.csv")
@requires(Permission.IMPORT_EXCHANGES)
def verdicts(file_id: uuid.UUID) -> Response:
    """Give the verdict on every line as a table."""
    judged = _judged(file_of(db.session, file_id, by=current_actor()))
    header = [gettext("Line"), gettext("Verdict"), gettext("Column"), gettext("What is wrong")]
    rows: Iterator[list[Cell]] = (
        [one.number, str(OUTCOMES[one.outcome]), *explain_line(one)]
        for one in (judged.verdicts if judged else ())
    )
    return _download("verdicts", "csv", written("csv", header, rows))


@blueprint.post("/<uuid:file_id>/book")
@requires(Permission.IMPORT_EXCHANGES)
def book(file_id: uuid.UUID) -> Response:
    """Book what is good in a file; a second time it was booked already, and nothing is added."""
    actor, now = current_actor(), clock.now()
    file = file_of(db.session, file_id, by=actor, lock=True)
    judged = _judged(file)
    if judged is not None and not (file.whole and judged.bad):
        try:
            booked = book_lines(
                db.session,
                judged.ready,
                by=actor,
                now=now,
                approve=file.approve,
                whole=file.whole,
                subject=file.id,
            )
        except NotAllGood:
            db.session.rollback()
        else:
            rest = [one for one in judged.verdicts if one.outcome is not Outcome.READY]
            finish_file(db.session, file, [*booked, *rest], now=now)
            db.session.commit()
    return redirect(url_for("files.show", file_id=file_id), code=303)


@blueprint.post("/<uuid:file_id>/drop")
@requires(Permission.IMPORT_EXCHANGES)
def drop(file_id: uuid.UUID) -> Response:
    """Let go of a file without booking it."""
    drop_file(db.session, file_of(db.session, file_id, by=current_actor()))
    db.session.commit()
    return redirect(url_for("files.start"), code=303)


@blueprint.post("/<any(exchanges, balances):table>/<any(csv, xlsx):form>")
@requires(Permission.EXPORT_EXCHANGES)
def take(table: str, form: str) -> Response:
    """Give a table to take along. It is a POST, because it is written down who took it."""
    actor = current_actor()
    note_export(db.session, by=actor, now=clock.now())
    db.session.commit()
    header, read = TABLES[table]
    return _download(table, form, written(form, header, read(db.session, by=actor)))


def _download(name: str, form: str, pieces: Iterator[bytes]) -> Response:
    """Make the file first, so that no transaction waits for a slow line, and then send it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    for piece in pieces:
        file.write(piece)
    db.session.rollback()
    answer = Response(_sending(file), content_type=MEDIA[form])
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.{form}"
    answer.content_length = file.tell()
    return answer


def _sending(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _shown(verdicts: Sequence[Verdict]) -> list[tuple[int, str, str]]:
    return [(one.number, *explain_line(one)) for one in verdicts[:SHOWN]]


def _first_good(judged: Judged) -> list[tuple[Ready, str, str]]:
    """Return the first good lines with the names of the two, as they will be booked."""
    first = judged.ready[:GOOD_SHOWN]
    found = residents_by_id(
        db.session,
        timebank_id=current_actor().timebank_id,
        member_ids={side for line in first for side in (line.helper_id, line.helped_id)},
    )
    return [
        (line, found[line.helper_id].full_name, found[line.helped_id].full_name) for line in first
    ]


def _file_in_form() -> ImportFile:
    actor, typed = current_actor(), request.form
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    return ImportFile(
        timebank_id=actor.timebank_id,
        id=_key(typed.get("key", "")),
        brought_by=actor.member_id,
        brought_at=clock.now(),
        layout=typed.get("layout", ""),
        category_code=typed.get("category", "")[:40],
        approve=typed.get("hours") == "count",
        whole=typed.get("bad_lines") == "none",
        content=_sent("file"),
        people=_sent("people"),
    )


def _sent(name: str) -> bytes | None:
    """Return what was sent as this file; None when nothing was."""
    storage = request.files.get(name)
    return (storage.read() or None) if storage is not None else None


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _bringing(file: ImportFile, errors: dict[str, str] | None = None) -> Bringing:
    people = {}
    if file.people:
        try:
            people = read_mapping(file.people)
        except UnreadableFile as refusal:
            if errors is not None:
                errors["people"] = explain_file(refusal)
                errors["file"] = gettext("Choose this file once more.")
            raise
    return Bringing(file.content or b"", LAYOUTS[file.layout], file.category_code, people)


def _lines_of(
    file: ImportFile, errors: dict[str, str], actor: Actor, now: datetime.datetime
) -> int:
    """Judge a file that just came, and return how many lines got a verdict."""
    return len(judge(db.session, _bringing(file, errors), by=actor, now=now).verdicts)


def _judged(file: ImportFile) -> Judged | None:
    """Judge a file that waits; None for one that was booked."""
    if file.booked_at is not None:
        return None
    return judge(db.session, _bringing(file), by=current_actor(), now=clock.now())


def _start(errors: dict[str, str], status: int, key: uuid.UUID | None = None) -> Page:
    kinds = open_categories(db.session, timebank_id=current_actor().timebank_id)
    page = render_template(
        "files/start.html",
        errors=errors,
        typed=request.form,
        key=key or _key(request.form.get("key", "")),
        kinds=[kind for kind in kinds if _can_be_booked(kind)],
        layout=request.form.get("layout", SLIPS.code),
        most_lines=MOST_LINES,
        back_to=url_for("files.start"),
    )
    return page, status


def _can_be_booked(kind: HelpCategory) -> bool:
    return kind.boundary is not Boundary.PROFESSIONAL_ONLY
