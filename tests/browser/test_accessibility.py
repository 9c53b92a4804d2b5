# SPDX-License-Identifier: EUPL-1.2
"""Every page in every state: axe, reflow, language, targets and weight, narrow and wide."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.pages import FIRST_VISITS, SIGHTS
from tests.browser.serving import Server
from tests.browser.weighing import most_bytes, weights_of
from tests.browser.world import World

pytestmark = pytest.mark.browser

SCREENS = ((320, "light"), (1280, "dark"))
"""Colours do not change with the width, nor the order of things with the colours."""
EVERY_RULE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
WHAT_A_SCREEN_CHANGES = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
"""Names, roles and order are the same on both screens: one of the two is asked for all of them.

Every page is asked on that screen, each third on the other one too: what a screen changes is in the
style sheet, which all pages share, and asking is most of what these tests cost.
"""
SIZES = ((320, 100), (360, 100), (640, 100), (640, 200), (1280, 200))
"""Widths in CSS pixels with the size of letters in percent: 640 is 1280 at 200 % zoom."""

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
BROKEN_WORDS = """
() => [...document.querySelectorAll(".tb-chip .tb-card__label")].filter((label) => {
  const text = label.firstChild, range = document.createRange();
  return text && [...text.data.matchAll(/\\S+/g)].some((word) => {
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    return range.getClientRects().length > 1;
  });
}).map((label) => `"${label.textContent}" is broken within a word`)
"""
WIDER_THAN_SCREEN = """
() => {
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= wide) return [];
  const scrolls = `the page is ${document.scrollingElement.scrollWidth} wide`;
  const wider = [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest(".tb-table-frame, svg"))
    .map((e) => `${e.tagName} ${e.className} ${Math.round(e.getBoundingClientRect().right)}`);
  return [scrolls, ...wider];
}
"""


LANGUAGES = dict(zip(SIGHTS, itertools.cycle(("nl", "en")), strict=False))
"""By turns: every page is written by the same templates in both."""
ASKED_ALL = dict(zip(SIGHTS, itertools.cycle((320, 320, 1280)), strict=False))
"""Which screen is asked for every rule, by turns too."""
ASKED_TWICE = frozenset(list(SIGHTS)[::3])


@pytest.mark.parametrize("name", SIGHTS)
def test_the_page_is_for_everyone_light_from_one_origin_and_complains_about_nothing(
    name: str, story: tuple[Server, World], visitors: Visitors
) -> None:
    server, world = story
    sight, language = SIGHTS[name], LANGUAGES[name]
    if sight.path.startswith("/offline/"):
        language = "nl"  # The page without a network says its language in its address.
    page = visitors.open(server, sight.who, language=language)
    sight.show(page, world)
    page.evaluate("document.fonts.ready.then(() => true)")
    weights = weights_of(page)
    found = _layout_flaws(page)
    page.evaluate(AXE_SCRIPT)
    for width, scheme in SCREENS:
        if width != ASKED_ALL[name] and name not in ASKED_TWICE:
            continue
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        rules = EVERY_RULE if width == ASKED_ALL[name] else WHAT_A_SCREEN_CHANGES
        found += [f"{width} {scheme}: {line}" for line in _violations(page, rules)]
    assert found == []
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert len(weights) > 5
    assert sight not in FIRST_VISITS or sum(weights.values()) <= most_bytes(sight), weights
    assert visitors.troubles.found == []


def test_no_word_of_a_duration_is_broken_on_a_phone(
    story: tuple[Server, World], visitors: Visitors
) -> None:
    server, world = story
    page = visitors.open(server, "Fatima", language="nl", viewport={"width": 360, "height": 800})
    SIGHTS["how long"].show(page, world)
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate(BROKEN_WORDS) == []


def test_flaws_would_be_noticed(story: tuple[Server, World], visitors: Visitors) -> None:
    server, world = story
    page = visitors.open(server, "Fatima")
    SIGHTS["note"].show(page, world)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(
        "document.querySelector('label').style.color = '#ccc';"
        "document.querySelector('main button').style.minBlockSize = '20px';"
        "document.querySelector('main button').style.blockSize = '20px';"
        "document.querySelector('h1').style.minInlineSize = '80rem';"
    )
    assert any(
        line.startswith("color-contrast") for line in _violations(page, WHAT_A_SCREEN_CHANGES)
    )
    flaws = _layout_flaws(page)
    assert any("< 44" in flaw for flaw in flaws)
    assert any("H1" in flaw for flaw in flaws)


def _layout_flaws(page: Page) -> list[str]:
    """Return what sticks out of a screen, and what is too small to hit."""
    found = []
    for width, percent in SIZES:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
        wide = page.evaluate(WIDER_THAN_SCREEN)
        found += [f"{width} at {percent} %: {line}" for line in wide]
        if percent == 100:
            found += [f"{width}: {line}" for line in page.evaluate(SMALL_TARGETS)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def _violations(page: Page, rules: dict[str, Any]) -> list[str]:
    results: dict[str, Any] = page.evaluate("(rules) => axe.run(rules)", rules)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]
