# SPDX-License-Identifier: EUPL-1.2
"""Real people. What must be set has no default; what would be unsafe is refused."""

DEFAULTS = {
    "environment": "production",
    "secret_key": "",
    "database_url": "",
    "demo_mode": False,
    "secure_cookies": True,
}

SHORTEST_SECRET = 32
