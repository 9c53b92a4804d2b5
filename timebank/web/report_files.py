# SPDX-License-Identifier: EUPL-1.2
"""A report as CSV, XLSX or JSON: each number with what it means beside it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank.categories.models import HelpCategory
from timebank.reports.policy import Table, fingerprint
from timebank.reports.queries import Report
from timebank.sheets.writing import MEDIA, Cell, written
from timebank.web import report_words as words

FORMS = (*MEDIA, "json")
"""What a table can be taken along as."""


def file_of(
    report: Report, form: str, *, name: str, kinds: Mapping[str, HelpCategory] | None = None
) -> Response:
    """Return all tables of a report as one file to keep.

    Args:
        form: one of ``FORMS``.
        name: of the file, without its ending; plain letters, digits and hyphens.
    """
    if form == "json":
        said = json.dumps(as_json(report, kinds or {}), ensure_ascii=False, indent=1) + "\n"
        answer = Response(said, content_type="application/json; charset=utf-8")
    else:
        pieces = written(form, header(), lines_of(report, kinds or {}))
        answer = Response(b"".join(pieces), content_type=MEDIA[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def header() -> list[str]:
    """Return the titles of the columns of a file."""
    return [
        gettext("Table"),
        gettext("About"),
        gettext("Code"),
        gettext("Months"),
        gettext("Figure"),
        gettext("Number"),
        gettext("Unit"),
        gettext("In words"),
        gettext("What it means"),
        gettext("Kind of numbers"),
    ]


def lines_of(report: Report, kinds: Mapping[str, HelpCategory]) -> Iterator[Sequence[Cell]]:
    """Return one line for each number; hours are whole minutes. What is withheld has no number."""
    said = numbers_name(report)
    months = words.period_name(report.period)
    for table in report.tables.values():
        for row in table.rows:
            name = words.row_name(table.key, row, report.names, kinds)
            codes = "+".join(row.codes) + (f">{'+'.join(row.to)}" if row.to else "")
            for column, value in zip(table.columns, row.values, strict=True):
                yield [
                    str(words.TABLES[table.key]),
                    name,
                    codes,
                    months,
                    words.column_name(column),
                    value,
                    words.unit_name(column.unit),
                    words.cell_words(column, row, value),
                    words.column_meaning(column),
                    said,
                ]


def as_json(report: Report, kinds: Mapping[str, HelpCategory]) -> dict[str, Any]:
    """Return a report as plain values: definitions first, then the tables."""
    columns = {column for table in report.tables.values() for column in table.columns}
    return {
        "area": words.area_name(report),
        "area_key": report.area.key,
        "period": report.period.code,
        "first_day": report.period.first_day.isoformat(),
        "last_day": report.period.last_day.isoformat(),
        "numbers": "exact" if report.is_exact else "published",
        "rule": None if report.is_exact else dataclasses.asdict(report.thresholds),
        "definitions": {
            column.key: {
                "name": words.column_name(column),
                "unit": column.unit.value,
                "means": words.column_meaning(column),
            }
            for column in sorted(columns, key=lambda one: one.key)
        },
        "tables": {key: _table(table, report, kinds) for key, table in report.tables.items()},
        "closed_months": [
            {"month": f"{seal.month_on:%Y-%m}", "closed_at": seal.closed_at.isoformat()}
            | ({"seal": seal.digest} if report.is_exact else {})
            for seal in report.seals
        ],
        "fingerprint": fingerprint(list(report.tables.values()), report.area.key, report.period),
    }


def numbers_name(report: Report) -> str:
    """Say in a word which kind of numbers a file holds."""
    return gettext("exact") if report.is_exact else gettext("rounded, for everyone")


def _table(table: Table, report: Report, kinds: Mapping[str, HelpCategory]) -> list[dict[str, Any]]:
    rows = []
    for row in table.rows:
        told = {column.key: value for column, value in zip(table.columns, row.values, strict=True)}
        line: dict[str, Any] = {
            "name": words.row_name(table.key, row, report.names, kinds),
            "codes": list(row.codes),
            "withheld": row.is_withheld,
        }
        rows.append(line | ({"to": list(row.to)} if row.to else {}) | told)
    return rows
