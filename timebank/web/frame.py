# SPDX-License-Identifier: EUPL-1.2
"""What stands around every page: navigation, whom to call, the name of the timebank."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import gettext

import ledger
from timebank.areas.models import Timebank
from timebank.extensions import db
from timebank.members.policy import Actor, Permission
from timebank.web.guard import actor_or_none


@dataclasses.dataclass(frozen=True)
class NavigationItem:
    """One item of the main menu."""

    href: str
    label: str
    icon: str
    current: bool


def register_frame(app: Flask) -> None:
    """Give every template what ``_layout.html`` asks for."""
    app.context_processor(_frame)


def shown_timebank() -> Timebank | None:
    """Return the timebank of this page: of who is signed in, or the one a public page is about."""
    if "timebank" not in g:
        timebank_id = session.get("timebank_id")
        g.timebank = db.session.get(Timebank, timebank_id) if timebank_id is not None else None
    timebank: Timebank | None = g.timebank
    return timebank


def show_timebank(timebank: Timebank) -> None:
    """Let this page be about another timebank than that of who is signed in.

    Who is signed in is looked up first: from here on the database shows the other timebank only.
    """
    actor_or_none()
    ledger.enter_timebank(db.session, timebank.id)
    g.timebank = timebank


def _frame() -> dict[str, Any]:
    theme = url_for("static_files.theme") if current_app.config["TIMEBANK_THEME_CSS"] else None
    frame: dict[str, Any] = {
        "demo_mode": current_app.config["TIMEBANK_DEMO_MODE"],
        "theme_css": theme,
        "navigation": [],
        "footer_links": _footer_links(None),
    }
    if g.get("show_bare_frame"):
        return frame
    actor, timebank = actor_or_none(), shown_timebank()
    frame["actor"] = actor
    frame["navigation"] = _navigation(actor) if actor else _visitor_navigation()
    if timebank is not None:
        frame |= {
            "site_name": timebank.name,
            "help_name": timebank.contact_name,
            "help_phone": timebank.contact_phone,
            "help_is_you": actor is not None and actor.full_name == timebank.contact_name,
            "footer_links": _footer_links(timebank),
        }
    return frame


def _navigation(actor: Actor) -> list[NavigationItem]:
    wanted = [
        ("home.start", gettext("Start"), "home", Permission.SEE_HOME),
        ("statement.own", gettext("My hours"), "clock", Permission.READ_OWN_STATEMENT),
        ("desk.waiting", gettext("To check"), "list", Permission.DECIDE_EXCHANGES),
        ("people.everyone", gettext("People"), "users", Permission.READ_PEOPLE),
        ("acting.my_people", gettext("My people"), "users", Permission.READ_WHO_CONSENTED),
        _figures_of(actor),
        ("audit.show", gettext("Who did what"), "search", Permission.READ_AUDIT),
        ("my_data.show", gettext("My data"), "user", Permission.MANAGE_OWN_DATA),
    ]
    return [
        NavigationItem(url_for(endpoint), label, icon, request.endpoint == endpoint)
        for endpoint, label, icon, permission in wanted
        if actor.can(permission)
    ]


def _figures_of(actor: Actor) -> tuple[str, str, str, Permission]:
    """Return the figures of whoever reads them exactly, or those that leave the house."""
    if actor.can(Permission.READ_EXACT_FIGURES):
        return "figures.exact", gettext("Figures"), "chart", Permission.READ_EXACT_FIGURES
    figures = gettext("Figures")
    return "reports.own_municipality", figures, "chart", Permission.READ_PUBLISHED_REPORTS


def _footer_links(timebank: Timebank | None) -> list[NavigationItem]:
    """Return what everyone may read on every page; of this timebank, where the page is of one."""
    links = []
    privacy = url_for("duties.privacy")
    if timebank is not None:
        figures = url_for("figures.published", slug=timebank.slug)
        links.append((figures, gettext("Help in the neighbourhoods, in figures"), "home"))
        privacy = url_for("duties.timebank_privacy", slug=timebank.slug)
    links.append((privacy, gettext("Privacy"), "info"))
    links.append((url_for("duties.accessibility"), gettext("Accessibility"), "users"))
    return [NavigationItem(href, label, icon, False) for href, label, icon in links]


def _visitor_navigation() -> list[NavigationItem]:
    return [
        NavigationItem(
            url_for("home.start"), gettext("Start"), "home", request.endpoint == "home.start"
        ),
        NavigationItem(
            url_for("sign_in.choose"),
            gettext("Sign in"),
            "users",
            request.endpoint == "sign_in.choose",
        ),
    ]
