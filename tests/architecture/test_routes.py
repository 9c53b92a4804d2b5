# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from flask import Flask

from timebank.members.policy import Permission
from timebank.web.guard import PUBLIC, refuse_unmarked_views

PUBLIC_ENDPOINTS = {
    "home.start",
    "home.health",
    "language.switch",
    "sign_in.choose",
    "sign_in.send_link",
    "sign_in.code",
    "sign_in.use_code",
    "sign_in.letter",
    "sign_in.use_letter",
    "sign_in.open_link",
    "sign_in.use_link",
    "sign_in.be_somebody",
    "sign_in.sign_out",
    "oidc.leave",
    "oidc.back",
    "second_step.ask",
    "second_step.prove",
    "second_step.begin",
    "second_step.make",
    "figures.published",
    "area_pages.neighbourhood",
    "area_pages.flyer",
    "area_pages.year",
    "area_pages.take",
    "figures.about",
    "duties.privacy",
    "duties.timebank_privacy",
    "duties.accessibility",
    "duties.security_txt",
    "join.form",
    "join.send",
    "join.sent",
    "static_files.theme",
    "phone.worker",
    "phone.offline",
    "phone.known",
    "my_data.left",
    "my_details.open_link",
    "my_details.use_link",
}


def test_every_view_names_its_permission(app: Flask) -> None:
    named = {
        endpoint: getattr(view, "__permission__", None)
        for endpoint, view in app.view_functions.items()
        if endpoint != "static"
    }

    assert {e for e, permission in named.items() if permission == PUBLIC} == PUBLIC_ENDPOINTS
    assert all(
        permission == PUBLIC or isinstance(permission, Permission) for permission in named.values()
    )


def test_a_view_without_a_permission_stops_the_application(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: "anyone"

    with pytest.raises(AssertionError, match="forgotten"):
        refuse_unmarked_views(app)


def test_no_address_ends_with_a_slash_but_the_first(app: Flask) -> None:
    rules = {str(rule) for rule in app.url_map.iter_rules()}

    assert {rule for rule in rules if rule.endswith("/")} == {"/"}


def test_what_changes_something_is_never_a_get(app: Flask) -> None:
    both = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set()) and "GET" in (rule.methods or set())
    ]

    assert both == []
