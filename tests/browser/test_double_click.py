# SPDX-License-Identifier: EUPL-1.2
"""A shaking hand and a forgotten tab: the form is sent twice, the help is logged once."""

from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.browser.conftest import Visitors
from tests.browser.driving import press
from tests.browser.serving import Server
from timebank.clock import day_of
from timebank.drafts.operations import save_draft
from timebank.exchanges.models import Exchange

pytestmark = pytest.mark.browser

SEND = "#form button"


@pytest.mark.parametrize(
    ("javascript", "templates"),
    [(True, "sqlite"), (True, "postgresql"), (False, "postgresql")],
    ids=["with script, SQLite", "with script, PostgreSQL", "without script"],
    indirect=["templates"],
)
def test_a_double_click_on_send_logs_one_exchange(
    town: Server, visitors: Visitors, javascript: bool
) -> None:
    page = _at_check(town, visitors, java_script_enabled=javascript)
    _click_twice(page)
    expect(page.locator(".tb-badge--submitted")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert _count(town) == 1


def test_two_tabs_with_the_same_form_log_one_exchange_and_both_show_it(
    town: Server, visitors: Visitors
) -> None:
    first = _at_check(town, visitors)
    second = first.context.new_page()
    second.goto(first.url)
    press(first, SEND)
    press(second, SEND)
    assert first.url == second.url
    assert second.locator(".tb-badge--submitted").is_visible()
    assert _count(town) == 1


def test_going_back_after_sending_and_sending_again_logs_one_exchange(
    sqlite_town: Server, visitors: Visitors
) -> None:
    before = _count(sqlite_town)
    page = _at_check(sqlite_town, visitors, "Marijke")
    press(page, SEND)
    sent = page.url
    page.go_back()
    if page.url != sent:
        press(page, SEND)
    assert page.url == sent
    assert _count(sqlite_town) == before + 1


def _click_twice(page: Page) -> None:
    """Click, and click again at the same place as soon as the first request has left."""
    button = page.locator(SEND)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with page.expect_request(lambda request: request.method == "POST"):
        page.mouse.click(x, y)
    page.mouse.click(x, y)


def _at_check(server: Server, visitors: Visitors, who: str = "Fatima", **options: object) -> Page:
    """Open the last page of a form that was filled in before."""
    form_key = _filled_in(server, who)
    page = visitors.open(server, who, **options)
    page.goto(f"/exchanges/new/gave/{form_key}/check")
    return page


def _filled_in(server: Server, who: str) -> uuid.UUID:
    engine = ledger.prepare_engine(sa.create_engine(server.database_url))
    now, form_key = datetime.datetime.now(datetime.UTC), uuid.uuid4()
    with Session(engine) as session:
        answers = {
            "other": str(builders.member_of(session, "Jan").id),
            "category": "groceries",
            "helped_on": day_of(now).isoformat(),
            "minutes": "90",
        }
        by = builders.actor_of(session, who, today=day_of(now))
        save_draft(session, by=by, form_key=form_key, answers=answers, now=now)
        session.commit()
    engine.dispose()
    return form_key


def _count(server: Server) -> int:
    engine = ledger.prepare_engine(sa.create_engine(server.database_url))
    with Session(engine) as session:
        count = session.scalars(sa.select(sa.func.count()).select_from(Exchange)).one()
    engine.dispose()
    return count
