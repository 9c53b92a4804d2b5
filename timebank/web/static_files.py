# SPDX-License-Identifier: EUPL-1.2
"""Addresses of static files carry a digest of their content, so that browsers may keep them a year.

Style sheets travel without their comments, which are a quarter of them: an old phone on a bundle
waits for each kilobyte. Also the municipality's own design tokens, when an operator laid a file of
them beside ours.
"""

from __future__ import annotations

import hashlib
import io
import pathlib
import re
from functools import cache
from typing import Any

from flask import Blueprint, Flask, abort, current_app, send_file, url_for
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from timebank.web.guard import public

blueprint = Blueprint("static_files", __name__)

_SHELL = (
    "img/favicon.svg",
    "vendor/nlds.css",
    "vendor/pictograms.svg",
    "css/tokens.css",
    "css/timebank.css",
    "js/timebank.js",
    "js/queue.js",
    "js/phone.js",
    "js/offline.js",
    "js/waiting.js",
)
_LETTERS = tuple(
    f"vendor/atkinson-latin{more}-{weight}.woff2" for more in ("", "-ext") for weight in (400, 700)
)

_COMMENT = re.compile(r"/\*(?!!).*?\*/\s*", re.DOTALL)


def register_static_files(app: Flask) -> None:
    """Add the digest to every address of a static file."""
    folder = pathlib.Path(str(app.static_folder))
    app.view_functions["static"] = send_static

    @app.url_defaults
    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", _digest(folder / values["filename"]))


@public
def send_static(filename: str) -> Response:
    """Serve a file beside the code; a style sheet without comments, but for those of a licence."""
    if not filename.endswith(".css"):
        return current_app.send_static_file(filename)
    joined = safe_join(str(current_app.static_folder), filename)
    if joined is None or not (path := pathlib.Path(joined)).is_file():
        abort(404)
    return send_file(
        io.BytesIO(_without_comments(path, path.stat().st_mtime_ns)),
        mimetype="text/css",
        etag=_digest(path),
        max_age=current_app.get_send_file_max_age(filename),
    )


@blueprint.get("/theme.css")
@public
def theme() -> Response:
    """Serve the municipality's own tokens."""
    path = current_app.config["TIMEBANK_THEME_CSS"]
    if not path:
        abort(404)
    return send_file(pathlib.Path(path).absolute(), mimetype="text/css")


def shell_addresses() -> list[str]:
    """Return the addresses of what every page needs to look right, as pages ask for them."""
    shell = [url_for("static", filename=name) for name in _SHELL]
    # The style sheet names its letters by their place beside it, without a digest.
    shell += [url_for("static", filename=name, v=None) for name in _LETTERS]
    return shell + (
        [url_for("static_files.theme")] if current_app.config["TIMEBANK_THEME_CSS"] else []
    )


@cache
def _without_comments(path: pathlib.Path, _changed: int) -> bytes:
    return _COMMENT.sub("", path.read_text("utf-8")).encode()


@cache
def _digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"
