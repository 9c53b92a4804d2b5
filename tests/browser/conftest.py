# SPDX-License-Identifier: EUPL-1.2
"""A real browser at a real server. Without Chromium these tests are skipped, said aloud."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.driving import ARGUMENTS, COOKIE, Troubles, find_chromium, sign_in
from tests.browser.serving import Server, serving
from tests.browser.world import World, build_world
from tests.databases import SqliteTemplates

CHROMIUM = find_chromium()
NO_CHROMIUM = "there is no Chromium here"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the folder; its event loop is gone before other tests run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, World]]:
    """The demo story on SQLite, for tests that only look."""
    folder = tmp_path_factory.mktemp("story")
    url = f"sqlite:///{folder / 'story.db'}"
    world = build_world(url, folder, datetime.datetime.now(datetime.UTC))
    with serving(url, folder) as server:
        yield server, world


@pytest.fixture
def town(database_url: str, tmp_path: pathlib.Path) -> Iterator[Server]:
    """The town of the builders, fresh, on both databases."""
    with serving(database_url, tmp_path) as server:
        yield server


@pytest.fixture(scope="package")
def sqlite_town(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The town of the builders on SQLite, for tests that do not disturb each other."""
    folder = tmp_path_factory.mktemp("town")
    with sqlite_templates.copy("town", folder) as url, serving(url, folder) as server:
        yield server


@dataclasses.dataclass
class Visitors:
    """Opens browsers, each with cookies of its own, and closes them again."""

    browser: Browser
    troubles: Troubles
    cookies: dict[tuple[str, str], list[object]]
    contexts: list[BrowserContext] = dataclasses.field(default_factory=list)

    def open(
        self, server: Server, who: str | None = None, *, language: str = "nl", **options: object
    ) -> Page:
        """Open a page at the server, as somebody who signed in or as a stranger."""
        context = self.browser.new_context(base_url=server.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        context.add_cookies([{"name": COOKIE, "value": language, "url": server.url}])
        page = context.new_page()
        self.troubles.watch(page, server.url)
        if who is not None:
            context.add_cookies(self._session_of(server, who))  # type: ignore[arg-type]
        return page

    def _session_of(self, server: Server, who: str) -> list[object]:
        """Sign in once, in a browser that is closed again; after that, bring the cookie along."""
        if (server.url, who) not in self.cookies:
            with self.browser.new_context(base_url=server.url) as context:
                sign_in(context.new_page(), who)
                kept: list[object] = [*context.cookies()]
            self.cookies[server.url, who] = kept
        return self.cookies[server.url, who]

    def close(self) -> None:
        while self.contexts:
            self.contexts.pop().close()


@pytest.fixture(scope="package")
def kept_cookies() -> dict[tuple[str, str], list[object]]:
    return {}


@pytest.fixture
def visitors(
    chromium: Browser, kept_cookies: dict[tuple[str, str], list[object]]
) -> Iterator[Visitors]:
    """People at browsers. No page of theirs may complain, break its policy or look elsewhere."""
    made = Visitors(chromium, Troubles(), kept_cookies)
    yield made
    made.close()
    assert made.troubles.found == []
