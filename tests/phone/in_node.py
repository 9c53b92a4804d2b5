# SPDX-License-Identifier: EUPL-1.2
"""The queue of the phone itself, run by Node.js: the tests play with the file that phones get."""

from __future__ import annotations

import contextlib
import json
import pathlib
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from tests.conftest import ROOT

NODE = shutil.which("node")
NO_NODE = "there is no node here to run the queue of the phone"
QUEUE = ROOT / "timebank" / "web" / "static" / "js" / "queue.js"
CALLS = pathlib.Path(__file__).with_name("answer_calls.js")
Entry = dict[str, Any]


class QueueInNode:
    """Calls the functions of ``queue.js``; what goes in and out are plain lists, as in storage."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def call(self, name: str, *values: object) -> Any:
        """Call one function."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([name, *values]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextlib.contextmanager
def running_queue() -> Iterator[QueueInNode]:
    """Run Node.js until the end of the block."""
    assert NODE is not None
    process = subprocess.Popen(
        [NODE, str(CALLS), str(QUEUE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        yield QueueInNode(process)
        assert process.stdin
        process.stdin.close()
        process.wait(10)
