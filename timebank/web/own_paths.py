# SPDX-License-Identifier: EUPL-1.2
"""Where a redirect may go: to a page of our own, never elsewhere."""

from __future__ import annotations


def own_path(path: str) -> str:
    """Return the path if it is one of ours, else the front page.

    A path that begins with two slashes, or has a back slash, leads to another site in a browser.
    """
    leads_elsewhere = not path.startswith("/") or path.startswith("//") or "\\" in path
    return "/" if leads_elsewhere or not path.isprintable() else path
