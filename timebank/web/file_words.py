# SPDX-License-Identifier: EUPL-1.2
"""The words for files: why one cannot be read, and what is wrong on a line of it.

The tables are read by tests: a new cause or refusal without words fails the build.
"""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.exchanges import errors as exchange_errors
from timebank.exchanges.workflow import ExchangeState
from timebank.imports import errors
from timebank.imports.policy import Outcome, Verdict
from timebank.sheets.bounds import Cause, UnreadableFile
from timebank.web.words import explain

CAUSES: dict[Cause, LazyString] = {
    Cause.TOO_LARGE: _l("This file is too large. Split it into smaller files."),
    Cause.BOMB: _l("This file is much larger inside than outside. We do not open it."),
    Cause.TOO_MANY_LINES: _l("This file has too many lines. Split it into smaller files."),
    Cause.TOO_MANY_COLUMNS: _l("This file has too many columns. Is it the right file?"),
    Cause.NOT_A_WORKBOOK: _l("We cannot open this workbook. Save it as XLSX or CSV again."),
    Cause.NOT_A_ZIP: _l("We cannot open this ZIP file. Download it once more."),
    Cause.NO_TRANSFERS: _l("We find no list of help in this ZIP file."),
}
"""Words for why a file cannot be read; the other causes name a line or columns."""

FIELDS: dict[str, LazyString] = {
    "day": _l("Day"),
    "helped_on": _l("Day"),
    "helper": _l("Who helped"),
    "helped": _l("Who was helped"),
    "other": _l("Who helped"),
    "minutes": _l("How long"),
    "hours": _l("How long"),
    "category": _l("Kind of help"),
    "note": _l("Note"),
    "number": _l("Number"),
    "state": _l("How it ended"),
    "line": _l("The whole line"),
}
"""What a column of a file is called, by the field of the refusal."""

REFUSED: dict[type[Exception], LazyString] = {
    errors.EmptyCell: _l("This is empty. Fill it in."),
    errors.NotLegible: _l("There are signs here that nobody can read."),
    errors.BeyondLimit: _l("This person would go past the limit of hours."),
    errors.LeftMeanwhile: _l("One of the two stopped taking part a moment ago."),
    exchange_errors.SamePerson: _l("The same person stands here twice."),
    exchange_errors.DayBeforeJoining: _l("One of the two did not take part yet on that day."),
    exchange_errors.UnknownKind: _l("We do not know this kind of help, or it is closed."),
    exchange_errors.ProfessionalOnly: _l("This is work for a professional. It is not counted."),
    exchange_errors.DayInFuture: _l("This day has not come yet."),
    exchange_errors.NoteNotReadable: _l("There are signs here that nobody can read."),
}
"""Words for what is wrong on a line."""

NOT_COUNTING: dict[ExchangeState, LazyString] = {
    ExchangeState.SUBMITTED: _l("This waited to be checked. It is not added."),
    ExchangeState.HELD: _l("This waited to be checked. It is not added."),
    ExchangeState.DISPUTED: _l("Somebody said that this is not right. It is not added."),
    ExchangeState.REJECTED: _l("This was turned down. It is not added."),
    ExchangeState.WITHDRAWN: _l("This was taken back. It is not added."),
    ExchangeState.RETURNED: _l("This was given back. It is not added."),
    ExchangeState.REVERSED: _l("This was corrected. Only the right line is added."),
}
"""Words for lines of our own table that did not count."""

OUTCOMES: dict[Outcome, LazyString] = {
    Outcome.READY: _l("good"),
    Outcome.ADDED: _l("added"),
    Outcome.KNOWN: _l("was there already"),
    Outcome.LEFT_OUT: _l("left out"),
    Outcome.BAD: _l("not good"),
}


def explain_file(refusal: UnreadableFile) -> str:
    """Return the words for a file that cannot be read."""
    if refusal.cause is Cause.MISSING_COLUMNS:
        return gettext(
            "The first line must name the columns. Missing: %(columns)s.", columns=refusal.detail
        )
    if refusal.cause is Cause.BROKEN:
        number = refusal.detail.partition(":")[0]
        return gettext("Line %(number)s cannot be read. Is a quote missing?", number=number)
    return str(CAUSES[refusal.cause])


def explain_line(verdict: Verdict) -> tuple[str, str]:
    """Return the column of a bad line, and what is wrong in it; twice nothing for a good one."""
    refusal = verdict.refusal
    if refusal is None:
        return "", ""
    field = str(FIELDS[getattr(refusal, "field", None) or "line"])
    match refusal:
        case errors.NobodyKnown():
            words = gettext("Nobody here is called %(name)s.", name=f"{refusal.written:.60}")
        case errors.SeveralKnown():
            words = gettext(
                "More than one person is called %(name)s.", name=f"{refusal.written:.60}"
            )
        case errors.NumberUsed():
            words = gettext("Number %(number)s came before.", number=f"{refusal.number:.60}")
        case errors.NotCounting():
            words = str(NOT_COUNTING[ExchangeState(refusal.state)])
        case errors.NotUnderstood():
            words = _what_to_write(refusal.field)
        case _:
            known = REFUSED.get(type(refusal))
            words = str(known) if known is not None else explain(refusal)
    return field, words


def _what_to_write(field: str | None) -> str:
    if field == "day":
        return gettext("This is no day. Write it as 9-3-2026.")
    if field == "hours":
        return gettext("This is no number of hours. Write 1,5 or 1:30.")
    return gettext("This is no time. Write minutes, such as 45, or 0:45.")
