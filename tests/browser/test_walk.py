# SPDX-License-Identifier: EUPL-1.2
"""A walk along every link, as several people: no page breaks its own policy or looks elsewhere."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Route
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from tests.browser.conftest import Visitors
from tests.browser.pages import SIGHTS
from tests.browser.serving import Server
from tests.browser.world import World

MOST_PAGES = 90
"""A walk that goes on beyond this meets the same page under ever new addresses."""
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((link) => link.href)"
NOT_PAGES = {
    "static": "files",
    "static_files.theme": "a file",
    "home.health": "for machines",
    "duties.security_txt": "for machines",
    "exchange_form.begin": "answers with another page",
    "my_data.download": "a file to keep",
    "files.verdicts": "a file to keep",
    "phone.known": "for a script",
    "phone.worker": "a script",
    "oidc.back": "answers with another page",
    "reports.own_municipality": "answers with another page",
    "reports.take": "a file to keep",
    "area_pages.take": "a file to keep",
    "months.download": "a file to keep",
}
_AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


def walk(page: Page, url: str) -> dict[str, str]:
    """Follow every link of our own, and return the addresses by their shape, ids left out."""
    seen: dict[str, str] = {}
    waiting = [url + "/"]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0).partition("#")[0]
        shape = _AN_ID.sub("*", urlsplit(address).path)
        if not address.startswith(url + "/") or shape in seen:
            continue
        answer = page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status == 200, address
        assert not re.search(r"\d", answer.headers.get("server", "")), "a server tells its version"
        seen[shape] = address
        waiting += [urljoin(page.url, link) for link in page.evaluate(LINKS)]
    return seen


@pytest.mark.browser
@pytest.mark.parametrize(
    ("who", "least"), [(None, 6), ("Fatima", 9), ("Nadia", 10), ("Annelies", 4)]
)
def test_along_every_link_no_page_breaks_its_policy_or_looks_elsewhere(
    who: str | None, least: int, story: tuple[Server, World], visitors: Visitors
) -> None:
    server, _world = story
    page = visitors.open(server, who)

    seen = walk(page, server.url)

    assert least <= len(seen) < MOST_PAGES, sorted(seen)
    assert visitors.troubles.found == []


@pytest.mark.browser
def test_a_script_that_somebody_planted_does_not_run_and_is_noticed(
    story: tuple[Server, World], visitors: Visitors
) -> None:
    server, _world = story
    page = visitors.open(server)

    def plant(route: Route) -> None:
        answer = route.fetch()
        planted = answer.text().replace("</main>", "<script>window.planted = 1</script></main>")
        route.fulfill(response=answer, body=planted)

    page.route(server.url + "/accessibility", plant)
    walk(page, server.url)

    found, visitors.troubles.found = visitors.troubles.found, []
    assert any("script-src" in trouble and "inline" in trouble for trouble in found), found
    page.goto("/accessibility")
    assert page.evaluate("window.planted") is None
    visitors.troubles.found = []


def test_every_page_there_is_stands_among_the_pages_that_are_looked_at(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    some_ids = dict.fromkeys(_names(), str(uuid.UUID(int=1)))
    looked_at = set()
    for sight in SIGHTS.values():
        names = dict.fromkeys(("exchange", "form", "member", "activity", "agreed"), some_ids)
        paper = some_ids | {"sheets": "1"}
        path = urlsplit(sight.path.format(**names, paper=paper, year="2025")).path
        try:
            looked_at.add(addresses.match(path, method="GET")[0])
        except (NotFound, RequestRedirect):
            continue

    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    reached = {"sign_in.code", "exchange_form.refer", "files.show", "months.show"}
    """Pages that a sight comes to by pressing a button."""
    assert pages - NOT_PAGES.keys() - reached == looked_at - NOT_PAGES.keys()
    assert NOT_PAGES.keys() <= pages


def _names() -> set[str]:
    """Return the names of exchanges and forms that the paths hold."""
    return {name for one in SIGHTS.values() for name in re.findall(r"\[([\w ]+)\]", one.path)}
