# SPDX-License-Identifier: EUPL-1.2
"""Every page in every state: axe, reflow, language and targets, narrow and wide, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.pages import SIGHTS, Sight
from tests.browser.serving import Server
from tests.browser.world import World

pytestmark = pytest.mark.browser

WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
EVERY_SIGHT = pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS.keys())

SMALL_TARGETS = """
() => {
  const buttons = "button, .nl-button, summary, .tb-card, .tb-chip, .tb-big, .tb-nav__link,"
    + " input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select";
  const seen = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".tb-hidden");
  const told = (e, r, least) => `${e.tagName} ${e.className} "${e.textContent.trim().slice(0, 30)}"`
    + ` ${Math.round(r.width)}x${Math.round(r.height)} < ${least}`;
  const found = [];
  for (const e of document.querySelectorAll(buttons + ", a[href]")) {
    if (!seen(e) || e.matches(".nl-skip-link")) continue;
    const least = e.matches(buttons) ? 44 : 24;
    const r = e.getBoundingClientRect();
    const inline = least === 24 && getComputedStyle(e).display === "inline";
    if (!inline && (r.width < least || r.height < least)) found.push(told(e, r, least));
  }
  return found;
}
"""
WIDER_THAN_SCREEN = """
() => {
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest(".tb-table-frame, svg"))
    .map((e) => `${e.tagName} ${e.className} ${Math.round(e.getBoundingClientRect().right)}`);
}
"""


@EVERY_SIGHT
def test_axe_finds_nothing_narrow_or_wide_light_or_dark(
    sight: Sight, story: tuple[Server, World], visitors: Visitors
) -> None:
    page = _at(sight, story, visitors)
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{width} {scheme}: {line}" for line in _violations(page)]
    assert found == []


@EVERY_SIGHT
def test_nothing_scrolls_sideways_and_every_target_is_large_enough(
    sight: Sight, story: tuple[Server, World], visitors: Visitors
) -> None:
    page = _at(sight, story, visitors)
    found = []
    for width, percent in ((320, 100), (360, 100), (640, 100), (640, 200), (1280, 200)):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
        wide = page.evaluate(WIDER_THAN_SCREEN)
        found += [f"{width} at {percent} %: {line}" for line in wide]
        if percent == 100:
            found += [f"{width}: {line}" for line in page.evaluate(SMALL_TARGETS)]
    assert found == []


@EVERY_SIGHT
def test_the_page_names_its_language(
    sight: Sight, story: tuple[Server, World], visitors: Visitors
) -> None:
    titles = {}
    for language in ("nl", "en"):
        page = _at(sight, story, visitors, language)
        assert page.locator("html").get_attribute("lang") == language
        current = page.locator(".tb-language [aria-current]")
        assert current.get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        titles[language] = page.title()
    assert titles["nl"] != titles["en"]


def _at(
    sight: Sight, story: tuple[Server, World], visitors: Visitors, language: str = "nl"
) -> Page:
    server, world = story
    page = visitors.open(server, sight.who, language=language)
    sight.show(page, world)
    return page


def _violations(page: Page) -> list[str]:
    results: dict[str, Any] = page.evaluate("(options) => axe.run(options)", OPTIONS)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]
