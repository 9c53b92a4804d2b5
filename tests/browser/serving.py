# SPDX-License-Identifier: EUPL-1.2
"""The real application on a database, served by a real gunicorn in a process of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parent.parent.parent
PORTS = range(20_000, 32_000)
"""Below the ports that the system hands out itself."""
SECONDS_TO_START = 30
SECONDS_TO_STOP = 20


@dataclasses.dataclass(frozen=True)
class Server:
    """A running application; ``timebank`` runs a command on the same database."""

    url: str
    database_url: str
    environment: dict[str, str]

    def timebank(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(pathlib.Path(sys.executable).with_name("timebank")), *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )


@contextlib.contextmanager
def serving(database_url: str, folder: pathlib.Path, **settings: str) -> Iterator[Server]:
    """Serve a database until the end of the block; its log may hold no trace of a failure.

    Args:
        settings: by their names in ``config.base``.
    """
    port = a_free_port()
    environment = _environment(database_url, folder, port)
    environment |= {f"TIMEBANK_{name.upper()}": value for name, value in settings.items()}
    server = Server(f"http://127.0.0.1:{port}", database_url, environment)
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "wsgi:app"]
    log = folder / f"gunicorn-{port}.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(server, process, log)
            yield server
            ended = process.poll()
        finally:
            process.terminate()
            process.wait(SECONDS_TO_STOP)
    said = log.read_text("utf-8")
    assert ended is None, f"the server ended by itself with {ended}: {said}"
    assert "Traceback" not in said, said
    assert "unexpected" not in said, said


def _environment(database_url: str, folder: pathlib.Path, port: int) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("TIMEBANK_")
    }
    return inherited | {
        "DATABASE_URL": database_url,
        # The server of the tests forgets on purpose: no test here pulls the plug.
        "TIMEBANK_UNSAFE_DATABASE": "on",
        # No test waits ten seconds; those of undoing say how long.
        "TIMEBANK_UNDO_SECONDS": "0",
        "PORT": str(port),
        "TIMEBANK_ENVIRONMENT": "development",
        "TIMEBANK_SCHEDULER_IN_PROCESS": "false",
        "TIMEBANK_MAIL_FOLDER": str(folder / "mail"),
    }


def a_free_port() -> int:
    """Return a port of this machine that nobody listens at just now."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - a port, not a secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _wait_for(server: Server, process: subprocess.Popen[bytes], log: pathlib.Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{server.url}/health", timeout=5) as answer,  # noqa: S310
        ):
            assert answer.status == 200
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text('utf-8')}")
