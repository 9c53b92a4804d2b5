# SPDX-License-Identifier: EUPL-1.2
"""DOOR web: the screens. Views read a request, call an operation, commit once, answer a page."""

from __future__ import annotations

from flask import Flask

from timebank.web import (
    acting,
    activities,
    amendments,
    appointment_form,
    appointments,
    area_pages,
    audit,
    concerns,
    desk,
    devices,
    disputes,
    duties,
    exchange_form,
    exchanges,
    figures,
    files,
    home,
    join,
    kinds,
    language,
    months,
    my_data,
    my_details,
    my_needs,
    my_talents,
    my_times,
    needs,
    neighbourhoods,
    notes,
    offers,
    oidc,
    overrides,
    paper,
    people,
    person,
    phone,
    post,
    referrals,
    replies,
    reports,
    rules,
    second_looks,
    second_step,
    sign_in,
    stack,
    staff_hours,
    statement,
    static_files,
    suggestions,
    talks,
    thanks,
    times_for,
    worklist,
)
from timebank.web.errors import register_errors
from timebank.web.filters import register_filters
from timebank.web.frame import register_frame
from timebank.web.guard import refuse_unmarked_views
from timebank.web.headers import register_headers
from timebank.web.static_files import register_static_files

_SCREENS = (
    home,
    sign_in,
    oidc,
    second_step,
    devices,
    language,
    exchange_form,
    phone,
    exchanges,
    replies,
    disputes,
    amendments,
    second_looks,
    thanks,
    appointments,
    appointment_form,
    activities,
    desk,
    rules,
    statement,
    figures,
    neighbourhoods,
    months,
    staff_hours,
    area_pages,
    reports,
    files,
    duties,
    people,
    person,
    acting,
    join,
    my_data,
    my_details,
    notes,
    audit,
    paper,
    stack,
    post,
    concerns,
    referrals,
    overrides,
    my_talents,
    my_needs,
    my_times,
    needs,
    talks,
    times_for,
    kinds,
    suggestions,
    offers,
    worklist,
    static_files,
)
"""Every module with screens, in the order in which their addresses are looked up."""


def register_web(app: Flask) -> None:
    """Bind the screens to the application."""
    register_headers(app)
    register_static_files(app)
    register_filters(app)
    register_frame(app)
    register_errors(app)
    for module in _SCREENS:
        app.register_blueprint(module.blueprint)
    refuse_unmarked_views(app)
