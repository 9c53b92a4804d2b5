# SPDX-License-Identifier: EUPL-1.2
"""The main road, walked by three people: help is logged, approved, read and counted."""

from __future__ import annotations

import dataclasses

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.driving import CONTINUE, choose, minutes_in, press, sign_in, sign_out
from tests.browser.serving import Server

pytestmark = pytest.mark.browser

NOTE = "We hebben ook koffie gedronken."
RETOLD = {
    "nl": "Fatima El Amrani hielp Jan van den Berg anderhalf uur met boodschappen op ",
    "en": "Fatima El Amrani helped Jan van den Berg for an hour and a half with groceries on ",
}


@dataclasses.dataclass(frozen=True)
class Figures:
    """What the books say on the screens, in minutes."""

    given_by_fatima: int
    received_by_jan: int
    given_in_slaaghwijk: int
    received_in_slaaghwijk: int
    to_check_in_slaaghwijk: int


@pytest.mark.parametrize(
    ("language", "javascript", "templates"),
    [("nl", False, "sqlite"), ("en", True, "postgresql")],
    ids=["nl without script", "en with script"],
    indirect=["templates"],
)
def test_help_is_logged_approved_read_and_counted(
    town: Server, visitors: Visitors, language: str, javascript: bool
) -> None:
    page = visitors.open(town, language=language, java_script_enabled=javascript)
    readers = [visitors.open(town, who, language=language) for who in ("Fatima", "Jan", "Nadia")]
    before = _figures(*readers)
    _log(page, language)
    waiting = _figures(*readers)
    _approve(page, language)
    _read_outcome(page)
    after = _figures(*readers)
    assert dataclasses.astuple(before) == (0, 0, 0, 0, 0)
    assert dataclasses.astuple(waiting) == (0, 0, 0, 0, 90)
    assert dataclasses.astuple(after) == (90, 90, 90, 90, 0)
    checked = town.timebank("ledger", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _log(page: Page, language: str) -> None:
    """Log help as Fatima and read what happens next."""
    sign_in(page, "Fatima")
    press(page, "a.tb-big--given")
    page.fill("input[name='other_text']", "ja")
    press(page, CONTINUE)
    page.get_by_role("radio", name="Jan van den Berg").check()
    press(page, CONTINUE)
    choose(page, "category", "groceries")
    press(page, CONTINUE)
    page.locator("input[name='helped_on']").nth(1).check()
    press(page, CONTINUE)
    choose(page, "minutes", "90")
    press(page, CONTINUE)
    page.fill("textarea[name='note']", NOTE)
    press(page, CONTINUE)
    assert page.locator(".tb-sentence").inner_text().startswith(RETOLD[language])
    assert NOTE in page.locator("#note").inner_text()
    press(page, "#form button")
    assert page.locator(".tb-badge--submitted").is_visible()
    assert page.locator(".tb-next li").count() == 3
    sign_out(page)
    assert page.locator("a[href^='/sign-in']").first.is_visible()


def _approve(page: Page, language: str) -> None:
    """Approve the one slip on the desk as Nadia."""
    sign_in(page, "Nadia")
    press(page, ".tb-notice a.nl-button")
    slip = page.locator(".tb-slip")
    assert slip.count() == 1
    assert slip.locator("h3").inner_text().startswith(RETOLD[language])
    assert NOTE in slip.inner_text()
    press(page, "form[action$='/approve'] button")
    assert page.locator(".tb-notice--success").inner_text().find(RETOLD[language]) > 0
    assert page.locator(".tb-slip").count() == 0
    sign_out(page)


def _read_outcome(page: Page) -> None:
    """Read as Jan that it was approved, and the invitation to do something in turn."""
    sign_in(page, "Jan")
    press(page, ".tb-slip h3 a")
    assert page.locator(".tb-badge--approved").is_visible()
    assert page.locator(".tb-invite a").is_visible()
    assert page.locator(".tb-history > li").count() == 2
    sign_out(page)


def _figures(fatima: Page, jan: Page, nadia: Page) -> Figures:
    """Read every figure from the page it stands on."""
    fatima.goto("/my-hours")
    given = fatima.locator(".tb-balance__side--given .tb-balance__words").inner_text()
    jan.goto("/my-hours")
    received = jan.locator(".tb-balance__side--received .tb-balance__words").inner_text()
    nadia.goto("/neighbourhoods")
    row = nadia.locator(".tb-table tbody tr").filter(has_text="Slaaghwijk")
    cells = [minutes_in(text) for text in row.locator("td").all_inner_texts()]
    assert cells[3] == cells[4]
    return Figures(minutes_in(given), minutes_in(received), cells[0], cells[1], cells[3])
