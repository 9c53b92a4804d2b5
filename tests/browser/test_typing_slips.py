# SPDX-License-Identifier: EUPL-1.2
"""A stack of thirty slips, typed with the keyboard only, and each key counted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.serving import Server

pytestmark = pytest.mark.browser

SLIPS, MOST_KEYS = 30, 12
PAIRS = [("fat", "jan"), ("jan", "fat"), ("gre", "bar"), ("bar", "fat"), ("jan", "gre")]
LENGTHS = ["1,5", "60", "30", "2:15", "45m", "2"]


class Keyboard:
    """Presses keys and counts them; whatever is typed is as many keys as it has letters."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def tab(self) -> None:
        self.page.keyboard.press("Tab")
        self.pressed += 1

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.pressed += 1


def type_slip(keys: Keyboard, number: int) -> None:
    """Type who helped, who was helped and how long; the day and the kind where they change."""
    helper, helped = PAIRS[number % len(PAIRS)]
    keys.write(helper)
    keys.tab()
    keys.write(helped)
    keys.tab()
    keys.write(LENGTHS[number // len(PAIRS)])
    if number % 15 == 0:
        keys.tab()
        keys.write("g" if number else "v")
        keys.tab()
        keys.write("2" if number else "14")
    keys.enter()


@pytest.mark.policy("V9")
def test_thirty_slips_take_at_most_twelve_keys_each(
    visitors: Visitors, sqlite_town: Server
) -> None:
    page = visitors.open(sqlite_town, "Nadia")
    page.goto("/paper/stack")
    keys = Keyboard(page)

    for number in range(SLIPS):
        type_slip(keys, number)
        assert page.locator("[aria-invalid]").count() == 0, number

    typed = page.locator(".tb-typed > li")
    assert typed.count() == SLIPS
    assert page.locator(".tb-total").inner_text().startswith("30 briefjes, ")
    assert "samen te wandelen" in typed.first.inner_text()
    assert "met boodschappen" in typed.last.inner_text()
    assert keys.pressed <= SLIPS * MOST_KEYS


def test_several_that_fit_are_chosen_with_the_arrows(
    visitors: Visitors, sqlite_town: Server
) -> None:
    page = visitors.open(sqlite_town, "Marijke")
    page.goto("/paper/stack")
    keys = Keyboard(page)

    keys.write("gre")
    keys.tab()
    keys.write("van")
    for text in ("3", "v", "14"):
        keys.tab()
        keys.write(text)
    keys.enter()

    assert page.locator("#helped-hint").is_visible()
    assert page.evaluate("document.activeElement.id") == "helped"
    keys.tab()
    page.keyboard.press("Space")
    keys.enter()
    assert "Greet de Boer hielp Jan van den Berg" in page.locator(".tb-typed > li").inner_text()
