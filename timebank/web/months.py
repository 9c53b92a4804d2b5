# SPDX-License-Identifier: EUPL-1.2
"""For who reaches every neighbourhood: closed months, and each report as it was."""

from __future__ import annotations

import re

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.months.errors import UnknownMonth
from timebank.months.policy import Month
from timebank.months.queries import MonthReport, closed_months, month_report
from timebank.pot.models import POT_CODE
from timebank.web.guard import current_actor, requires

blueprint = Blueprint("months", __name__, url_prefix="/months")
_CODE = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@blueprint.get("")
@requires(Permission.READ_EXACT_FIGURES)
def closed() -> str:
    """List the closed months, newest first."""
    return render_template(
        "figures/months.html", months=closed_months(db.session, by=current_actor())
    )


@blueprint.get("/<code>")
@requires(Permission.READ_EXACT_FIGURES)
def show(code: str) -> str:
    """Show a closed month as it was when it was closed."""
    report = _report(code)
    return render_template("figures/month.html", report=report, data=report.data, pot=POT_CODE)


@blueprint.get("/<code>/report.json")
@requires(Permission.READ_EXACT_FIGURES)
def download(code: str) -> Response:
    """Give the report of a closed month, byte for byte."""
    report = _report(code)
    answer = Response(report.text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{report.month.code}.json"'
    return answer


def _report(code: str) -> MonthReport:
    found = _CODE.fullmatch(code)
    if found is None:
        abort(404)
    try:
        return month_report(db.session, Month(int(found[1]), int(found[2])), by=current_actor())
    except UnknownMonth:
        return abort(404)
