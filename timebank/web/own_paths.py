# SPDX-License-Identifier: EUPL-1.2
"""Where a redirect may go: to a page of our own, never elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit


def own_path(path: str) -> str:
    """Return the path if it is one of ours, else the front page.

    A path that begins with two slashes, or has a back slash, leads to another site in a browser.
    """
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if ours and not parts.scheme and not parts.netloc and path.isprintable() else "/"
