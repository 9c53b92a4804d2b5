# SPDX-License-Identifier: EUPL-1.2
"""Help written down on a phone without a network: it waits there and is delivered here, later.

A phone may deliver in any order, in parts and twice; the key that it made with the entry makes one
exchange of it. An entry that does not fit becomes an unfinished form under the same key, so that
the person finishes it where everything else is finished (docs/adr/0032).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    jsonify,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import force_locale, gettext
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.operations import save_draft
from timebank.drafts.queries import own_draft
from timebank.exchanges.errors import ExchangeError, FormKeyUsed, ProfessionalOnly
from timebank.exchanges.operations import log_exchange
from timebank.exchanges.queries import exchange_for, newest_of_member, sent_with_key
from timebank.extensions import csrf, db
from timebank.members.policy import Actor, Permission
from timebank.schemas.answers import MINUTES_OFFERED
from timebank.schemas.queued import Delivery, DeliveryOfPhone, QueuedEntry
from timebank.web.filters import label, long_day
from timebank.web.frame import shown_timebank
from timebank.web.guard import actor_or_none, answers_script, current_actor, public
from timebank.web.language import LANGUAGES
from timebank.web.questions import Context, command_of, is_professional
from timebank.web.static_files import shell_addresses
from timebank.web.words import explain, explain_codes

blueprint = Blueprint("phone", __name__)

MOST_PEOPLE = 5
STANDS, REFUSED, NOT_YET = "stands", "refused", "not_yet"
SCRIPT_HEADER = "X-Timebank-Queue"
"""A form of another site cannot send it, and a script of another site has to ask first."""
_LANGUAGE = f"<any({', '.join(LANGUAGES)}):language>"


@blueprint.get(f"/service-worker/{_LANGUAGE}.js")
@public
def worker(language: str) -> Response:
    """Serve the script that keeps the shell of the application on the phone, and no page of it."""
    made: dict[str, str] = current_app.extensions.setdefault("service_workers", {})
    if language not in made:
        # A browser looks for a new one at every page: it is put together once a process.
        made[language] = _worker(language)
    response = Response(made[language], mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@blueprint.get(f"/offline/{_LANGUAGE}")
@public
def offline(language: str) -> str:
    """Show the page that a phone keeps: the same for everyone, and about nobody."""
    return _offline_page(language)


@blueprint.get("/exchanges/queued/known")
@public
def known() -> Response:
    """Answer what a phone may know without a network: kinds of help, and no name of anybody.

    On a device of one's own also the last people one exchanged help with, as initials and a day;
    on a shared device nobody. Who cannot log exchanges learns nothing, as this is asked on each
    page that could use it.
    """
    actor = actor_or_none()
    if actor is None or not actor.can(Permission.LOG_EXCHANGES):
        return _json(owner=None)
    categories = all_categories(db.session, timebank_id=actor.timebank_id)
    kinds = [one for one in categories.values() if one.is_open and not is_professional(one)]
    kinds.sort(key=lambda one: (not one.is_featured, one.position))
    shared = not session.permanent
    return _json(
        owner=str(actor.member_id),
        shared=shared,
        kinds=[{"code": one.code, "label": label(one)} for one in kinds],
        people=[] if shared else _last_people(actor),
    )


@blueprint.post("/exchanges/queued")
@answers_script(Permission.LOG_EXCHANGES)
def deliver() -> tuple[Response, int] | Response:
    """Take what a phone delivers; each entry gets its own answer, after one commit for all.

    An entry ``stands`` in the books, was ``refused`` with the field and what to do, or is
    ``not_yet`` looked at, because somebody else is signed in. Instead of a token the request bears
    a header that no other site can send, as the page that sends it may be months old.
    """
    _refuse_other_sites()
    try:
        delivery: Delivery = DeliveryOfPhone().load(request.get_json(silent=True) or {})
    except (ValidationError, RecursionError):
        return _json(answers=[]), 422
    if delivery.owner != current_actor().member_id:
        answers = [Verdict(entry.key, NOT_YET) for entry in delivery.entries]
    else:
        answers = [_take(entry) for entry in delivery.entries]
        db.session.commit()
    return _json(answers=[dataclasses.asdict(answer) for answer in answers])


csrf.exempt(deliver)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The answer to one entry; of a refused one where, why, and the page where it goes on."""

    key: uuid.UUID
    outcome: str
    field: str = ""
    words: str = ""
    url: str = ""


def _take(entry: QueuedEntry) -> Verdict:
    """Log one entry, or keep it as a form to be finished.

    A key that was refused stays refused, even when it would fit by now: an old delivery that comes
    in late must not book what the person is changing in the form.
    """
    actor = current_actor()
    if _is_a_form(actor, entry.key):
        return _to_finish(entry, "form", gettext("This waits for you as a form. Send it there."))
    sent = sent_with_key(db.session, by=actor, form_key=entry.key)
    if sent is not None:
        # Not checked anew: what was fine on the day it was taken is not refused a month later.
        return _as_the_first_time(actor, entry, sent)
    try:
        with db.session.begin_nested():
            _log(actor, entry)
    except FormKeyUsed as refusal:
        return Verdict(entry.key, REFUSED, "form", explain(refusal), url_for("home.start"))
    except ValidationError as refusal:
        field, words = next(iter(explain_codes(refusal).items()))
        return _keep_as_form(actor, entry, entry.answers, field, words)
    except ExchangeError as refusal:
        answers = dict(entry.answers)
        if isinstance(refusal, ProfessionalOnly):
            # It can say something about health or money: we do not keep it (docs/adr/0012).
            answers.pop("category")
        return _keep_as_form(actor, entry, answers, refusal.field or "form", explain(refusal))
    return Verdict(entry.key, STANDS)


def _log(actor: Actor, entry: QueuedEntry) -> None:
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    context = Context(db.session, actor, timebank, clock.now())
    categories = all_categories(db.session, timebank_id=timebank.id)
    command = command_of(context, entry.side, entry.key, entry.answers, categories)
    log_exchange(db.session, command, by=actor, now=context.now)


def _is_a_form(actor: Actor, key: uuid.UUID) -> bool:
    try:
        own_draft(db.session, by=actor, form_key=key)
    except UnknownDraft:
        return False
    return True


def _as_the_first_time(actor: Actor, entry: QueuedEntry, sent: uuid.UUID) -> Verdict:
    """Answer a key that was taken before; with other answers, lead to those that stand."""
    stands = exchange_for(db.session, sent, by=actor)
    own, other = (
        (stands.helper_id, stands.helped_id)
        if entry.side == "gave"
        else (stands.helped_id, stands.helper_id)
    )
    answers = {
        "other": str(other),
        "category": stands.category_code,
        "minutes": str(stands.minutes),
        "helped_on": stands.helped_on.isoformat(),
    }
    if own == actor.member_id and answers == entry.answers:
        return Verdict(entry.key, STANDS)
    words = gettext("This was sent already, with other answers. Look whether they are right.")
    url = url_for("exchanges.show", exchange_id=sent)
    return Verdict(entry.key, REFUSED, "form", words, url)


def _keep_as_form(
    actor: Actor, entry: QueuedEntry, answers: Mapping[str, str], field: str, words: str
) -> Verdict:
    kept = {name: text for name, text in answers.items() if text} | {"side": entry.side}
    try:
        save_draft(db.session, by=actor, form_key=entry.key, answers=kept, now=clock.now())
    except UnknownDraft:
        # Somebody else has a form with this key, which no honest phone brings about.
        return Verdict(entry.key, REFUSED, "form", words, url_for("home.start"))
    return _to_finish(entry, field, words)


def _to_finish(entry: QueuedEntry, field: str, words: str) -> Verdict:
    url = url_for("exchange_form.show", side=entry.side, form_key=entry.key, step="check")
    return Verdict(entry.key, REFUSED, field, words, url)


def _last_people(actor: Actor) -> list[dict[str, str]]:
    """Return whom one last exchanged help with, newest first, as initials and the day."""
    assert actor.member_id is not None  # noqa: S101 - who logs exchanges is a member
    people: dict[uuid.UUID, dict[str, str]] = {}
    for row in newest_of_member(
        db.session, timebank_id=actor.timebank_id, member_id=actor.member_id, limit=4 * MOST_PEOPLE
    ):
        helped_other = row.helper_id == actor.member_id
        other = row.helped_id if helped_other else row.helper_id
        name = row.helped_name if helped_other else row.helper_name
        if name is not None and other not in people:
            day = gettext("Last: %(day)s", day=long_day(row.helped_on))
            people[other] = {"id": str(other), "label": _initials(name), "hint": day}
    return list(people.values())[:MOST_PEOPLE]


def _initials(name: str) -> str:
    """Return "J. v. d. B." for Jan van den Berg."""
    return " ".join(f"{word[0]}." for word in name.split())


def _json(**facts: object) -> Response:
    """Answer in JSON, and say in which letters, as every answer of ours does."""
    response = jsonify(**facts)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response


def _refuse_other_sites() -> None:
    """Answer only a script of our own pages."""
    origin = request.headers.get("Origin")
    if (
        SCRIPT_HEADER not in request.headers
        or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
        or (origin is not None and urlsplit(origin).netloc != request.host)
    ):
        abort(400)


def _offline_page(language: str) -> str:
    g.show_bare_frame = True
    with force_locale(language):
        return render_template(
            "phone/offline.html", language=language, languages=LANGUAGES, offered=MINUTES_OFFERED
        )


def _worker(language: str) -> str:
    """Put the list of what belongs to the shell before the script; what changes makes it new."""
    shell = shell_addresses()
    version = hashlib.sha256("".join([*shell, _offline_page(language)]).encode()).hexdigest()[:12]
    page = url_for("phone.offline", language=language)
    facts = {"name": f"shell-{language}-{version}", "page": page, "shell": shell}
    script = pathlib.Path(str(current_app.static_folder), "js", "service-worker.js")
    return f"const KEPT = {json.dumps(facts)};\n{script.read_text('utf-8')}"
