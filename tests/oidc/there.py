# SPDX-License-Identifier: EUPL-1.2
"""The provider of the tests: starting it, making it lie, and walking its pages as a browser does.

It is a certified one, in a process of its own; ``make test`` installs it where npm is there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import requests

from tests.browser.serving import a_free_port

FOLDER = pathlib.Path(__file__).parent
CLIENT_ID, CLIENT_SECRET = "timebank", "a secret: 100% & more"
OLDEST_NODE = 20
SECONDS_TO_START = 30
SECONDS_TO_STOP = 10
MOST_STEPS = 10


def lacking() -> str | None:
    """Return why the provider cannot run here, None when it can."""
    node = shutil.which("node")
    if node is None:
        return "there is no node here to run the OpenID provider"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        return f"node {version.strip()} is too old for the OpenID provider"
    if not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        return "the OpenID provider is not installed (make openid)"
    return None


@dataclasses.dataclass(frozen=True)
class There:
    """A running provider."""

    issuer: str

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Return the settings with which the application knows it."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_timebank": "leiden",
            "oidc_name": "Gemeente Leiden",
        } | changes

    def lie(self, **lies: Any) -> None:
        """Let it lie from here on; without arguments it tells the truth again."""
        requests.post(f"{self.issuer}/control", data=json.dumps(lies), timeout=5)

    def sign_in(self, address: str, email: str) -> str:
        """Sign in there from this address on, and return where it sends the browser at last."""
        with requests.Session() as browser:
            answer = browser.get(address, allow_redirects=False, timeout=5)
            for _ in range(MOST_STEPS):
                if answer.is_redirect:
                    address = urljoin(answer.url, answer.headers["Location"])
                    if not address.startswith(self.issuer):
                        return address
                    answer = browser.get(address, allow_redirects=False, timeout=5)
                else:
                    form = re.search(r'action="([^"]+)"', answer.text)
                    prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                    assert form, answer.text
                    assert prompt, answer.text
                    data = {"prompt": prompt[1], "login": email, "password": "x"}
                    answer = browser.post(form[1], data=data, allow_redirects=False, timeout=5)
        raise AssertionError(f"it leads nowhere: {answer.text}")


@contextlib.contextmanager
def running(folder: pathlib.Path) -> Iterator[There]:
    """Run a provider until the end of the block."""
    port = a_free_port()
    log = folder / f"provider-{port}.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            ["node", "provider.mjs", str(port)], cwd=FOLDER, stdout=output, stderr=output
        )
        try:
            there = There(f"http://localhost:{port}")
            _wait_for(there, process, log)
            yield there
        finally:
            process.terminate()
            process.wait(SECONDS_TO_STOP)


def _wait_for(there: There, process: subprocess.Popen[bytes], log: pathlib.Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{there.issuer}/jwks", timeout=5)
            return
        time.sleep(0.05)
    raise AssertionError(f"the provider did not start: {log.read_text('utf-8')}")
