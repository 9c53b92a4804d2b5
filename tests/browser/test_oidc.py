# SPDX-License-Identifier: EUPL-1.2
"""A coordinator walks to the provider of her organisation and back, in a real browser."""

from __future__ import annotations

import pathlib

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import COOKIE, press
from tests.browser.serving import serving
from tests.databases import SqliteTemplates
from tests.oidc.there import lacking, running

pytestmark = pytest.mark.browser

BUTTON = "form[action='/sign-in/oidc'] button"


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_coordinator_goes_to_the_provider_and_comes_back_signed_in(
    chromium: Browser, sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path, javascript: bool
) -> None:
    why = lacking()
    if why is not None:
        pytest.skip(why)
    with (
        sqlite_templates.copy("town", tmp_path) as url,
        running(tmp_path) as there,
        serving(url, tmp_path, **there.settings()) as server,
        chromium.new_context(base_url=server.url, java_script_enabled=javascript) as context,
    ):
        context.add_cookies([{"name": COOKIE, "value": "nl", "url": server.url}])
        # The pages of the provider ask for fonts elsewhere: nothing leaves this machine.
        context.route("https://**", lambda route: route.abort())
        page, told = context.new_page(), []
        page.on("request", lambda one: told.append((one.url, one.headers.get("referer", ""))))
        page.on("console", lambda message: told.append((message.text, "")))
        page.goto("/sign-in")

        press(page, BUTTON)
        page.wait_for_url(f"{there.issuer}/interaction/*")
        page.fill("input[name='login']", "nadia@example.org")
        page.fill("input[name='password']", "x")
        press(page, "button[type='submit']")
        press(page, "button[type='submit']")

        page.wait_for_url(f"{server.url}/second-step/new**")
        expect(page.locator("h1")).to_be_visible()
        assert not [url for url, referer in told if "code=" in referer or "state=" in referer]
        assert not [text for text, _ in told if "Content Security Policy" in text]
