# SPDX-License-Identifier: EUPL-1.2
"""What the logging form asks beside its questions: whom to call, what comes first, the card."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from timebank.appointments.queries import AppointmentRow
from timebank.appointments.workflow import AppointmentState
from timebank.boundaries.queries import override_stands
from timebank.categories.models import Boundary, HelpCategory
from timebank.categories.policy import safety_of
from timebank.checks.policy import lacking
from timebank.checks.queries import checks_of, what_comes_first
from timebank.exchanges.errors import ExchangeError
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.schemas.answers import SafetyAnswer
from timebank.web import questions
from timebank.web.boundary_words import CHECKS_FIRST, CHECKS_MISSING, card
from timebank.web.guard import current_actor
from timebank.web.questions import Answers, Context, SeveralPeople

GAVE = "gave"


def must_refer(
    context: Context, side: str, answers: Answers, categories: Mapping[str, HelpCategory]
) -> bool:
    """Say whether the chosen work is for a professional, and no exception stands for these two."""
    category = categories[answers["category"]]
    if category.boundary is not Boundary.PROFESSIONAL_ONLY:
        return False
    with contextlib.suppress(ExchangeError, ValidationError, SeveralPeople):
        own, other = context.own_id, questions.other_of(context, answers).member_id
        if own is not None:
            return not override_stands(
                context.session,
                timebank_id=context.timebank.id,
                helper_id=own if side == GAVE else other,
                helped_id=other if side == GAVE else own,
                category_code=category.code,
            )
    return True


def check_card(side: str, answers: Answers, form: Mapping[str, str]) -> None:
    """Refuse to send the form while the helper did not tick the card (policy row V5).

    The helper ticks it each time, not once: a promise of a year ago is forgotten. That it was
    ticked is not kept. Who was helped promises nothing and ticks nothing.

    Raises:
        marshmallow.ValidationError: the card must be ticked and is not.
    """
    if side == GAVE and safety_of(answers.get("category", "")).ticked:
        SafetyAnswer().load({"safety": form.get("safety", "")})


def on_check_page(context: Context, side: str, answers: Answers) -> dict[str, Any]:
    """Return the card, whether it is ticked, and what the helper lacks; for the helper only."""
    code = answers.get("category", "")
    if side != GAVE:
        return {}
    safety = safety_of(code)
    return {
        "card": card(safety),
        "card_is_ticked": safety.ticked,
        "comes_first": comes_first(context, side, [code]).get(code, []),
    }


def before_helping(row: AppointmentRow, speaks_for: uuid.UUID) -> dict[str, Any]:
    """Return what the helper of an appointment reads beforehand; nothing for the other one.

    A coordinator who acts for one of the two reads what the helper lacks (policy row V19).
    """
    actor, code = current_actor(), row.category_code
    if row.state is not AppointmentState.PLANNED:
        return {}
    if actor.member_id not in (row.helper_id, row.helped_id) and actor.can(
        Permission.DECIDE_EXCHANGES
    ):
        have = checks_of(db.session, [row.helper_id], timebank_id=actor.timebank_id)
        return {
            "missing": lacking(code, have[row.helper_id]),
            "missing_words": CHECKS_MISSING,
        }
    if speaks_for != row.helper_id:
        return {}
    found = what_comes_first(
        db.session, [code], member_id=speaks_for, timebank_id=actor.timebank_id
    )
    return {
        "card": card(safety_of(code)),
        "comes_first": [str(CHECKS_FIRST[one]) for one in found.get(code, ())],
    }


def comes_first(context: Context, side: str, codes: list[str]) -> dict[str, list[str]]:
    """Return what the helper reads beside kinds of help that ask for something first."""
    if side != GAVE or context.own_id is None:
        return {}
    found = what_comes_first(
        context.session, codes, member_id=context.own_id, timebank_id=context.timebank.id
    )
    return {code: [str(CHECKS_FIRST[check]) for check in checks] for code, checks in found.items()}
