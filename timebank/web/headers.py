# SPDX-License-Identifier: EUPL-1.2
"""What every answer says to the browser: own origin only, no frames, nothing kept of a person.

Our own forty lines, because the extension for it has had no release for years (docs/adr/0009).
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, request
from werkzeug.wrappers import Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
A_YEAR_IN_SECONDS = 365 * 24 * 60 * 60


def register_headers(app: Flask) -> None:
    """Add the headers to every answer of the application, errors too."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        )
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={A_YEAR_IN_SECONDS}; includeSubDomains"
            )
        served = response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
        if request.endpoint != "static" or not served:
            response.headers["Cache-Control"] = "no-store"
        return response
