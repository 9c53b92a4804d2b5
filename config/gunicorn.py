# SPDX-License-Identifier: EUPL-1.2
"""The web process. On SQLite one process, because one process writes one file best."""

from __future__ import annotations

import os
from typing import Any

bind = f"{os.environ.get('TIMEBANK_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
threads = 16
workers = 1 if os.environ.get("DATABASE_URL", "sqlite").startswith("sqlite") else 2
# Its default socket would let any process of this user stop the service.
control_socket_disable = True
# Paths hold ids only, but the fewer lines about people the better.
accesslog = None
errorlog = "-"
loglevel = "warning"
graceful_timeout = 20


def post_worker_init(worker: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """Start the scheduled jobs in the worker, where the settings ask for it."""
    worker.wsgi.extensions["start_jobs"]()
