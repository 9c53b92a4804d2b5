# SPDX-License-Identifier: EUPL-1.2
"""The demo story up to today, with one of every state a page can be in, made by the operations."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.conftest import migrate
from timebank.approvals.operations import Rejection, reject_exchange
from timebank.areas.operations import switch_on
from timebank.clock import day_of
from timebank.demo.story import tell_story
from timebank.drafts.operations import save_draft
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.workflow import RejectionReason
from timebank.members.operations import grant_role
from timebank.members.policy import Role

NEWCOMER = "Floortje"
IDLE = "Lotte"
"""Coordinates a neighbourhood in which nothing has happened yet."""
QUIET_PLACE = "BU05460802"
LINES = 25
"""More than fit on one page of a statement."""


@dataclasses.dataclass
class World:
    """What the pages need to know of the story."""

    now: datetime.datetime
    exchanges: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)
    forms: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)

    @property
    def yesterday(self) -> datetime.date:
        return day_of(self.now) - datetime.timedelta(days=1)


def build_world(database_url: str, folder: pathlib.Path, now: datetime.datetime) -> World:
    """Tell the story in a new database and add what it leaves out."""
    migrate(database_url, folder)
    engine = ledger.prepare_engine(sa.create_engine(database_url))
    world = World(now)
    with Session(engine) as session:
        tell_story(session, now=now)
        _add_people(session, world)
        _add_exchanges(session, world)
        _add_forms(session, world)
        session.commit()
    engine.dispose()
    return world


def _add_people(session: Session, world: World) -> None:
    timebank, today = builders.timebank_of(session), day_of(world.now)
    switch_on(session, timebank_id=timebank.id, code=QUIET_PLACE, today=today)
    builders.a_member(session, timebank, NEWCOMER, "van Dalen", joined_on=today)
    idle = builders.a_member(session, timebank, IDLE, "Smit", QUIET_PLACE)
    grant_role(
        session,
        idle,
        Role.COORDINATOR,
        starts_on=builders.FOUNDED_ON,
        now=world.now,
        neighbourhood_code=QUIET_PLACE,
    )


def _add_exchanges(session: Session, world: World) -> None:
    day, now, made = world.yesterday, world.now, world.exchanges
    note = "We hebben samen de boodschappen gehaald. Dat was gezellig!"
    for _ in range(LINES):
        builders.approved(session, now=now, helped_on=day)
    made["approved"] = builders.approved(session, now=now, helped_on=day, note=note)
    for state in ("submitted", "rejected", "withdrawn"):
        made[state] = builders.logged(session, now=now, helped_on=day, note=note)
    builders.logged(session, "Nadia", "Greet", now=now, helped_on=day, minutes=45)
    by = builders.actor_of(session, "Nadia", today=day_of(now))
    rejection = Rejection(RejectionReason.OTHER, "Dit was op een andere dag, zegt Jan.")
    reject_exchange(session, made["rejected"], rejection, by=by, now=now)
    fatima = builders.actor_of(session, "Fatima", today=day_of(now))
    withdraw_exchange(session, made["withdrawn"], by=fatima, now=now)


def _add_forms(session: Session, world: World) -> None:
    """Keep drafts, so that every step of the form can be opened at once."""
    jan = str(builders.member_of(session, "Jan").id)
    full = {
        "other": jan,
        "category": "groceries",
        "helped_on": world.yesterday.isoformat(),
        "minutes": "90",
        "note": "Met de fiets gegaan.",
    }
    forms = {
        "full": ("Fatima", full),
        "begun": ("Fatima", {"other": jan}),
        "professional": ("Fatima", {"other": jan}),
        "sent before": ("Fatima", full),
        "too early": (NEWCOMER, full),
        "does not fit": ("Fatima", full | {"other": str(uuid.UUID(int=7))}),
    }
    for name, (given_name, answers) in forms.items():
        by = builders.actor_of(session, given_name, today=day_of(world.now))
        world.forms[name] = uuid.uuid4()
        if name == "sent before":
            form_key, day = world.forms[name], world.yesterday
            builders.logged(session, now=world.now, helped_on=day, minutes=15, form_key=form_key)
        save_draft(session, by=by, form_key=world.forms[name], answers=answers, now=world.now)
