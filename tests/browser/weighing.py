# SPDX-License-Identifier: EUPL-1.2
"""What a page and all that it brings along weigh on their way to a browser."""

from __future__ import annotations

import functools
import gzip
import urllib.request
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.pages import Sight

MOST_BYTES, MOST_SIGNED_IN = 40_000, 43_500
"""Html, css, js and fonts together, compressed, on a first visit: of a stranger, and of who is
signed in, whose start page brings along what writes help down without a network."""
WEIGHED = (".css", ".js", ".woff2")
LOADED = "performance.getEntriesByType('resource').map((entry) => entry.name)"


def most_bytes(sight: Sight) -> int:
    """Return what this page may weigh."""
    return MOST_BYTES if sight.who is None else MOST_SIGNED_IN


def weights_of(page: Page) -> dict[str, int]:
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
