# SPDX-License-Identifier: EUPL-1.2
"""Without a mouse: the whole form by keyboard, and always in sight where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.driving import CONTINUE, active_selector, press
from tests.browser.serving import Server

pytestmark = pytest.mark.browser

MOST_TABS = 60
PHONE = {"width": 360, "height": 640}
FOCUS_SHOWS = """
() => {
  const e = document.activeElement;
  const marked = (x) => {
    const s = getComputedStyle(x);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none";
  };
  const card = e.closest("label");
  return marked(e) || (card !== null && marked(card));
}
"""
FOCUS_IS_COVERED = """
() => {
  const e = document.activeElement.closest("label") || document.activeElement;
  const r = e.getBoundingClientRect();
  const points = [0.25, 0.5, 0.75].map((part) => [r.x + r.width / 2, r.y + r.height * part]);
  return !points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (e.contains(top) || top.contains(e));
  });
}
"""


def test_the_whole_form_is_filled_in_and_sent_by_keyboard(
    sqlite_town: Server, visitors: Visitors
) -> None:
    page = visitors.open(sqlite_town, "Jan", viewport=PHONE)
    page.goto("/")
    _enter(page, "a.tb-big--given")
    _tab_to(page, "input[name='other_text']")
    page.keyboard.type("gre")
    _press_key(page, "Enter")
    _tab_to(page, "input[type='radio'][name='other']")
    page.keyboard.press("Space")
    _press_key(page, "Enter")
    _tab_to(page, "input[name='category']")
    page.keyboard.press("ArrowDown")
    _enter(page, CONTINUE)
    _tab_to(page, "input[name='helped_on']")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    _press_key(page, "Enter")
    _tab_to(page, "input[name='minutes']")
    page.keyboard.press("ArrowUp")
    _tab_to(page, "input[name='minutes_rest']")
    page.keyboard.type("45")
    _press_key(page, "Enter")
    _tab_to(page, "textarea[name='note']")
    page.keyboard.type("Twee regels.\nMet de fiets.")
    _enter(page, CONTINUE)
    assert "Greet de Boer" in page.locator(".tb-sentence").inner_text()
    assert "kwartier" in page.locator("#minutes").inner_text()
    _enter(page, "#form button")
    assert page.locator(".tb-badge--submitted").is_visible()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_enter_in_a_text_field_continues_and_never_switches_the_language(
    sqlite_town: Server, visitors: Visitors, language: str, javascript: bool
) -> None:
    page = visitors.open(sqlite_town, "Fatima", language=language, java_script_enabled=javascript)
    page.goto("/exchanges/new/gave")
    page.fill("input[name='other_text']", "jan van den berg")
    _press_key(page, "Enter")
    assert page.url.endswith("/category")
    assert page.locator("html").get_attribute("lang") == language


def test_a_category_behind_a_heading_is_reached_by_keyboard(
    sqlite_town: Server, visitors: Visitors
) -> None:
    page = visitors.open(sqlite_town, "Fatima")
    page.goto("/exchanges/new/gave")
    page.fill("input[name='other_text']", "jan van den berg")
    press(page, CONTINUE)
    _tab_to(page, "details:has([name='category']) > summary")
    page.keyboard.press("Enter")
    _tab_to(page, "input[name='category']", back=True)
    for _ in range(MOST_TABS):
        page.keyboard.press("ArrowDown")
        if page.locator("details[open] input:checked").count():
            break
    assert page.locator("details[open] input:checked").count() == 1
    _enter(page, CONTINUE)
    assert page.url.endswith("/day")


def test_the_error_summary_has_the_focus_and_leads_to_the_field(
    sqlite_town: Server, visitors: Visitors
) -> None:
    page = visitors.open(sqlite_town, "Fatima", viewport=PHONE)
    page.goto("/exchanges/new/gave")
    press(page, CONTINUE)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    _tab_to(page, "a.tb-errors__link")
    page.keyboard.press("Enter")
    expect(page.locator("#other")).to_be_focused()
    assert page.locator("#other").get_attribute("aria-invalid") == "true"


def test_what_was_typed_survives_a_change_of_language(
    sqlite_town: Server, visitors: Visitors
) -> None:
    page = visitors.open(sqlite_town, "Fatima")
    page.goto("/exchanges/new/gave")
    page.fill("input[name='other_text']", "jan")
    press(page, ".tb-language button[lang='en']")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("input[name='other_text']")).to_have_value("jan")


def test_the_skip_link_shows_itself_and_leads_to_the_content(
    sqlite_town: Server, visitors: Visitors
) -> None:
    page = visitors.open(sqlite_town, viewport=PHONE)
    page.goto("/")
    page.keyboard.press("Tab")
    link = page.locator(".nl-skip-link")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    expect(page).to_have_url(re.compile("#main$"))
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def _enter(page: Page, selector: str) -> None:
    _tab_to(page, selector)
    _press_key(page, "Enter")


def _press_key(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def _tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until this has the focus; on the way the focus is never out of sight."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        assert page.evaluate(FOCUS_SHOWS), f"no focus to be seen on {active_selector(page)}"
        assert not page.evaluate(FOCUS_IS_COVERED), f"{active_selector(page)} is covered"
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab at {page.url}")
