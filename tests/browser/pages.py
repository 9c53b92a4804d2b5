# SPDX-License-Identifier: EUPL-1.2
"""Every page in every state, by name: who looks, where it is, and what must be done there first."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.driving import CONTINUE, choose, press
from tests.browser.world import IDLE, NEWCOMER, PROFESSIONAL, WITH_FACTOR, WITHOUT_FACTOR, World

Act = Callable[[Page], None]
SEND = "#form button"


@dataclasses.dataclass(frozen=True)
class Sight:
    """A page in one state. Braces in ``path`` name an exchange, a form or a member of the world."""

    who: str | None
    path: str
    act: Act | None = None
    proof: str = "h1"
    """What is there when the page is in this state."""
    letter: str | None = None
    """Who signs in with a printed letter first, past the demo's door."""

    def show(self, page: Page, world: World) -> None:
        """Bring the page into this state."""
        if self.letter is not None:
            _sign_in_by_letter(page, world.letter_for(self.letter))
        names = {"exchange": world.exchanges, "form": world.forms, "member": world.members}
        names["activity"], names["paper"] = world.activities, world.papers
        names["agreed"] = world.appointments
        names["year"] = world.year
        page.goto(self.path.format(**names))
        if self.act is not None:
            self.act(page)
        assert page.locator(self.proof).first.is_visible(), f"{self.proof} at {page.url}"


def _sign_in_by_letter(page: Page, code: str) -> None:
    page.goto("/sign-in/letter")
    choose(page, "timebank", "leiden")
    page.fill("input[name='code']", code)
    press(page, "main form button")


def _open_the_map(page: Page) -> None:
    page.click(".tb-map button")
    page.wait_for_selector(".leaflet-overlay-pane svg")


def _send_form(action: str) -> Act:
    """Press the button of the form that goes there, folded or not, as it stands."""

    def act(page: Page) -> None:
        _open_everything(page)
        press(page, f"main form[action$='{action}'] button[type=submit]:not(.tb-hidden)")

    return act


def _make_the_picture(page: Page) -> None:
    if page.locator("input[name='digits']").count() == 0:
        press(page, "main form button")


def _wrong_digits(page: Page) -> None:
    _make_the_picture(page)
    page.fill("input[name='digits']", "000000")
    press(page, "main form:has(input[name='digits']) button")


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


def _fill_in_a_cook_in(page: Page) -> None:
    choose(page, "category", "cooking_group")
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    for part in ("day", "month", "year"):
        page.fill(f"input[name='helped_on_{part}']", str(getattr(yesterday, part)))
    page.fill("input[name='place']", "Buurthuis")
    choose(page, "initiated_by", "resident")
    page.fill("textarea[name='helpers']", "Fatima El Amrani 3 uur\nJan van den Berg 1:30")
    page.fill("input[name='guests']", "14")
    _send_form("/activities")(page)


def _write_staff_hours_of_no_day(page: Page) -> None:
    _open_everything(page)
    choose(page, "worked_on", "other")
    page.fill("input[name='minutes']", "een poos")
    _send_form("/staff-hours")(page)


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


def _open_a_month(page: Page) -> None:
    press(page, page.locator("main .tb-list a").first)


def _open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


def _choose_work_of_a_professional(page: Page) -> None:
    _open_everything(page)
    choose(page, "category", "personal_care")
    press(page, CONTINUE)


def _use_old_link(page: Page) -> None:
    press(page, "main form button")


def _tick_nothing(page: Page) -> None:
    press(page, SEND)


def _send_no_words(page: Page) -> None:
    press(page, "main form:has(textarea[name='words']) button")


def _i_do_not_know(page: Page) -> None:
    _open_everything(page)
    page.fill("textarea[name='category_words']", "Heel lang verhaal. " * 40)
    press(page, CONTINUE)


def _read_the_worry(page: Page) -> None:
    press(page, "main form[action$='/read'] button")


def _begin_appointment(page: Page) -> None:
    press(page, "main form[action^='/appointments/for/'][action$='/gave'] button")


def _name_jan(page: Page) -> None:
    page.fill("input[name='other_text']", "Jan van den Berg")
    _send_form("/appointments/new/gave")(page)


def _agree_on_nothing(page: Page) -> None:
    _name_jan(page)
    _send_form("/appointments/new/gave")(page)


def _no_name(page: Page) -> None:
    page.fill("input[name='given_name']", "")
    _send_form("/details")(page)


def _no_number(page: Page) -> None:
    page.fill("input[name='days_back']", "een jaar")
    _send_form("/BU05460800")(page)


def _type_slip(helper: str, minutes: str = "45m", helped: str = "jan") -> Act:
    def act(page: Page) -> None:
        boxes = {"helper": helper, "helped": helped, "minutes": minutes, "helped_on": "g"}
        for name, text in (boxes | {"category": "1"}).items():
            page.fill(f"input[name='{name}']", text)
        press(page, "#row .nl-button--primary")

    return act


def _type_twice(page: Page) -> None:
    _type_slip("fat")(page)
    if page.locator("[name='knowingly']").count() == 0:
        _type_slip("fat")(page)


def _choose_sheets(count: str) -> Act:
    def act(page: Page) -> None:
        page.fill("input[name='sheets']", count)
        _send_form("/paper/sheets")(page)

    return act


def _empty_note(page: Page) -> None:
    press(page, "main form:has(textarea[name='words']) button")


def _bring_a_file(bad_lines: str = "skip") -> Act:
    """Bring a file with one good line and two bad ones."""

    def act(page: Page) -> None:
        lines = "day;helper;helped;minutes;category\n" + "".join(
            f"2026-03-0{day};{helper};Fatima El Amrani;45;coffee\n"
            for day, helper in ((2, "Jan van den Berg"), (3, "Wie Weet"), (32, "Jan van den Berg"))
        )
        page.set_input_files(
            "input[name='file']",
            {"name": "slips.csv", "mimeType": "text/csv", "buffer": lines.encode()},
        )
        choose(page, "bad_lines", bad_lines)
        press(page, "main form[enctype] button")

    return act


def _read_a_file_in(page: Page) -> None:
    _bring_a_file()(page)
    press(page, "main form[action$='/book'] button")


def _too_many_words(page: Page) -> None:
    page.fill("textarea[name='words']", "Heel lang verhaal. " * 40)
    press(page, "main form:has(textarea[name='words']) button.nl-button--primary")


def _begin_to_type(page: Page) -> None:
    page.fill("textarea[name='words']", "Wie snoeit de heg in mijn tuin?")
    page.locator("[data-suggestions] input").first.wait_for()


def _choose_no_half_day(page: Page) -> None:
    _open_everything(page)
    choose(page, "when", "own")
    for box in page.locator("input[name='slot']:checked").all():
        box.uncheck()
    press(page, "main form:has(input[name='slot']) button.nl-button--primary")


def _show_half_days(page: Page) -> None:
    _open_everything(page)
    choose(page, "when", "own")


def _when_known(page: Page) -> None:
    page.locator("#offline").wait_for()


def _when_nobody(page: Page) -> None:
    page.locator(BOX_NOBODY).wait_for()


def _keep_nothing(page: Page) -> None:
    _when_known(page)
    page.click("#offline button[type=submit]")


def _keep_one(page: Page) -> None:
    """Keep help that cannot be booked yet, so that it stays on the phone and on no account."""
    _when_known(page)
    choose(page, "side", "gave")
    choose(page, "other", "later")
    page.select_option("select[name='category']", "company")
    choose(page, "minutes", "60")
    page.click("#offline button[type=submit]")
    page.locator("[data-entry]").wait_for()


BOX_NOBODY = "[data-say=nobody]"
NEW = "/exchanges/new/gave/00000000-0000-4000-8000-00000000000{number}/other"
FULL = "/exchanges/new/gave/{{form[full]}}/{step}"
ERROR = "[data-error-summary]"
NO_DAY = "on_day=40&on_month=1&on_year=2026"

SIGHTS: dict[str, Sight] = {
    "files": Sight("Nadia", "/files"),
    "files, in error": Sight("Nadia", "/files", _send_form("/files"), ERROR),
    "file, looked at": Sight("Nadia", "/files", _bring_a_file(), "main table"),
    "file, all or none": Sight("Nadia", "/files", _bring_a_file("none"), ".tb-notice--warning"),
    "file, read in": Sight("Nadia", "/files", _read_a_file_in, ".tb-notice--success"),
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
    "public figures": Sight(None, "/timebanks/leiden", proof=".tb-drawing--map"),
    "public figures, a map that moves": Sight(
        None, "/timebanks/leiden", _open_the_map, proof=".leaflet-container"
    ),
    "public figures of the other timebank": Sight(None, "/timebanks/holten", proof=".tb-grid"),
    "privacy, of any timebank": Sight(None, "/privacy", proof=".tb-kept"),
    "privacy, of this timebank": Sight("Fatima", "/timebanks/leiden/privacy", proof=".tb-ask"),
    "accessibility": Sight(None, "/accessibility", proof=".tb-ticked"),
    "without a network": Sight("Fatima", "/offline/nl", _when_known, "#offline"),
    "without a network, in error": Sight("Fatima", "/offline/nl", _keep_nothing, "[data-errors]"),
    "without a network, something waits": Sight("Fatima", "/offline/nl", _keep_one, "[data-entry]"),
    "without a network, never signed in": Sight(None, "/offline/nl", _when_nobody, BOX_NOBODY),
    "without a network, a form half sent": Sight(None, "/offline/nl?sent=unknown"),
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
    "whom, several fit": Sight(
        "Fatima", NEW.format(number=1), _type_a_name("ma"), ".tb-notice--info"
    ),
    "whom, one fits": Sight(
        NEWCOMER, NEW.format(number=2), _type_a_name("fati"), ".tb-notice--info"
    ),
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
    "category, in own words, in error": Sight(
        "Fatima", "/exchanges/new/gave/{form[begun]}/category", _i_do_not_know, ERROR
    ),
    "check, with a safety card": Sight(
        "Fatima", "/exchanges/new/gave/{form[papers]}/check", proof="#safety"
    ),
    "check, with a safety card, in error": Sight(
        "Fatima", "/exchanges/new/gave/{form[papers]}/check", _tick_nothing, ERROR
    ),
    "appointments": Sight("Fatima", "/appointments", proof="#waiting .tb-slip"),
    "appointments, none": Sight(NEWCOMER, "/appointments", proof=".tb-big"),
    "appointment, with whom": Sight("Fatima", "/appointments/new/gave", proof="#other"),
    "appointment, with whom, by name": Sight(NEWCOMER, "/appointments/new/received"),
    "appointment, with whom, in error": Sight(
        "Fatima", "/appointments/new/gave", _send_form("/new/gave"), ERROR
    ),
    "appointment, the rest": Sight("Fatima", "/appointments/new/gave", _name_jan, "#place"),
    "appointment, the rest, in error": Sight(
        "Fatima", "/appointments/new/gave", _agree_on_nothing, ERROR
    ),
    "appointment, for somebody": Sight(
        "Nadia", "/people/{member[Jan]}", _begin_appointment, "#other"
    ),
    "appointment, comes": Sight("Fatima", "/appointments/{agreed[coming]}", proof=".tb-facts"),
    "appointment, today": Sight("Jan", "/appointments/{agreed[today]}", proof=".tb-buttons form"),
    "appointment, of a coordinator": Sight("Nadia", "/appointments/{agreed[late]}"),
    "appointment, of which the hours fell": Sight(
        "Fatima", "/appointments/{agreed[fallen]}", proof="main form"
    ),
    "appointment, that asks for something first": Sight(
        "Fatima", "/appointments/{agreed[asks first]}", proof=".tb-points"
    ),
    "appointment, kept": Sight("Fatima", "/appointments/{agreed[kept]}", proof="main form"),
    "appointment, kept, of the other": Sight("Jan", "/appointments/{agreed[kept]}"),
    "appointment, not kept": Sight("Fatima", "/appointments/{agreed[not_kept]}"),
    "appointment, moved": Sight("Fatima", "/appointments/{agreed[moved]}", proof=".nl-button"),
    "appointment, its new day": Sight("Jan", "/appointments/{agreed[new day]}"),
    "appointment, move": Sight("Jan", "/appointments/{agreed[coming]}/move", proof="#happens_on"),
    "appointment, move, in error": Sight(
        "Jan", "/appointments/{agreed[coming]}/move", _send_form("/move"), ERROR
    ),
    "counts of appointments": Sight("Nadia", "/appointments/counts", proof="#late .tb-slip"),
    "counts of appointments, none": Sight(IDLE, "/appointments/counts", proof=".tb-empty"),
    "worry, new": Sight("Fatima", "/concerns/new", proof=".tb-notice--warning"),
    "worry, new, of an exchange": Sight(
        "Fatima", "/concerns/new/{exchange[submitted]}", proof=".tb-notice--warning"
    ),
    "worry, new, in error": Sight("Fatima", "/concerns/new", _send_no_words, ERROR),
    "worry, received": Sight("Fatima", "/concerns/received"),
    "worries": Sight("Nadia", "/concerns", proof=".tb-slip"),
    "worries, none": Sight(IDLE, "/concerns", proof=".tb-empty"),
    "worry": Sight("Nadia", "/concerns/{member[worry]}", _open_everything, "main form"),
    "worry, read": Sight("Nadia", "/concerns/{member[worry]}", _read_the_worry, "#words"),
    "worry, in error": Sight("Nadia", "/concerns/{member[worry]}", _send_form("/close"), ERROR),
    "referrals": Sight("Nadia", "/referrals", proof=".tb-slip"),
    "referrals, none": Sight(IDLE, "/referrals", proof=".tb-empty"),
    "referral, asked": Sight("Nadia", "/referrals/{member[referral]}", proof="#consent"),
    "referral, in error": Sight(
        "Nadia", "/referrals/{member[referral]}", _send_form("/hand-over"), ERROR
    ),
    "referral, handed over": Sight("Nadia", "/referrals/{member[handed over]}", proof="#outcome"),
    "referral, of oneself": Sight("Fatima", "/referrals/asked", proof=".tb-next"),
    "exceptions": Sight("Bart", "/exceptions", _open_everything, ".tb-slip"),
    "exceptions, none": Sight(IDLE, "/exceptions", proof=".tb-empty"),
    "exceptions, in error": Sight("Nadia", "/exceptions", _send_form("/allow"), ERROR),
    "exchange, just sent": Sight("Fatima", "/exchanges/{exchange[submitted]}", proof=".tb-next"),
    "exchange, waits": Sight("Jan", "/exchanges/{exchange[submitted]}", proof=".tb-next"),
    "exchange, seen by a coordinator": Sight("Nadia", "/exchanges/{exchange[submitted]}"),
    "exchange, approved": Sight("Fatima", "/exchanges/{exchange[approved]}"),
    "exchange, approved, of the helped": Sight(
        "Jan", "/exchanges/{exchange[approved]}", proof=".tb-invite"
    ),
    "exchange, rejected": Sight("Fatima", "/exchanges/{exchange[rejected]}"),
    "exchange, taken back": Sight("Fatima", "/exchanges/{exchange[withdrawn]}"),
    "exchange, disputed": Sight(
        "Jan", "/exchanges/{exchange[disputed]}", proof=".tb-notice--warning"
    ),
    "exchange, corrected": Sight("Jan", "/exchanges/{exchange[corrected]}", proof=".tb-notice"),
    "exchange, a correction": Sight("Fatima", "/exchanges/{exchange[correction]}", proof="a"),
    "exchange, thanked": Sight("Jan", "/exchanges/{exchange[thanked]}", proof="#thanks"),
    "thanks, in error": Sight(
        "Jan", "/exchanges/{exchange[approved]}", _send_form("/thanks"), ERROR
    ),
    "not right": Sight(
        "Jan", "/exchanges/{exchange[approved]}/not-right", proof="input[name='reason']"
    ),
    "not right, in error": Sight(
        "Jan", "/exchanges/{exchange[approved]}/not-right", _send_form("/not-right"), ERROR
    ),
    "amend": Sight("Nadia", "/exchanges/{exchange[disputed]}/amend", proof=".tb-notice--warning"),
    "amend, in error": Sight(
        "Nadia", "/exchanges/{exchange[disputed]}/amend", _send_form("/amend/correct"), ERROR
    ),
    "activities": Sight("Nadia", "/activities", proof="#initiative"),
    "activities, empty": Sight(IDLE, "/activities", proof=".tb-empty"),
    "activity, new": Sight("Nadia", "/activities/new", proof="textarea[name='helpers']"),
    "activity, in error": Sight("Nadia", "/activities/new", _send_form("/activities"), ERROR),
    "activity, check": Sight(
        "Nadia", "/activities/new", _fill_in_a_cook_in, "button[value='book']"
    ),
    "activity": Sight("Nadia", "/activities/{activity[resident]}", proof=".tb-facts"),
    "activity, of a helper": Sight("Fatima", "/activities/{activity[resident]}", proof=".tb-facts"),
    "desk": Sight("Nadia", "/desk", proof=".tb-slip__stub"),
    "desk, everything open": Sight("Nadia", "/desk", _open_everything),
    "desk, in error": Sight("Nadia", "/desk", _reject_without_reason, ERROR),
    "desk, empty": Sight(IDLE, "/desk", proof=".tb-empty"),
    "desk, one": Sight("Nadia", "/desk/{exchange[submitted]}", _open_everything, ".tb-points"),
    "desk, one, in error": Sight(
        "Nadia", "/desk/{exchange[submitted]}", _send_form("/return"), ERROR
    ),
    "desk, asked": Sight(
        "Nadia", "/desk/{exchange[asked]}", _open_everything, "textarea[name='answer']"
    ),
    "desk, asked, in error": Sight(
        "Nadia", "/desk/{exchange[asked]}", _send_form("/answer"), ERROR
    ),
    "exchange, not approved, at the desk": Sight(
        "Nadia", "/exchanges/{exchange[rejected]}", proof="form[action$='/look-again']"
    ),
    "exchange, given back": Sight("Fatima", "/exchanges/{exchange[returned]}"),
    "exchange, asked": Sight("Fatima", "/exchanges/{exchange[asked]}", proof="#answer"),
    "exchange, asked, in error": Sight(
        "Fatima", "/exchanges/{exchange[asked]}", _send_form("/answer"), ERROR
    ),
    "rules": Sight("Bart", "/rules", proof=".tb-facts"),
    "rules, to be read": Sight("Nadia", "/rules", proof=".tb-facts"),
    "rules of a place": Sight("Bart", "/rules/BU05460800", proof="#days_back"),
    "rules of a place, in error": Sight("Bart", "/rules/BU05460800", _no_number, ERROR),
    "statement": Sight("Fatima", "/my-hours", proof=".tb-table"),
    "statement, the end": Sight("Fatima", "/my-hours?before=1"),
    "statement, empty": Sight(NEWCOMER, "/my-hours", proof=".tb-empty"),
    "neighbourhood for everyone": Sight(
        None, "/timebanks/leiden/neighbourhoods/BU05460800", proof=".tb-figure"
    ),
    "neighbourhood for everyone, too few": Sight(
        None, "/timebanks/leiden/neighbourhoods/BU05460800?period=2005-1", proof=".tb-notice"
    ),
    "neighbourhood for everyone, unknown": Sight(
        None, "/timebanks/leiden/neighbourhoods/BU99999999", proof=".tb-list"
    ),
    "neighbourhood for everyone, no such period": Sight(
        None, "/timebanks/leiden/neighbourhoods/BU05460800?period=1976-1--2026-1"
    ),
    "flyer": Sight(None, "/timebanks/leiden/neighbourhoods/BU05460800/flyer", proof=".tb-qr"),
    "year for everyone": Sight(None, "/timebanks/leiden/years/{year}", proof=".tb-figure"),
    "year for everyone, too few": Sight(None, "/timebanks/leiden/years/2005", proof=".tb-notice"),
    "municipality": Sight("Annelies", "/municipality/GM0546", proof="#flows"),
    "municipality, too few": Sight(
        "Annelies", "/municipality/GM0546?period=2005-1", proof=".tb-notice"
    ),
    "report, rounded": Sight("Annelies", "/report", proof=".tb-bars"),
    "report, exact": Sight("Nadia", "/report", proof=".tb-bars"),
    "report, empty": Sight(IDLE, "/report", proof=".tb-facts"),
    "exact figures": Sight("Nadia", "/neighbourhoods", proof=".tb-street"),
    "exact figures, empty": Sight(IDLE, "/neighbourhoods", proof=".tb-notice"),
    "hours on a day": Sight("Bart", "/neighbourhoods/balances", proof=".tb-table"),
    "hours on a day, in error": Sight("Nadia", f"/neighbourhoods/balances?{NO_DAY}", proof=ERROR),
    "hours on a day, empty": Sight(IDLE, "/neighbourhoods/balances", proof=".tb-notice"),
    "who helps whom": Sight("Bart", "/neighbourhoods/flows", proof=".tb-table"),
    "who helps whom, own places": Sight("Nadia", "/neighbourhoods/flows", proof=".tb-table"),
    "who helps whom, empty": Sight(IDLE, "/neighbourhoods/flows", proof=".tb-empty"),
    "indicators": Sight("Nadia", "/neighbourhoods/indicators", proof=".tb-facts"),
    "indicators, empty": Sight(IDLE, "/neighbourhoods/indicators", proof=".tb-empty"),
    "lines behind figures": Sight("Nadia", "/neighbourhoods/lines", proof=".tb-table"),
    "lines behind figures, empty": Sight(IDLE, "/neighbourhoods/lines", proof=".tb-empty"),
    "hours of staff": Sight("Nadia", "/staff-hours", _open_everything, ".tb-bars__pair"),
    "hours of staff, empty": Sight(IDLE, "/staff-hours", proof=".tb-empty"),
    "hours of staff, in error": Sight("Bart", "/staff-hours", _write_staff_hours_of_no_day, ERROR),
    "closed months": Sight("Bart", "/months", proof=".tb-list"),
    "a closed month": Sight("Bart", "/months", _open_a_month, ".tb-code"),
    "what figures mean": Sight(None, "/figures/about", proof=".tb-facts"),
    "page for somebody else": Sight("Fatima", "/desk"),
    "my devices": Sight("Fatima", "/my-devices", proof=".tb-panel"),
    "second step, begun": Sight(None, "/second-step", proof="main form", letter=WITHOUT_FACTOR),
    "second step, new": Sight(
        None, "/second-step/new", _make_the_picture, "input[name='digits']", WITHOUT_FACTOR
    ),
    "second step, new, in error": Sight(
        None, "/second-step/new", _wrong_digits, ERROR, WITHOUT_FACTOR
    ),
    "second step": Sight(None, "/second-step", proof="input[name='digits']", letter=WITH_FACTOR),
    "second step, in error": Sight(None, "/second-step", _wrong_digits, ERROR, WITH_FACTOR),
    "colleagues": Sight("Nadia", "/colleagues", proof="input[name='spoken']"),
    "colleagues, in error": Sight(
        "Nadia", "/colleagues", _send_form("/reset"), ".utrecht-form-field-error-message"
    ),
    "my data": Sight("Fatima", "/my-data", proof=".tb-facts"),
    "my data, of staff": Sight("Nadia", "/my-data", _open_everything),
    "my details": Sight("Fatima", "/my-data/details", proof="input[name='given_name']"),
    "my details, in error": Sight("Fatima", "/my-data/details", _no_name, ERROR),
    "pause": Sight("Fatima", "/my-data/pause", proof="input[type=radio]"),
    "pause, in error": Sight("Fatima", "/my-data/pause", _send_form("/pause"), ERROR),
    "leave": Sight("Fatima", "/my-data/leave", proof=".tb-buttons"),
    "left": Sight(None, "/left"),
    "new address": Sight(None, "/address/leiden/made-up", proof="main form"),
    "new address, too old": Sight(None, "/address/leiden/made-up", _send_form("/made-up")),
    "audit": Sight("Bart", "/audit", proof="main"),
    "erase": Sight("Bart", "/erase/{member[Jan]}", proof=".tb-buttons"),
    "notes": Sight("Nadia", "/notes/{member[Fatima]}", proof="textarea"),
    "notes, in error": Sight("Nadia", "/notes/{member[Fatima]}", _empty_note, ERROR),
    "people": Sight("Nadia", "/people", proof="#applications"),
    "people, of a quiet place": Sight(IDLE, "/people", proof="input[name='text']"),
    "enrol": Sight("Nadia", "/people/new", proof="input[name='given_name']"),
    "enrol, in error": Sight("Nadia", "/people/new", _send_form("/enrol"), ERROR),
    "likes": Sight("Fatima", "/my-talents", _open_everything, ".tb-notice--info"),
    "likes, in error": Sight("Fatima", "/my-talents", _too_many_words, ERROR),
    "looks for": Sight("Fatima", "/my-needs", proof=".tb-slip"),
    "looks for, nothing yet": Sight(NEWCOMER, "/my-needs", proof=".tb-empty"),
    "look for, new": Sight("Fatima", "/my-needs/new", _show_half_days, ".tb-slots"),
    "look for, new, suggestions": Sight(
        "Fatima", "/my-needs/new", _begin_to_type, "[data-suggestions] input"
    ),
    "look for, new, in error": Sight("Fatima", "/my-needs/new", _too_many_words, ERROR),
    "look for, one": Sight(
        "Fatima", "/my-needs/{member[need]}", _open_everything, "#category button"
    ),
    "look for, one, in error": Sight(
        "Fatima", "/my-needs/{member[need]}", _send_form("/end"), ERROR
    ),
    "look for, expired": Sight("Fatima", "/my-needs/{member[old need]}", proof=".tb-notice--info"),
    "look for, change": Sight("Fatima", "/my-needs/{member[need]}/change", proof="#minutes"),
    "times": Sight("Fatima", "/my-times", _show_half_days, "#avoided form"),
    "times, in error": Sight("Fatima", "/my-times", _choose_no_half_day, ERROR),
    "times, somebody in error": Sight("Fatima", "/my-times", _send_form("/avoid"), ERROR),
    "who looks for help": Sight("Nadia", "/needs", proof=".tb-slip--urgent"),
    "who looks for help, nobody": Sight(IDLE, "/needs", proof=".tb-empty"),
    "sort": Sight("Nadia", "/needs/{member[need]}", _open_everything, "#category"),
    "sort, in error": Sight("Nadia", "/needs/{member[need]}", _send_form("/end"), ERROR),
    "look for, of somebody else": Sight("Nadia", "/people/{member[Jan]}/need", proof="#words"),
    "look for, of somebody else, in error": Sight(
        "Nadia", "/people/{member[Jan]}/need", _too_many_words, ERROR
    ),
    "talk": Sight("Nadia", "/people/{member[Riet]}/talk", _open_everything, "#noted form"),
    "talk, in error": Sight("Nadia", "/people/{member[Riet]}/talk", _send_form("/talk"), ERROR),
    "times, of somebody else": Sight(
        "Nadia", "/people/{member[Riet]}/times", _show_half_days, "#pause"
    ),
    "times, of somebody else, in error": Sight(
        "Nadia", "/people/{member[Riet]}/times", _send_form("/pause"), ERROR
    ),
    "kinds": Sight("Bart", "/kinds", proof=".tb-marks"),
    "person": Sight("Nadia", "/people/{member[Jan]}", _open_everything, "#stand-ins"),
    "person, in error": Sight("Nadia", "/people/{member[Jan]}", _send_form("/stand-ins"), ERROR),
    "person, a check in error": Sight(
        "Nadia", "/people/{member[Jan]}", _send_form("/checks"), ERROR
    ),
    "letter to print": Sight("Nadia", "/people/{member[Jan]}/letter", proof="main form"),
    "letter printed": Sight(
        "Nadia", "/people/{member[Jan]}/letter", _send_form("/letter"), ".tb-letter"
    ),
    "roles": Sight("Bart", "/people/{member[Nadia]}/roles", proof="input[name='role']"),
    "roles, in error": Sight("Bart", "/people/{member[Jan]}/roles", _send_form("/give"), ERROR),
    "ideas": Sight("Jan", "/suggestions", proof="[data-idea]"),
    "ideas, none": Sight(NEWCOMER, "/suggestions", proof=".tb-empty"),
    "idea": Sight("Jan", "/suggestions/{member[idea]}", proof="#why"),
    "idea, no": Sight("Jan", "/suggestions/{member[idea]}/no", proof="[name='code']"),
    "idea, one of two": Sight("Jan", "/suggestions/{member[half]}", proof=".tb-next"),
    "idea, both": Sight("Jan", "/suggestions/{member[both]}", proof="#contact"),
    "offer": Sight("Fatima", "/my-needs/{member[offer]}/helper", proof="[name='moment']"),
    "offer, in error": Sight(
        "Fatima", "/my-needs/{member[offer]}/helper", _send_form("/helper/yes"), ERROR
    ),
    "offer, both": Sight("Fatima", "/my-needs/{member[offer both]}/helper", proof="#contact"),
    "offer, for somebody": Sight(
        "Nadia", "/worklist/needs/{member[half]}/helper", proof="[name='moment']"
    ),
    "worklist": Sight("Nadia", "/worklist", proof="#halfway .tb-slip"),
    "worklist, none": Sight(IDLE, "/worklist", proof=".tb-empty"),
    "whom to ask": Sight("Nadia", "/worklist/needs/{member[idea]}", proof="[name='member']"),
    "whom to ask, in error": Sight(
        "Nadia", "/worklist/needs/{member[idea]}", _send_form("/ask"), ERROR
    ),
    "whom to ask, nobody": Sight("Nadia", "/worklist/needs/{member[need]}", proof=".tb-empty"),
    "my helpers": Sight("Fatima", "/my-helpers", proof="#professionals"),
    "my helpers, in error": Sight("Fatima", "/my-helpers", _send_form("/appoint"), ERROR),
    "my people": Sight(PROFESSIONAL, "/my-people", proof="main li"),
    "paper": Sight("Nadia", "/paper", proof="#letters .tb-line"),
    "paper, in error": Sight("Nadia", "/paper", _choose_sheets("0"), ERROR),
    "blank slips": Sight("Nadia", "/paper/sheets/{paper[sheets]}", proof=".tb-blank"),
    "letters to print": Sight("Nadia", "/paper/letters/{paper[letters]}", proof=".tb-post"),
    "stack, empty": Sight(IDLE, "/paper/stack", proof="#row"),
    "stack, in error": Sight("Nadia", "/paper/stack", _type_slip("zz", "9", "m"), "#helper-error"),
    "stack, several fit": Sight("Nadia", "/paper/stack", _type_slip("van"), ".tb-candidates"),
    "stack, the same again": Sight("Nadia", "/paper/stack", _type_twice, "[name='knowingly']"),
    "stack of today": Sight("Nadia", "/paper/stack/day", proof=".tb-sheet"),
    "stack of today, empty": Sight(IDLE, "/paper/stack/day", proof=".tb-sheet"),
    "paper slip": Sight("Fatima", "/slip/{paper[slip]}", proof=".tb-buttons"),
    "paper slip, not known": Sight("Fatima", "/slip/12X", proof=".tb-notice"),
    "join": Sight(None, "/join/leiden", proof="input[name='given_name']"),
    "join, in error": Sight(None, "/join/leiden", _send_form("/send"), ERROR),
    "joined": Sight(None, "/join/leiden/sent"),
}

FIRST_VISITS = [
    sight
    for sight in SIGHTS.values()
    if sight.act not in (_open_everything, _open_the_map)
    and sight.path != "/my-data"
    and not sight.path.startswith("/offline/")
]
"""Who opens every heading or the map by hand may wait a little longer for what comes then, and the
page with everything about somebody is as long as their history. The page without a network comes
along unseen, after the start page whose files it shares."""
