# SPDX-License-Identifier: EUPL-1.2
"""A page is light, comes from one origin, keeps its own policy and complains about nothing."""

from __future__ import annotations

import functools
import gzip
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.pages import FIRST_VISITS, SIGHTS, Sight
from tests.browser.serving import Server
from tests.browser.world import World

pytestmark = pytest.mark.browser

MOST_BYTES, MOST_SIGNED_IN = 40_000, 45_000
"""Html, css, js and fonts together, compressed, on a first visit: of a stranger, and of who is
signed in, whose start page brings along what writes help down without a network."""
WEIGHED = (".css", ".js", ".woff2")
LOADED = "performance.getEntriesByType('resource').map((entry) => entry.name)"


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS.keys())
def test_the_page_is_light_asks_one_origin_and_complains_about_nothing(
    sight: Sight, story: tuple[Server, World], visitors: Visitors
) -> None:
    server, world = story
    page = visitors.open(server, sight.who, language="en")
    sight.show(page, world)
    page.evaluate("document.fonts.ready.then(() => true)")
    weights = _weights(page)
    assert len(weights) > 5
    most = MOST_BYTES if sight.who is None else MOST_SIGNED_IN
    assert sum(weights.values()) <= most or sight not in FIRST_VISITS, weights
    assert visitors.troubles.found == []
    # The page without a network says its language in its address.
    language = "nl" if sight.path.startswith("/offline/nl") else "en"
    assert page.locator("html").get_attribute("lang") == language


def test_a_request_elsewhere_and_a_broken_policy_would_be_noticed(
    story: tuple[Server, World], visitors: Visitors
) -> None:
    server, _world = story
    page = visitors.open(server)
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://x.invalid/'}))")
    page.wait_for_timeout(200)
    found, visitors.troubles.found = visitors.troubles.found, []
    assert any("style-src" in trouble for trouble in found)
    assert any("img-src" in trouble for trouble in found)


def _weights(page: Page) -> dict[str, int]:
    """Weigh the page and all that the browser loaded for it, from its cache too."""
    loaded = [url for url in page.evaluate(LOADED) if urlsplit(url).path.endswith(WEIGHED)]
    html = page.content().encode()
    return {url: _weight_of(url) for url in loaded} | {page.url: len(gzip.compress(html))}


@functools.cache
def _weight_of(url: str) -> int:
    """Return the bytes that travel; fonts are compressed already."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
        body = answer.read()
    return min(len(body), len(gzip.compress(body)))
