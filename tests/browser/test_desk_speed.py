# SPDX-License-Identifier: EUPL-1.2
"""A hundred ordinary exchanges over one cup of coffee: counted in clicks and keys."""

from __future__ import annotations

import datetime
import pathlib

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.browser.conftest import Visitors
from tests.browser.serving import serving
from tests.databases import SqliteTemplates
from timebank.exchanges.models import Exchange
from timebank.exchanges.workflow import ExchangeState
from timebank.rules.operations import change_rules
from timebank.rules.policy import Rules

pytestmark = pytest.mark.browser

HOW_MANY, MOST_INTERACTIONS = 100, 12
KINDS = ("groceries", "coffee", "phone_call", "odd_job_garden")


class Hand:
    """A coordinator's hand: every click and every key counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def click(self, selector: str) -> None:
        self.count += 1
        self.page.click(selector)

    def key(self, key: str) -> None:
        """Press a key that sends a form, and wait for the page that comes back."""
        self.count += 1
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


def let_wait(database_url: str, count: int) -> None:
    """Let ordinary help wait: small, of people who did this before."""
    now = datetime.datetime.now(datetime.UTC)
    day = now.date() - datetime.timedelta(days=1)
    engine = ledger.prepare_engine(sa.create_engine(database_url))
    with Session(engine) as session:
        bart = builders.actor_of(session, "Bart", today=now.date())
        off = Rules(0, alert_pair_week_minutes=0, alert_trade_week_minutes=0)
        rules = {"rules": off, "by": bart, "now": now}
        change_rules(session, builders.SLAAGHWIJK, **rules)  # type: ignore[arg-type]
        builders.approved(session, now=now, helped_on=day, minutes=15)
        for number in range(count):
            kind = KINDS[number % len(KINDS)]
            helper, helped = ("Fatima", "Jan") if number % 2 else ("Jan", "Fatima")
            builders.logged(
                session,
                helper,
                helped,
                now=now,
                helped_on=day - datetime.timedelta(days=number % 14),
                minutes=15,
                category_code=kind,
            )
        session.commit()
    engine.dispose()


def states(database_url: str) -> dict[ExchangeState, int]:
    engine = sa.create_engine(database_url)
    with Session(engine) as session:
        rows = session.execute(
            sa.select(Exchange.state, sa.func.count()).group_by(Exchange.state)
        ).all()
    engine.dispose()
    return {row[0]: row[1] for row in rows}


def test_a_hundred_ordinary_exchanges_are_cleared_in_at_most_twelve_interactions(
    sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path, visitors: Visitors
) -> None:
    with sqlite_templates.copy("town", tmp_path) as url:
        let_wait(url, HOW_MANY)
        with serving(url, tmp_path, undo_seconds="600") as server:
            page = visitors.open(server, "Nadia")
            page.goto("/")
            hand = Hand(page)

            hand.click("a.tb-nav__link[href='/desk']")
            hand.click("a[href='#desk-list']")
            hand.key("Shift+A")
            hand.key("u")
            hand.key("Shift+A")
            hand.key("Shift+A")

            expect(page.locator(".tb-empty")).to_be_visible()
            assert hand.count <= MOST_INTERACTIONS
            assert states(url) == {ExchangeState.APPROVED: 1, ExchangeState.HELD: HOW_MANY}


def test_one_slip_after_another_is_decided_with_the_keyboard(
    sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path, visitors: Visitors
) -> None:
    with sqlite_templates.copy("town", tmp_path) as url:
        engine = ledger.prepare_engine(sa.create_engine(url))
        with Session(engine) as session:
            now = datetime.datetime.now(datetime.UTC)
            day = now.date() - datetime.timedelta(days=1)
            for _ in range(3):
                builders.logged(session, now=now, helped_on=day, minutes=300)
            session.commit()
        engine.dispose()
        with serving(url, tmp_path, undo_seconds="600") as server:
            page = visitors.open(server, "Nadia")
            page.goto("/desk")
            slips = [one.get_attribute("id") for one in page.locator(".tb-slip").all()]
            page.keyboard.press("a")
            assert page.locator(".tb-slip").count() == 3, "a key outside the list does nothing"
            page.click("a[href='#desk-list']")
            for key in ("j", "j", "j", "k", "k", "j"):
                page.keyboard.press(key)
            assert page.evaluate("document.activeElement.id") == slips[1]
            page.keyboard.press("r")
            assert page.locator(f"#{slips[1]} details[open]").count() == 1
            Hand(page).key("a")

            assert [one.get_attribute("id") for one in page.locator(".tb-slip").all()] == [
                slips[0],
                slips[2],
            ]
            Hand(page).key("u")
            assert page.locator(".tb-slip").count() == 3
