# SPDX-License-Identifier: EUPL-1.2
"""The applications of the screens, which a phone talks to."""

from tests.web.conftest import sqlite_app, strict_app

__all__ = ["sqlite_app", "strict_app"]
