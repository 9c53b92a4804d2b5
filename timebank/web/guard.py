# SPDX-License-Identifier: EUPL-1.2
"""Who is asking, and what each page asks for. Every view names it on the line above itself."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.extensions import db
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.policy import Actor, Permission
from timebank.members.queries import load_actor

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that everyone may open, signed in or not."""
    view.__permission__ = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Open a view only to actors with this permission; strangers are sent to sign in first.

    The operations and queries behind the view check again, with the neighbourhood.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            actor = actor_or_none()
            if actor is None:
                return redirect(url_for("sign_in.choose", next=_where_to_return()), code=303)
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
    if "actor" not in g:
        g.actor = _load_actor()
    actor: Actor | None = g.actor
    return actor


def current_actor() -> Actor:
    """Return who is signed in, in a view that requires somebody."""
    actor = actor_or_none()
    assert actor is not None  # noqa: S101 - the guard above the view has seen to it
    return actor


def let_in(timebank_id: int, member_id: uuid.UUID) -> None:
    """Sign somebody in: a new session, so that an older one cannot be ridden along."""
    session.clear()
    session.permanent = True
    session["timebank_id"] = timebank_id
    session["member_id"] = member_id.hex


def _load_actor() -> Actor | None:
    timebank_id, member_hex = session.get("timebank_id"), session.get("member_id")
    if timebank_id is None or member_hex is None:
        return None
    return load_actor(
        db.session,
        timebank_id=timebank_id,
        member_id=uuid.UUID(hex=member_hex),
        today=clock.day_of(clock.now()),
    )


def _where_to_return() -> str:
    return request.path if request.method == "GET" else "/"
