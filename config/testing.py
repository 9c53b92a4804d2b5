# SPDX-License-Identifier: EUPL-1.2
"""The test suite; each test names its own database."""

DEFAULTS = {
    "environment": "testing",
    "secret_key": "only-for-tests",
    "database_url": "sqlite:///:memory:",
    "demo_mode": True,
    "unsafe_database": True,
}
