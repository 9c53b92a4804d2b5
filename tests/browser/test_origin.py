# SPDX-License-Identifier: EUPL-1.2
"""A request elsewhere and a broken policy are noticed: the control of every test with a page."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitors
from tests.browser.serving import Server
from tests.browser.world import World


@pytest.mark.browser
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
