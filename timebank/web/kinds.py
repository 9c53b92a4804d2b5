# SPDX-License-Identifier: EUPL-1.2
"""The kinds of help: which are shown to choose from, and the marks an administrator gives them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.models import HelpCategory
from timebank.categories.operations import change_kinds
from timebank.categories.queries import all_categories, is_offered, open_categories
from timebank.categories.scoring import suggested_kinds
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.reports.policy import goals
from timebank.web.guard import current_actor, requires
from timebank.web.report_words import goal_words
from timebank.web.words import GROUPS

blueprint = Blueprint("kinds", __name__, url_prefix="/kinds")

GOAL_OF = "goal-"
"""Before the code of a kind, in the name of the field that holds its goal."""
Groups = list[tuple[str, list[HelpCategory]]]


@dataclasses.dataclass(frozen=True)
class Suggested:
    """What a sentence seems to be about.

    Attributes:
        kinds: what neighbours could do, the likeliest first.
        refer: work for a professional, when that is the likeliest of all; it is shown, never kept.
    """

    kinds: list[HelpCategory]
    refer: HelpCategory | None


@blueprint.get("")
@requires(Permission.CHANGE_RULES)
def show() -> str:
    """Show the kinds of help with their marks."""
    kinds = all_categories(db.session, timebank_id=current_actor().timebank_id).values()
    return render_template(
        "wishes/kinds.html",
        groups=kind_groups(kinds),
        headings=GROUPS,
        goals=[(goal.key, goal_words(goal)[0]) for goal in goals()],
    )


@blueprint.post("")
@requires(Permission.CHANGE_RULES)
def mark() -> Response:
    """Keep which kinds are an easy first step or done from home, and which goal each serves."""
    change_kinds(
        db.session,
        by=current_actor(),
        asked=offered_kinds().keys(),
        easy=request.form.getlist("easy"),
        remote=request.form.getlist("remote"),
        goals=_chosen_goals(),
        now=clock.now(),
    )
    db.session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for("kinds.show"), code=303)


def _chosen_goals() -> dict[str, str]:
    """Return the goal that was chosen for each kind; a goal that there is not is left out."""
    known = {"", *(goal.key for goal in goals())}
    chosen = {
        name.removeprefix(GOAL_OF): value
        for name, value in request.form.items()
        if name.startswith(GOAL_OF)
    }
    return {code: key for code, key in chosen.items() if key in known}


def offered_kinds() -> dict[str, HelpCategory]:
    """Return by code what neighbours can do for each other here, in the order of the screen."""
    kinds = open_categories(db.session, timebank_id=current_actor().timebank_id)
    return {kind.code: kind for kind in kinds if is_offered(kind)}


def kind_groups(kinds: Iterable[HelpCategory]) -> Groups:
    """Return what neighbours can do under its headings; what is asked most comes first, apart."""
    offered = sorted(filter(is_offered, kinds), key=lambda kind: kind.position)
    groups = [("featured", [kind for kind in offered if kind.is_featured])]
    for code in GROUPS:
        rest = [kind for kind in offered if kind.group_code == code and not kind.is_featured]
        groups.append((code, rest))
    return [(code, members) for code, members in groups if members]


def suggest(words: str, kinds: dict[str, HelpCategory]) -> Suggested:
    """Return what these words seem to be about.

    Args:
        kinds: every kind of the timebank by code, those for professionals too.
    """
    found = [kinds[code] for code in suggested_kinds(words, kinds) if kinds[code].is_open]
    likeliest = found[0] if found else None
    refer = likeliest if likeliest is not None and not is_offered(likeliest) else None
    return Suggested([kind for kind in found if is_offered(kind)], refer)
