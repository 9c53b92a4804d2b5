# SPDX-License-Identifier: EUPL-1.2
"""Resolve the lock files from the ranges in setup.cfg, with a hash for every file.

Needs ``uv`` on the path (``pip install uv``); plain pip installs what it writes. The locks are
universal: they serve every platform and every Python from 3.11 up.
"""

from __future__ import annotations

import configparser
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent
BENCH = ["django-hordak>=2.0.0,<3", "psycopg[binary]>=3.3,<4"]
"""The rivals of the ledger's bench, which live in an environment of their own."""
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
    "--upgrade",
)


def lock(requirements: list[str], target: str) -> None:
    """Resolve these ranges and write the lock file."""
    with tempfile.NamedTemporaryFile("w", suffix=".in") as wanted:
        wanted.write("\n".join(requirements))
        wanted.flush()
        command = ["uv", "pip", "compile", "--quiet", *OPTIONS, wanted.name, "-o", target]
        subprocess.run(command, cwd=ROOT, check=True)


def main() -> int:
    """Write all locks."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    runtime = settings["options"]["install_requires"].split()
    test = settings["options.extras_require"]["test"].split()
    lock(runtime, "requirements.lock")
    lock([*runtime, *test], "requirements-dev.lock")
    lock(BENCH, "tools/bench_ledger/requirements.lock")
    return 0


if __name__ == "__main__":
    sys.exit(main())
