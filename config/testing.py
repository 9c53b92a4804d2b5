# SPDX-License-Identifier: EUPL-1.2
"""The test suite; each test names its own database."""

DEFAULTS = {
    "environment": "testing",
    "secret_key": "only-for-tests",
    "database_url": "sqlite:///:memory:",
    "demo_mode": True,
    "unsafe_database": True,
    # Decisions are carried out at once; the tests of holding and undoing set it themselves.
    "undo_seconds": 0,
}
