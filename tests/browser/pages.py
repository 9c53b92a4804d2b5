# SPDX-License-Identifier: EUPL-1.2
"""Every page in every state, by name: who looks, where it is, and what must be done there first."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.driving import CONTINUE, choose, press
from tests.browser.world import IDLE, NEWCOMER, World

Act = Callable[[Page], None]
SEND = "#form button"


@dataclasses.dataclass(frozen=True)
class Sight:
    """A page in one state. Braces in ``path`` name an exchange or a form of the world."""

    who: str | None
    path: str
    act: Act | None = None
    proof: str = "h1"
    """What is there when the page is in this state."""

    def show(self, page: Page, world: World) -> None:
        """Bring the page into this state."""
        page.goto(self.path.format(exchange=world.exchanges, form=world.forms))
        if self.act is not None:
            self.act(page)
        assert page.locator(self.proof).first.is_visible(), f"{self.proof} at {page.url}"


def _send_empty(page: Page) -> None:
    press(page, CONTINUE)


def _type_a_name(name: str) -> Act:
    def act(page: Page) -> None:
        page.fill("input[name='other_text']", name)
        press(page, CONTINUE)

    return act


def _another_day(page: Page) -> None:
    choose(page, "helped_on", "other")
    page.fill("input[name='other_day_day']", "31")
    page.fill("input[name='other_day_month']", "2")
    page.fill("input[name='other_day_year']", "2026")
    press(page, CONTINUE)


def _another_time(page: Page) -> None:
    choose(page, "minutes", "other")
    page.fill("input[name='minutes_hours']", "anderhalf")
    press(page, CONTINUE)


def _long_note(page: Page) -> None:
    page.fill("textarea[name='note']", "Heel lang verhaal. " * 40)
    press(page, CONTINUE)


def _ask_without_address(page: Page) -> None:
    press(page, "form[action='/sign-in'] button")


def _ask_for_link(page: Page) -> None:
    choose(page, "timebank", "leiden")
    page.fill("input[name='email']", f"{uuid.uuid4().hex}@example.org")
    press(page, "form[action='/sign-in'] button")


def _type_a_wrong_code(page: Page) -> None:
    _ask_for_link(page)
    page.fill("input[name='digits']", "123")
    press(page, "main form button")


def _open_a_link(page: Page) -> None:
    _ask_for_link(page)
    page.goto("/sign-in/leiden/made-up")


def _use_a_made_up_link(page: Page) -> None:
    _open_a_link(page)
    press(page, "main form button")


def _reject_without_reason(page: Page) -> None:
    page.locator("details.tb-more > summary").first.click()
    press(page, "details[open] form button")


def _open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


def _choose_work_of_a_professional(page: Page) -> None:
    _open_everything(page)
    choose(page, "category", "personal_care")
    press(page, CONTINUE)


def _use_old_link(page: Page) -> None:
    press(page, "main form button")


NEW = "/exchanges/new/gave/00000000-0000-4000-8000-00000000000{number}/other"
FULL = "/exchanges/new/gave/{{form[full]}}/{step}"
ERROR = "[data-error-summary]"

SIGHTS: dict[str, Sight] = {
    "start of a visitor": Sight(None, "/"),
    "sign in": Sight(None, "/sign-in"),
    "sign in, everybody shown": Sight(None, "/sign-in", _open_everything),
    "sign in, in error": Sight(None, "/sign-in", _ask_without_address, ERROR),
    "code asked": Sight(None, "/sign-in", _ask_for_link, "input[name='digits']"),
    "code in error": Sight(None, "/sign-in", _type_a_wrong_code, ERROR),
    "letter": Sight(None, "/sign-in/letter"),
    "letter in error": Sight(None, "/sign-in/letter", _use_old_link, ERROR),
    "link opened elsewhere": Sight(None, "/sign-in/leiden/made-up"),
    "link opened": Sight(None, "/sign-in", _open_a_link, "main form"),
    "link that does not work": Sight(None, "/sign-in", _use_a_made_up_link),
    "public figures": Sight(None, "/timebanks/leiden", proof=".tb-street"),
    "public figures of the other timebank": Sight(None, "/timebanks/holten", proof=".tb-street"),
    "privacy, of any timebank": Sight(None, "/privacy", proof=".tb-kept"),
    "privacy, of this timebank": Sight("Fatima", "/timebanks/leiden/privacy", proof=".tb-ask"),
    "accessibility": Sight(None, "/accessibility", proof=".tb-ticked"),
    "unknown page": Sight(None, "/nowhere"),
    "start of a resident": Sight("Fatima", "/", proof=".tb-slip"),
    "start of a newcomer": Sight(NEWCOMER, "/", proof=".tb-empty"),
    "start of a coordinator": Sight("Nadia", "/", proof=".tb-notice"),
    "start of a coordinator without work": Sight(IDLE, "/", proof=".tb-notice--success"),
    "start of a reader": Sight("Annelies", "/"),
    "whom, of those one knows": Sight("Fatima", NEW.format(number=1), proof="input[type=radio]"),
    "whom, by name": Sight(NEWCOMER, NEW.format(number=2), proof="input[name=other_text]"),
    "whom, in error": Sight("Fatima", NEW.format(number=1), _send_empty, ERROR),
    "whom, by name, in error": Sight(NEWCOMER, NEW.format(number=2), _send_empty, ERROR),
    "whom, several fit": Sight("Fatima", NEW.format(number=1), _type_a_name("ma"), ERROR),
    "whom, one fits": Sight(NEWCOMER, NEW.format(number=2), _type_a_name("fati"), ERROR),
    "who helped": Sight("Fatima", NEW.format(number=3).replace("gave", "received")),
    "category": Sight("Fatima", FULL.format(step="category")),
    "category, all shown": Sight("Fatima", FULL.format(step="category"), _open_everything),
    "category, in error": Sight(
        "Fatima", "/exchanges/new/gave/{form[begun]}/category", _send_empty, ERROR
    ),
    "day": Sight("Fatima", FULL.format(step="day")),
    "day, in error": Sight("Fatima", FULL.format(step="day"), _another_day, ERROR),
    "how long": Sight("Fatima", FULL.format(step="minutes")),
    "how long, in error": Sight("Fatima", FULL.format(step="minutes"), _another_time, ERROR),
    "note": Sight("Fatima", FULL.format(step="note")),
    "note, in error": Sight("Fatima", FULL.format(step="note"), _long_note, ERROR),
    "check": Sight("Fatima", FULL.format(step="check"), proof=SEND),
    "check, in error": Sight(
        "Fatima", "/exchanges/new/gave/{form[sent before]}/check", lambda p: press(p, SEND), ERROR
    ),
    "check, the day does not fit": Sight(
        NEWCOMER, "/exchanges/new/gave/{form[too early]}/check", proof=".tb-notice--warning"
    ),
    "check, an answer does not fit": Sight(
        "Fatima", "/exchanges/new/gave/{form[does not fit]}/check", proof=".tb-notice--warning"
    ),
    "refer": Sight(
        "Fatima",
        "/exchanges/new/gave/{form[professional]}/category",
        _choose_work_of_a_professional,
        ".tb-refer",
    ),
    "exchange, just sent": Sight("Fatima", "/exchanges/{exchange[submitted]}", proof=".tb-next"),
    "exchange, waits": Sight("Jan", "/exchanges/{exchange[submitted]}", proof=".tb-next"),
    "exchange, seen by a coordinator": Sight("Nadia", "/exchanges/{exchange[submitted]}"),
    "exchange, approved": Sight("Fatima", "/exchanges/{exchange[approved]}"),
    "exchange, approved, of the helped": Sight(
        "Jan", "/exchanges/{exchange[approved]}", proof=".tb-invite"
    ),
    "exchange, rejected": Sight("Fatima", "/exchanges/{exchange[rejected]}"),
    "exchange, taken back": Sight("Fatima", "/exchanges/{exchange[withdrawn]}"),
    "desk": Sight("Nadia", "/desk", proof=".tb-slip__stub"),
    "desk, everything open": Sight("Nadia", "/desk", _open_everything),
    "desk, in error": Sight("Nadia", "/desk", _reject_without_reason, ERROR),
    "desk, empty": Sight(IDLE, "/desk", proof=".tb-empty"),
    "statement": Sight("Fatima", "/my-hours", proof=".tb-table"),
    "statement, the end": Sight("Fatima", "/my-hours?before=1"),
    "statement, empty": Sight(NEWCOMER, "/my-hours", proof=".tb-empty"),
    "exact figures": Sight("Nadia", "/neighbourhoods", proof=".tb-street"),
    "exact figures, empty": Sight(IDLE, "/neighbourhoods", proof=".tb-notice"),
    "page for somebody else": Sight("Fatima", "/desk"),
}

FIRST_VISITS = [sight for sight in SIGHTS.values() if sight.act is not _open_everything]
"""Who opens every heading by hand may wait for the letters of rare names a little longer."""
