# SPDX-License-Identifier: EUPL-1.2
"""One machine, one person, the demo story."""

DEFAULTS = {
    "environment": "development",
    "secret_key": "only-for-development",
    "database_url": "sqlite:///var/timebank.db",
    "demo_mode": True,
    "scheduler_in_process": True,
}
