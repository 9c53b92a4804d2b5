# SPDX-License-Identifier: EUPL-1.2
"""A page is light, comes from one origin, keeps its own policy and complains about nothing."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import Visitors
from tests.browser.pages import SIGHTS, Sight
from tests.browser.serving import Server
from tests.browser.world import World

pytestmark = pytest.mark.browser

MOST_BYTES = 40_000
"""Html, css, js and fonts together, compressed, on a first visit."""
WEIGHED = {"document", "stylesheet", "script", "font"}


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS.keys())
def test_a_first_visit_weighs_at_most_forty_kilobytes(
    sight: Sight, story: tuple[Server, World], visitors: Visitors
) -> None:
    server, world = story
    page = visitors.open(server, sight.who)
    sight.show(page, world)
    html = page.content()
    weights = _weights(page) | {"the page itself": len(gzip.compress(html.encode()))}
    assert len(weights) > 3
    assert sum(weights.values()) <= MOST_BYTES, weights


def test_the_whole_walk_asks_one_origin_and_complains_about_nothing(
    story: tuple[Server, World], visitors: Visitors
) -> None:
    server, world = story
    for sight in SIGHTS.values():
        page = visitors.open(server, sight.who)
        sight.show(page, world)
        page.wait_for_load_state("load")
        visitors.close()
    assert visitors.troubles.found == []


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
    """Load the page again without a cache and weigh what comes along with it."""
    seen: list[Response] = []
    page.on("response", seen.append)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload(wait_until="load")
    page.evaluate("document.fonts.ready.then(() => true)")
    return {
        response.url: len(gzip.compress(response.body()))
        for response in seen
        if response.request.resource_type in WEIGHED - {"document"}
    }
