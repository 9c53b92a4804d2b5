# SPDX-License-Identifier: EUPL-1.2
"""Who is asking, and what each page asks for. Every view names it on the line above itself."""

from __future__ import annotations

import datetime
import functools
import uuid
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

import ledger
from timebank import clock
from timebank.extensions import db
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.policy import Actor, Permission
from timebank.members.queries import load_actor
from timebank.sessions.operations import open_session
from timebank.sessions.policy import STAFF, is_staff, terms_of
from timebank.sessions.queries import SignedIn, signed_in
from timebank.web.user_agents import device_name

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"
SEEN_EVERY_SECONDS = 60
"""So often, at most, the cookie is written again to say that a page was opened."""


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that everyone may open, signed in or not."""
    view.__permission__ = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Open a view only to actors with this permission; strangers are sent to sign in first.

    Who sees other people's data proves a second factor before any page that asks for a permission.
    The operations and queries behind the view check again, with the neighbourhood.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            actor = actor_or_none()
            if actor is None:
                step = "sign_in.choose" if half_signed_in() is None else "second_step.ask"
                return redirect(url_for(step, next=_where_to_return()), code=303)
            actor.require(permission)
            return view(*args, **kwargs)

        guarded.__permission__ = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def hides(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Open a view as :func:`requires` does, but answer others as if the page did not exist.

    For pages about people: who may not see them does not learn whom they are about.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        guarded = requires(permission)(view)

        @functools.wraps(view)
        def hidden(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            try:
                return guarded(*args, **kwargs)
            except NotPermitted as refusal:
                raise UnknownMember(None) from refusal

        hidden.__permission__ = permission  # type: ignore[attr-defined]
        return hidden

    return decorate


def answers_script(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Open a view as :func:`requires` does, but answer strangers 401: a script cannot sign in."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        guarded = requires(permission)(view)

        @functools.wraps(view)
        def answering(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if actor_or_none() is None:
                return Response(
                    '{"sign_in": true}\n', 401, mimetype="application/json; charset=utf-8"
                )
            return guarded(*args, **kwargs)

        answering.__permission__ = permission  # type: ignore[attr-defined]
        return answering

    return decorate


def refuse_unmarked_views(app: Flask) -> None:
    """Refuse to start when a view does not say who may open it.

    Raises:
        AssertionError: naming the endpoints.
    """
    unmarked = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "__permission__")
    ]
    assert not unmarked, f"views without a named permission: {unmarked}"  # noqa: S101


def actor_or_none() -> Actor | None:
    """Return who is signed in, with the roles of today, or None. One statement a request."""
    found = _signed_in()
    if found is None or (is_staff(found.actor) and not found.verified):
        return None
    return found.actor


def half_signed_in() -> Actor | None:
    """Return who is signed in but has still to prove the second factor, or None."""
    found = _signed_in()
    if found is None or found.verified or not is_staff(found.actor):
        return None
    return found.actor


def current_actor() -> Actor:
    """Return who is signed in, in a view that requires somebody."""
    actor = actor_or_none()
    assert actor is not None  # noqa: S101 - the guard above the view has seen to it
    return actor


def current_key() -> str:
    """Return the secret of this browser's session; empty when nobody is signed in."""
    key: str = session.get("key", "")
    return key


def let_in(
    timebank_id: int, member_id: uuid.UUID, *, shared: bool = False, verified: bool = False
) -> None:
    """Sign somebody in: a new session, so that an older one cannot be ridden along.

    The caller commits.

    Args:
        shared: others use this device too.
        verified: no second factor has to be proven (demo mode).
    """
    now = clock.now()
    actor = load_actor(
        db.session, timebank_id=timebank_id, member_id=member_id, today=clock.day_of(now)
    )
    secret = open_session(
        db.session,
        timebank_id=timebank_id,
        member_id=member_id,
        terms=terms_of(staff=actor is not None and is_staff(actor), shared=shared),
        device=device_name(request.user_agent.string),
        now=now,
        verified=verified,
    )
    hold_key(timebank_id, secret, forget_with_browser=shared)


def hold_key(timebank_id: int, secret: str, *, forget_with_browser: bool) -> None:
    """Let this browser hold the secret of a session, and nothing of what it held before."""
    session.clear()
    session.permanent = not forget_with_browser
    session["timebank_id"] = timebank_id
    session["key"] = secret
    session["seen"] = int(clock.now().timestamp())
    g.pop("signed_in", None)


def _signed_in() -> SignedIn | None:
    if "signed_in" not in g:
        g.signed_in = _read_session()
    found: SignedIn | None = g.signed_in
    return found


def _read_session() -> SignedIn | None:
    timebank_id, secret = session.get("timebank_id"), session.get("key")
    if timebank_id is None or secret is None:
        return None
    ledger.enter_timebank(db.session, timebank_id)
    now = clock.now()
    found = signed_in(
        db.session,
        timebank_id=timebank_id,
        secret=secret,
        now=now,
        today=clock.day_of(now),
    )
    if found is None or not _still_counts(found, now):
        return None
    if now.timestamp() - session.get("seen", 0) >= SEEN_EVERY_SECONDS:
        session["seen"] = int(now.timestamp())
    return found


def _still_counts(found: SignedIn, now: datetime.datetime) -> bool:
    """Say whether a session has neither gone idle nor outlived its kind.

    When a page was opened last stands in the signed cookie, so that reading a page writes nothing.
    Somebody who became staff since is held to the terms of staff.
    """
    idle, lifetime = found.idle_minutes, None
    if is_staff(found.actor):
        assert STAFF.idle is not None  # noqa: S101 - a constant of ours
        idle, lifetime = int(STAFF.idle.total_seconds() // 60), STAFF.lifetime
    if lifetime is not None and now >= found.began_at + lifetime:
        return False
    seen = datetime.datetime.fromtimestamp(session.get("seen", 0), datetime.UTC)
    return idle is None or now < seen + datetime.timedelta(minutes=idle)


def _where_to_return() -> str:
    return request.path if request.method == "GET" else "/"
