# SPDX-License-Identifier: EUPL-1.2
"""Hands and eyes for the tests: press, sign in, and note what goes wrong meanwhile."""

from __future__ import annotations

import re
import shutil
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same engine without a window to draw: it takes half the work."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COOKIE = "timebank-language"
CONTINUE = "#question button.nl-button--primary"
_TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP violation: " + event.violatedDirective + " " + event.blockedURI));
"""
_REFUSED = re.compile(r"status of (400|403|404|409|410|422) ")


def find_chromium() -> str | None:
    """Return the path of Debian's browser without windows, or of one like it."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Troubles:
    """What a page may not do: complain on the console, break the policy, ask another origin."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def watch(self, page: Page, url: str) -> None:
        def note_request(request: Request) -> None:
            if urlsplit(request.url)[:2] != urlsplit(url)[:2]:
                self.found.append(f"another origin: {request.url}")

        page.add_init_script(_TELL_OF_VIOLATIONS)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("request", note_request)

    def _note_message(self, message: ConsoleMessage) -> None:
        """Note errors and warnings; a page that is itself a refusal is no trouble."""
        if message.type not in ("error", "warning"):
            return
        own_page = not urlsplit(message.location["url"]).path.startswith("/static/")
        if not (own_page and _REFUSED.search(message.text)):
            self.found.append(f"{message.type}: {message.text}")


def press(page: Page, selector: str | Locator) -> None:
    """Press what leads to another page, and wait for that page."""
    locator = page.locator(selector) if isinstance(selector, str) else selector
    with page.expect_navigation():
        locator.first.click()


def sign_in(page: Page, given_name: str) -> None:
    """Choose this person from the list of the demo."""
    page.goto("/sign-in")
    person = page.locator("button.tb-person").filter(
        has=page.locator(".tb-person__name", has_text=re.compile(rf"^{given_name} "))
    )
    show(page, person)
    press(page, person)


def sign_out(page: Page) -> None:
    page.goto("/")
    press(page, "form[action='/sign-out'] button")


def show(page: Page, locator: Locator) -> None:
    """Open what hides this, if something does."""
    folded = page.locator("details:not([open])").filter(has=locator)
    if folded.count():
        folded.first.locator("summary").click()


def choose(page: Page, name: str, value: str) -> None:
    """Choose one of a group of radios."""
    radio = page.locator(f"input[name='{name}'][value='{value}']")
    show(page, radio)
    radio.check()


def minutes_in(text: str) -> int:
    """Read a duration from a page, in either language: "1 uur en 30 minuten" is 90."""
    hours = re.search(r"(\d+) (?:uur|u|hours?|h)\b", text)
    minutes = re.search(r"(\d+) min", text)
    return 60 * int(hours[1] if hours else 0) + int(minutes[1] if minutes else 0)


def active_selector(page: Page) -> str:
    """Describe what has the focus, for messages."""
    return str(page.evaluate("document.activeElement.cloneNode(false).outerHTML"))
