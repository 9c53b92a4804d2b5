# SPDX-License-Identifier: EUPL-1.2
"""A real browser at a real server. Without Chromium these tests are skipped, and that is said aloud."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.driving import ARGUMENTS, COOKIE, Troubles, find_chromium, sign_in
from tests.browser.serving import Server, serving
from tests.browser.world import World, build_world, is_staff_of
from tests.databases import SqliteTemplates

CHROMIUM = find_chromium()
_SKIPPED = pytest.StashKey[int]()
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("browser")]
    if CHROMIUM is None:
        config.stash[_SKIPPED] = len(marked)
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="there is no Chromium here"))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    skipped = config.stash.get(_SKIPPED, 0)
    if skipped:
        terminalreporter.write_line(
            f"!!! {skipped} BROWSER TESTS WERE SKIPPED: there is no Chromium here"
            " (Debian: apt-get install chromium) !!!",
            red=True,
            bold=True,
        )
