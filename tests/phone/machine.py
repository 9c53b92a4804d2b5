# SPDX-License-Identifier: EUPL-1.2
"""Two people, one phone and a bad network, against the real server: what may never be seen.

Whatever is lost, sent twice, overtaken or evicted: help that was written down once stands at most
once, the phone never says "arrived" of what is not there nor "refused" of what is, and what was
neither taken away nor evicted is still on the phone.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from tests.conftest import Clock
from tests.phone.in_node import Entry, QueueInNode
from tests.web import roads
from timebank.categories.models import HelpCategory
from timebank.drafts.models import ExchangeDraft
from timebank.exchanges.models import Exchange
from timebank.extensions import db

HEADERS = {"X-Timebank-Queue": "1"}
OWNERS = ("Fatima", "Jan")
FATES = (
    "arrives",
    "lost",
    "answer lost",
    "twice",
    "late",
    "fails before the commit",
    "fails after the commit",
)
GOOD = [("Greet", "groceries", 60, 0), ("Greet", "coffee", 15, 1)]
ODD = [
    ("later", "coffee", 60, 0),
    ("unknown", "coffee", 60, 0),
    ("Jan", "coffee", 60, 0),
    ("Greet", "personal_care", 60, 0),
    ("Greet", "coffee", 7, 0),
    ("Greet", "groceries", 60, -1),
]
WISHES = [*GOOD * 4, *ODD]
"""The other person, the kind of help, minutes and days ago: mostly what fits."""
Content = tuple[str, str, str, int, str]
Row = tuple[str, str, Content]
numbers = st.integers(0, 50)
STEPS = {
    "write_down": (5, st.tuples(st.sampled_from(["gave", "received"]), st.sampled_from(WISHES))),
    "deliver": (9, st.tuples(st.sampled_from([1, 2, 20, 20]), st.sampled_from(FATES))),
    "sign_in": (2, st.tuples(st.sampled_from(OWNERS))),
    "arrive_late": (2, st.tuples(numbers, st.booleans())),
    "hear_an_old_answer": (2, st.tuples(numbers)),
    "sign_out": (1, st.tuples()),
    "take_away": (1, st.tuples(numbers)),
    "finish_in_the_form": (1, st.tuples()),
    "wait": (1, st.tuples(st.sampled_from([0.01, 1, 90]))),
    "offer": (1, st.tuples(st.booleans())),
    "reload": (1, st.tuples()),
    "evict": (1, st.tuples()),
}
"""What can happen: how often, and how."""
step = st.sampled_from([name for name, (often, _) in STEPS.items() for _ in range(often)]).flatmap(
    lambda name: st.tuples(st.just(name), STEPS[name][1])
)
steps = st.lists(step, min_size=12, max_size=20)


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What a run takes place in."""

    app: Flask
    clock: Clock
    queue: QueueInNode
    people: dict[str, str]
    """Ids by given name."""


def surroundings(app: Flask, clock: Clock, queue: QueueInNode) -> Surroundings:
    names = (*OWNERS, "Greet")
    return Surroundings(app, clock, queue, {n: str(roads.member_id(app, n)) for n in names})


class PhoneAndServer:
    """One phone, on which Fatima and Jan sign in by turns."""

    def __init__(self, around: Surroundings, *, with_key: bool = True) -> None:
        """Begin. ``with_key`` is off in the negative control: each delivery has its own key."""
        self.around, self.with_key = around, with_key
        self._open("groceries", yes=True)
        self.phone: list[Entry] = []
        self.written: dict[str, Content] = {}
        self.owner_of: dict[str, str] = {}
        self.gone: set[str] = set()
        self.finished: set[str] = set()
        self.on_their_way: list[tuple[FlaskClient, dict[str, Any]]] = []
        self.old_answers: list[tuple[str, Any]] = []
        self.rows_before = set(self._rows())
        self.who, self.browser = "", roads.visitor(self.around.app)
        self.sign_in("Fatima")
        for side, wish in zip(("gave", "received"), GOOD, strict=True):
            self.write_down(side, wish)

    def play(self, run: list[tuple[str, tuple[Any, ...]]]) -> None:
        """Play a run, look after each step, and end well."""
        for name, how in run:
            getattr(self, name)(*how)
            self.check()
        self.end_well()

    # ---- what people do ----

    def sign_in(self, who: str) -> None:
        self.who, self.browser = who, roads.sign_in(self.around.app, who)

    def sign_out(self) -> None:
        self.browser.post("/sign-out")

    def write_down(self, side: str, wish: tuple[str, str, int, int]) -> None:
        other, category, minutes, days_ago = wish
        key, me, people = str(uuid.uuid4()), self.around.people[self.who], self.around.people
        other_id = {"later": None, "unknown": str(uuid.uuid4())}.get(other, people.get(other))
        day = (self.around.clock.moment - datetime.timedelta(days=days_ago)).date().isoformat()
        answers = {"key": key, "side": side, "other": other_id}
        answers |= {"category": category, "minutes": minutes, "helped_on": day}
        self.phone = self._queue("add", self.phone, me, answers)
        pair = (me, str(other_id)) if side == "gave" else (str(other_id), me)
        self.written[key] = (*pair, category, minutes, day)
        self.owner_of[key] = me

    def take_away(self, which: int) -> None:
        if not self.phone:
            return
        key = self.phone[which % len(self.phone)]["key"]
        before, self.phone = self.phone, self._queue("forget", self.phone, key)
        if len(self.phone) < len(before):
            self.gone.add(key)

    def finish_in_the_form(self) -> None:
        """Answer what was missing on the page to which the phone leads, with other minutes."""
        refused = [entry for entry in self.phone if entry["state"] == "refused"]
        entry = refused[0] if refused else None
        if entry is None or entry["key"] in self.finished or not entry["url"].endswith("/check"):
            return
        key, me, greet = entry["key"], entry["owner"], self.around.people["Greet"]
        browser = roads.sign_in(self.around.app, self._name(me))
        today = self.around.clock.moment.date().isoformat()
        form = entry["url"].removesuffix("check")
        for step, data in (
            ("other", {"other": greet}),
            ("category", {"category": "coffee"}),
            ("day", {"helped_on": today}),
            ("minutes", {"minutes": "30"}),
        ):
            assert browser.post(form + step, data=data).status_code == 303
        assert "/exchanges/new/" not in browser.post(form + "check").headers["Location"]
        pair = (me, greet) if entry["side"] == "gave" else (greet, me)
        self.written[key] = (*pair, "coffee", 30, today)
        self.finished.add(key)

    # ---- what the world does ----

    def wait(self, days: float) -> None:
        self.around.clock.advance(days=days)

    def offer(self, is_open: bool) -> None:
        self._open("groceries", yes=is_open)

    def reload(self) -> None:
        """Load the page anew: what is stored stays, answers under way reach nobody."""
        self.old_answers.clear()

    def evict(self) -> None:
        self.gone |= {entry["key"] for entry in self.phone}
        self.phone = []

    def deliver(self, most: int, fate: str) -> None:
        me = self.around.people[self.who]
        batch = self._queue("batch", self.phone, me, most)
        if not batch:
            return
        self.phone = self._queue("tried", self.phone, [entry["key"] for entry in batch])
        request, answer = self._queue("request", me, batch), None
        if fate == "late":
            self.on_their_way.append((self.browser, request))
        elif fate != "lost":
            answer = self._send(self.browser, request, fate)
        if fate == "twice":
            self.old_answers.append((me, answer))
            answer = self._send(self.browser, request, fate)
        if fate == "answer lost":
            self.old_answers.append((me, answer))
            answer = None
        self.phone = self._queue("settle", self.phone, me, answer)

    def arrive_late(self, which: int, forget: bool) -> None:
        if not self.on_their_way:
            return
        browser, request = self.on_their_way[which % len(self.on_their_way)]
        self.old_answers.append((request["owner"], self._send(browser, request, "arrives")))
        if forget:
            self.on_their_way.remove((browser, request))

    def hear_an_old_answer(self, which: int) -> None:
        if not self.old_answers:
            return
        owner, answer = self.old_answers[which % len(self.old_answers)]
        self.phone = self._queue("settle", self.phone, owner, answer)

    # ---- what must hold ----

    def check(self) -> None:
        """Look at the phone and into the database, and compare."""
        rows = self._new_rows()
        self._no_help_stands_twice(rows)
        self._the_phone_says_what_is_so(rows)
        assert {entry["key"] for entry in self.phone} == set(self.written) - self.gone, "lost"

    def _no_help_stands_twice(self, new: set[Row]) -> None:
        stand = collections.Counter(content for _, _, content in new)
        wished = collections.Counter(self.written.values())
        assert stand <= wished, f"it stands more often than it was written down: {stand - wished}"

    def _the_phone_says_what_is_so(self, new: set[Row]) -> None:
        rows = {key: (owner, content) for key, owner, content in new}
        for entry in self.phone:
            key = entry["key"]
            if entry["state"] == "stands" and self.with_key:
                assert rows.get(key) == (entry["owner"], self.written[key]), "said to be there"
            if entry["state"] == "refused" and key not in self.finished:
                assert key not in rows, "said to be refused"
        if self.with_key:
            assert all(owner == self.owner_of[key] for key, (owner, _) in rows.items())

    def end_well(self) -> None:
        """In the end the network is good, and both sign in once more: all gets its answer."""
        for who in OWNERS:
            self.sign_in(who)
            for _ in range(3):
                self.deliver(20, "arrives")
        self.check()
        assert not [entry for entry in self.phone if entry["state"] == "waiting"]
        kept = self._forms() | {key for key, _, _ in self._new_rows()}
        refused = {entry["key"] for entry in self.phone if entry["state"] == "refused"}
        assert refused <= kept or not self.with_key, "refused, and nowhere to go on"

    # ---- how ----

    def _queue(self, name: str, *values: object) -> Any:
        return self.around.queue.call(name, *values)

    def _send(self, browser: FlaskClient, request: dict[str, Any], fate: str) -> Any:
        """Send it and return what the phone understands of the answer."""
        names = {entry["key"]: entry["key"] for entry in request["entries"]}
        if not self.with_key:
            names = {str(uuid.uuid4()): key for key in names}
            renamed = zip(request["entries"], names, strict=True)
            request = request | {"entries": [entry | {"key": key} for entry, key in renamed]}
        with failing_commit(fate):
            response = browser.post("/exchanges/queued", json=request, headers=HEADERS)
        assert response.status_code in (200, 401, 503), response.text
        if response.status_code != 200:
            return None
        answer = response.get_json()
        for verdict in answer["answers"]:
            verdict["key"] = names[verdict["key"]]
        return answer

    def _rows(self) -> Iterator[Row]:
        with roads.reading(self.around.app) as connection:
            for row in connection.execute(sa.select(Exchange.__table__)):
                pair = (str(row.helper_id), str(row.helped_id))
                content = (*pair, row.category_code, row.minutes, row.helped_on.isoformat())
                yield str(row.form_key), str(row.logged_by), content

    def _new_rows(self) -> set[Row]:
        return set(self._rows()) - self.rows_before

    def _forms(self) -> set[str]:
        with roads.reading(self.around.app) as connection:
            return {str(key) for key in connection.scalars(sa.select(ExchangeDraft.form_key))}

    def _name(self, member_id: str) -> str:
        return next(name for name, one in self.around.people.items() if one == member_id)

    def _open(self, code: str, *, yes: bool) -> None:
        with self.around.app.app_context():
            db.session.execute(
                sa.update(HelpCategory).where(HelpCategory.code == code).values(is_open=yes)
            )
            db.session.commit()


@contextlib.contextmanager
def failing_commit(fate: str) -> Iterator[None]:
    """Let the commit of the delivery fail: before it is done, or after, so that nobody knows."""
    if not fate.startswith("fails"):
        yield
        return
    commit = db.session.commit

    def cut() -> None:
        if fate == "fails after the commit":
            commit()
        raise OperationalError("COMMIT", None, Exception("the connection was cut"))

    with patch.object(db.session, "commit", cut):
        yield
