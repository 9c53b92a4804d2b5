# SPDX-License-Identifier: EUPL-1.2
"""The story: half a year of help among invented neighbours, played through the real operations.

The same day always tells the same story. It is a test of the whole house, the material of the
pictures in the docs, and what a visitor of the demo walks into.
"""

from __future__ import annotations

import dataclasses
import datetime
import random
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.approvals.operations import Rejection, approve_exchange, reject_exchange
from timebank.areas.models import Timebank
from timebank.areas.operations import OpenTimebank, load_areas, open_timebank, switch_on
from timebank.categories.operations import load_categories
from timebank.demo.closing import close_what_is_over
from timebank.demo.endings import correct_the_newest, give_back, make_the_calls, object_to
from timebank.demo.people import script
from timebank.demo.wishes import let_people_wish
from timebank.exchanges.operations import LogExchange, log_exchange, withdraw_exchange
from timebank.exchanges.workflow import RejectionReason
from timebank.members.models import Member
from timebank.members.operations import EnrolMember, enrol_member, grant_role
from timebank.members.policy import Actor, Permission, Role
from timebank.members.queries import load_actor

WEEKS, LONG_A_MEMBER = 26, 200
SLIPS_SINCE = datetime.date(2026, 1, 5)
"""Older members joined by this day at the latest, so that the sample slips of March 2026 fit."""
MINUTES = (15, 30, 30, 45, 60, 60, 60, 90, 90, 120, 120, 180)
HELP_A_WEEK = {"leiden": 12, "holten": 8}
MOST_DAYS_TO_WRITE, MOST_DAYS_TO_DECIDE, WAITING_AT_LEAST = 4, 5, 3
STILL_WAITING_DAYS = 6
"""What was written down in the last days of the story still waits."""
NOTED_SHARE, NEARBY_SHARE = 0.25, 0.7
REJECTED_PERCENT, WITHDRAWN_PERCENT = 4, 2
NOTES = (
    "Het was gezellig.",
    "We hebben ook koffie gedronken.",
    "Volgende week weer.",
    "Met de fiets gegaan.",
    "De kraan lekt niet meer.",
)
_SEED, _NAMESPACE = 546, uuid.UUID("0d3f3a0e-7a6f-5d6c-8f0e-5f1f9f2d7b10")


@dataclasses.dataclass(frozen=True)
class Neighbour:
    """Somebody of the story, as the storyteller needs them."""

    member_id: uuid.UUID
    neighbourhood_code: str
    joined_on: datetime.date
    good_at: tuple[str, ...]
    looks_for: tuple[str, ...]


def tell_story(
    session: Session, *, now: datetime.datetime, progress: Callable[[], object] = lambda: None
) -> None:
    """Open the two timebanks of the story and play it up to ``now``. The caller commits.

    Args:
        progress: called a hundred times, evenly spread.
    """
    load_areas(session)
    steps = 100 // (len(script()["timebank"]) * WEEKS)
    told = 0
    for row in script()["timebank"]:
        told += _tell_of_one(session, row, now, progress, steps)
    for _ in range(100 - told):
        progress()


def _tell_of_one(
    session: Session,
    row: dict[str, Any],
    now: datetime.datetime,
    progress: Callable[[], object],
    steps: int,
) -> int:
    chance = random.Random(f"{_SEED}-{row['slug']}")  # noqa: S311 - a story, not a secret
    timebank = _open(session, row, now)
    teller = _Teller(session, timebank, _enrol_everyone(session, timebank, now), chance, now)
    for week in range(WEEKS):
        teller.tell_week(week)
        make_the_calls(session, teller.staff[-1], now=now - datetime.timedelta(weeks=WEEKS - week))
        for _ in range(steps):
            progress()
    teller.finish(now - datetime.timedelta(days=STILL_WAITING_DAYS))
    close_what_is_over(session, timebank_id=timebank.id, now=now)
    return WEEKS * steps


def _open(session: Session, row: dict[str, Any], now: datetime.datetime) -> Timebank:
    today = clock.day_of(now)
    command = OpenTimebank(
        slug=row["slug"],
        name=row["name"],
        municipality_code=row["municipality"],
        contact_name=row["contact_name"],
        contact_phone=row["phone"],
        contact_email=row["email"],
    )
    timebank = open_timebank(session, command, today=today)
    ledger.enter_timebank(session, timebank.id)
    load_categories(session, timebank_id=timebank.id)
    for code in row["neighbourhoods"]:
        switch_on(session, timebank_id=timebank.id, code=code, today=today)
    return timebank


def _enrol_everyone(
    session: Session, timebank: Timebank, now: datetime.datetime
) -> list[Neighbour]:
    neighbours = []
    for row in script()["person"]:
        if row["timebank"] == timebank.slug:
            member = _enrol(session, timebank, row, now)
            if member.neighbourhood_code is not None and "resident" in row["roles"]:
                neighbours.append(
                    Neighbour(
                        member.id,
                        member.neighbourhood_code,
                        member.joined_on,
                        tuple(row["good_at"]),
                        tuple(row["looks_for"]),
                    )
                )
    return neighbours


def _enrol(
    session: Session, timebank: Timebank, row: dict[str, Any], now: datetime.datetime
) -> Member:
    joined_on = clock.day_of(now) - datetime.timedelta(days=row["joined_days_ago"])
    if row["joined_days_ago"] >= LONG_A_MEMBER:
        joined_on = min(joined_on, SLIPS_SINCE)
    then = clock.start_of(joined_on)
    command = EnrolMember(
        timebank_id=timebank.id,
        given_name=row["given_name"],
        family_name=row["family_name"],
        neighbourhood_code=row["neighbourhood"] or None,
        email=row.get("email"),
        language=row["language"],
    )
    member = enrol_member(session, command, now=then, today=joined_on)
    for text in row["roles"]:
        role, _, code = text.partition(":")
        if role != Role.RESIDENT:
            grant_role(
                session,
                member,
                Role(role),
                starts_on=joined_on,
                now=then,
                neighbourhood_code=code or None,
            )
    return member


@dataclasses.dataclass(order=True)
class _ToLog:
    """Help that is still to be written down."""

    at: datetime.datetime
    command: LogExchange = dataclasses.field(compare=False)
    helper: Neighbour = dataclasses.field(compare=False)
    helped: Neighbour = dataclasses.field(compare=False)


@dataclasses.dataclass(order=True)
class _ToDecide:
    """A decision that is still to come."""

    at: datetime.datetime
    exchange_id: uuid.UUID
    helper_id: uuid.UUID = dataclasses.field(compare=False)
    helped_id: uuid.UUID = dataclasses.field(compare=False)
    logged_by: Actor = dataclasses.field(compare=False)
    neighbourhood_code: str = dataclasses.field(compare=False)


class _Teller:
    """Tells one timebank's half year, in the order in which things are written down."""

    def __init__(
        self,
        session: Session,
        timebank: Timebank,
        neighbours: list[Neighbour],
        chance: random.Random,
        now: datetime.datetime,
    ) -> None:
        self.session = session
        self.timebank = timebank
        self.neighbours = neighbours
        self.chance = chance
        self.now = now
        self.first_day = clock.day_of(now) - datetime.timedelta(weeks=WEEKS)
        self.to_log: list[_ToLog] = []
        self.to_decide: list[_ToDecide] = []
        self.actors: dict[uuid.UUID, Actor] = {}
        self.staff = self._staff()

    def tell_week(self, week: int) -> None:
        """Let neighbours help each other for a week, and the coordinators decide meanwhile."""
        monday = self.first_day + datetime.timedelta(weeks=week)
        moments = sorted(
            (monday + datetime.timedelta(days=self.chance.randrange(7)), number)
            for number in range(HELP_A_WEEK[self.timebank.slug])
        )
        for day, number in moments:
            self._plan_help(day, f"{week}-{number}")
        self._log_until(clock.start_of(monday + datetime.timedelta(weeks=1)))

    def finish(self, moment: datetime.datetime) -> None:
        """Write down what is left, and decide what falls before this moment."""
        self._log_until(self.now)
        self.decide_until(moment)
        let_people_wish(
            self.session, self.neighbours, actor_of=self._actor, staff=self.staff, now=self.now
        )
        if len(self.to_decide) >= WAITING_AT_LEAST + 2:
            self._let_people_differ(self.now - datetime.timedelta(seconds=1))

    def _let_people_differ(self, at: datetime.datetime) -> None:
        unclear, wrong = self.to_decide[:2]
        other = ({wrong.helper_id, wrong.helped_id} - {wrong.logged_by.member_id}).pop()
        give_back(self.session, unclear.exchange_id, by=self._decider(unclear), now=at)
        object_to(self.session, wrong.exchange_id, by=self._actor(other), now=at)
        correct_the_newest(self.session, by=self.staff[-1], now=at)

    def decide_until(self, moment: datetime.datetime) -> None:
        """Play the decisions that fall before this moment, oldest first."""
        self.to_decide.sort()
        while self.to_decide and self.to_decide[0].at <= moment:
            self._decide(self.to_decide.pop(0))

    def _log_until(self, moment: datetime.datetime) -> None:
        """Write down what falls before this moment, oldest first, and decide in between."""
        self.to_log.sort()
        while self.to_log and self.to_log[0].at < moment:
            item = self.to_log.pop(0)
            self.decide_until(item.at)
            self._log(item)

    def _plan_help(self, day: datetime.date, name: str) -> None:
        pair = self._pair(day)
        written_on = day + datetime.timedelta(days=self.chance.randrange(MOST_DAYS_TO_WRITE))
        at = clock.start_of(written_on) + datetime.timedelta(
            minutes=self.chance.randrange(480, 1260)
        )
        if pair is None or at >= self.now:
            return
        helper, helped, category = pair
        command = LogExchange(
            form_key=uuid.uuid5(_NAMESPACE, f"{self.timebank.slug}-{self.first_day}-{name}"),
            helper_id=helper.member_id,
            helped_id=helped.member_id,
            category_code=category,
            minutes=self.chance.choice(MINUTES),
            helped_on=day,
            note=self.chance.choice(NOTES) if self.chance.random() < NOTED_SHARE else "",
        )
        self.to_log.append(_ToLog(at, command, helper, helped))

    def _log(self, item: _ToLog) -> None:
        actor = self._actor(self.chance.choice([item.helper, item.helped]).member_id)
        logged = log_exchange(self.session, item.command, by=actor, now=item.at)
        hours = self.chance.randrange(2, 24 * MOST_DAYS_TO_DECIDE)
        self.to_decide.append(
            _ToDecide(
                at=item.at + datetime.timedelta(hours=hours),
                exchange_id=logged.exchange_id,
                helper_id=item.helper.member_id,
                helped_id=item.helped.member_id,
                logged_by=actor,
                neighbourhood_code=item.helped.neighbourhood_code,
            )
        )

    def _pair(self, day: datetime.date) -> tuple[Neighbour, Neighbour, str] | None:
        """Choose who is helped, and a neighbour who is good at it, preferably from nearby."""
        there = [one for one in self.neighbours if one.joined_on <= day]
        helped = self.chance.choice(there)
        fitting = [
            (one, category)
            for one in there
            for category in one.good_at
            if one is not helped and category in helped.looks_for
        ]
        nearby = [
            pair for pair in fitting if pair[0].neighbourhood_code == helped.neighbourhood_code
        ]
        choices = nearby if nearby and self.chance.random() < NEARBY_SHARE else fitting
        if not choices:
            helper = self.chance.choice([one for one in there if one is not helped])
            return helper, helped, self.chance.choice(helper.good_at)
        helper, category = self.chance.choice(choices)
        return helper, helped, category

    def _decide(self, item: _ToDecide) -> None:
        fate = self.chance.randrange(100)
        if fate < WITHDRAWN_PERCENT:
            withdraw_exchange(self.session, item.exchange_id, by=item.logged_by, now=item.at)
        elif fate < WITHDRAWN_PERCENT + REJECTED_PERCENT:
            rejection, by = Rejection(RejectionReason.WRONG_DAY_OR_TIME), self._decider(item)
            reject_exchange(self.session, item.exchange_id, rejection, by=by, now=item.at)
        else:
            approve_exchange(self.session, item.exchange_id, by=self._decider(item), now=item.at)

    def _decider(self, item: _ToDecide) -> Actor:
        """Return a coordinator of the neighbourhood who took no part, else an administrator."""
        parties = (item.helper_id, item.helped_id)
        for actor in self.staff:
            reach = actor.reach(Permission.DECIDE_EXCHANGES)
            if actor.member_id not in parties and reach.covers(item.neighbourhood_code):
                return actor
        raise LookupError(item.exchange_id)

    def _staff(self) -> list[Actor]:
        """Return who may decide: coordinators before administrators."""
        here, decide = Member.timebank_id == self.timebank.id, Permission.DECIDE_EXCHANGES
        ids = self.session.scalars(select(Member.id).where(here).order_by(Member.id))
        deciding = [actor for actor in map(self._actor, ids.all()) if actor.can(decide)]
        return sorted(deciding, key=lambda actor: actor.reach(decide).everywhere)

    def _actor(self, member_id: uuid.UUID) -> Actor:
        if member_id not in self.actors:
            actor = load_actor(
                self.session,
                timebank_id=self.timebank.id,
                member_id=member_id,
                today=clock.day_of(self.now),
            )
            assert actor is not None  # noqa: S101 - enrolled a moment ago
            self.actors[member_id] = actor
        return self.actors[member_id]
