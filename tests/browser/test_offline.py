# SPDX-License-Identifier: EUPL-1.2
"""The network goes away on a phone: help is written down there, and stands once when it is back."""

from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.browser.conftest import Visitors
from tests.browser.driving import choose
from tests.browser.serving import Server
from timebank.exchanges.models import Exchange

pytestmark = pytest.mark.browser

KEEP = "#offline button[type=submit]"
WAITS, ARRIVED = "[data-entry] .tb-badge--submitted", "[data-entry] .tb-badge--approved"


def test_help_written_down_without_a_network_stands_once_when_it_is_back(
    sqlite_town: Server, visitors: Visitors
) -> None:
    page = _with_the_shell(sqlite_town, visitors, "Fatima")
    before = _stand(sqlite_town)
    page.context.set_offline(True)
    page.goto("/my-hours")
    page.click(KEEP)
    expect(page.locator("[data-errors] a")).to_have_count(4)
    _write_down(page)
    expect(page.locator(WAITS)).to_have_text("Wordt verstuurd")
    page.reload()
    expect(page.locator(WAITS)).to_be_visible()
    assert _stand(sqlite_town) == before

    page.route("**/exchanges/queued", _arrive_and_lose_the_answer)
    with page.expect_event("requestfailed"):
        page.context.set_offline(False)
    assert _stand(sqlite_town) == [*before, ("company", 60)]
    expect(page.locator(WAITS)).to_be_visible()
    page.unroute("**/exchanges/queued")
    page.goto("/offline/nl")

    expect(page.locator(ARRIVED)).to_be_visible()
    assert _stand(sqlite_town) == [*before, ("company", 60)]
    visitors.troubles.found[:] = [one for one in visitors.troubles.found if "net::ERR_" not in one]


def _arrive_and_lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def _with_the_shell(server: Server, visitors: Visitors, who: str) -> Page:
    """Open the start page until the phone holds what it needs without a network."""
    engine = ledger.prepare_engine(sa.create_engine(server.database_url))
    with Session(engine) as session:
        now = datetime.datetime.now(datetime.UTC)
        builders.logged(session, who, "Greet", now=now, helped_on=now.date())
        session.commit()
    engine.dispose()
    page = visitors.open(server, who, viewport={"width": 360, "height": 800})
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller && localStorage['timebank-known']")
    return page


def _write_down(page: Page) -> None:
    choose(page, "side", "gave")
    page.locator("[data-person] input").check()
    page.select_option("select[name='category']", "company")
    choose(page, "minutes", "60")
    page.click(KEEP)


def _stand(server: Server) -> list[tuple[str, int]]:
    engine = ledger.prepare_engine(sa.create_engine(server.database_url))
    with Session(engine) as session:
        rows = session.execute(sa.select(Exchange.category_code, Exchange.minutes)).all()
    engine.dispose()
    return [(row.category_code, row.minutes) for row in rows]
