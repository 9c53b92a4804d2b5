# SPDX-License-Identifier: EUPL-1.2
"""The demo story up to today, with one of every state a page can be in, made by the operations."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pathlib
import uuid

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.conftest import migrate
from timebank.access.operations import issue_code
from timebank.activities.operations import BookActivity, book_activity
from timebank.activities.policy import Helping, InitiatedBy
from timebank.agreements.models import AutomaticApproval
from timebank.amendments.operations import correct_exchange
from timebank.appointments.operations import answer_appointment, make_appointment, move_appointment
from timebank.appointments.policy import key_of_form
from timebank.appointments.wishes import MakeAppointment, MoveAppointment
from timebank.appointments.workflow import AppointmentState
from timebank.approvals.operations import Rejection, reject_exchange, return_exchange
from timebank.approvals.policy import Decision, DecisionKind
from timebank.areas.models import AreaShape
from timebank.areas.operations import open_applications, switch_on
from timebank.areas.queries import neighbourhoods_of
from timebank.asking.operations import ask_about
from timebank.boundaries.operations import AllowOverride, allow_override
from timebank.calls.models import CallReason
from timebank.calls.operations import tell_member
from timebank.clock import day_of
from timebank.concerns.operations import RaiseConcern, raise_concern
from timebank.demo.story import tell_story
from timebank.desk.operations import hold_decision
from timebank.disputes.operations import Complaint, raise_dispute
from timebank.disputes.policy import DisputeReason
from timebank.drafts.operations import save_draft
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.workflow import RejectionReason
from timebank.factors.operations import begin_factor, prove_factor
from timebank.introductions.operations import agree, ask_in_person
from timebank.introductions.queries import offer_for
from timebank.joining.operations import apply_to_join
from timebank.letters.operations import print_letters
from timebank.members.operations import EnrolMember, enrol_member, grant_role
from timebank.members.policy import Role
from timebank.months.operations import close_next_month
from timebank.needs.operations import Asked, ask_need, expire_needs
from timebank.notes.operations import write_note
from timebank.notes.policy import MemberNoteKind
from timebank.paper.operations import PrintSlips, print_slips
from timebank.paper.policy import slip_number
from timebank.planning.operations import keep_plan, make_plan, read_for_plan
from timebank.preferences.operations import avoid
from timebank.preferences.policy import DayPart
from timebank.referrals.operations import ask_referral, hand_over
from timebank.rollups.operations import roll_up
from timebank.staffing.operations import WriteTime, write_time
from timebank.suggestions.operations import Found, remember, say_yes
from timebank.talents.operations import note_talents
from timebank.thanks.operations import write_thanks
from timebank.trust.operations import appoint_stand_in, give_consent

NEWCOMER = "Floortje"
IDLE = "Lotte"
"""Coordinates a neighbourhood in which nothing has happened yet."""
QUIET_PLACE = "BU05460802"
PROFESSIONAL = "Petra"
WITHOUT_FACTOR, WITH_FACTOR = "Wieke", "Quirine"
"""Coordinators who did not use the demo's door: one has no telephone known yet, one has."""
LINES = 25
"""More than fit on one page of a statement."""


@dataclasses.dataclass
class World:
    """What the pages need to know of the story."""

    now: datetime.datetime
    database_url: str
    exchanges: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)
    forms: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)

    members: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)
    activities: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)
    appointments: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)
    papers: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def year(self) -> int:
        """The year of the last quarter that is over, when the story is told."""
        return self.now.year if self.now.month > 3 else self.now.year - 1

    @property
    def yesterday(self) -> datetime.date:
        return day_of(self.now) - datetime.timedelta(days=1)

    def letter_for(self, given_name: str) -> str:
        """Print a letter for this person and return its code, which opens the door once."""
        engine = ledger.prepare_engine(sa.create_engine(self.database_url))
        with Session(engine) as session:
            by = builders.actor_of(session, "Bart", today=day_of(self.now))
            code = issue_code(
                session,
                timebank_id=by.timebank_id,
                member_id=builders.member_of(session, given_name).id,
                by=by,
                now=datetime.datetime.now(datetime.UTC),
            )
            session.commit()
        engine.dispose()
        return code


def build_world(database_url: str, folder: pathlib.Path, now: datetime.datetime) -> World:
    """Tell the story in a new database and add what it leaves out."""
    migrate(database_url, folder)
    engine = ledger.prepare_engine(sa.create_engine(database_url))
    world = World(now, database_url)
    with Session(engine) as session:
        tell_story(session, now=now)
        _add_people(session, world)
        _add_staff(session, world)
        _add_trust(session, world)
        _add_exchanges(session, world)
        _add_forms(session, world)
        _add_what_was_said(session, world)
        _add_activities(session, world)
        _add_hours_of_staff(session, world)
        _add_paper(session, world)
        _add_the_line_with_professionals(session, world)
        _add_appointments(session, world)
        _add_wishes(session, world)
        _add_suggestions(session, world)
        _add_outlines(session)
        _add_closed_months(session, world)
        session.commit()
    engine.dispose()
    return world


def _add_outlines(session: Session) -> None:
    """Let Leiden have a map, of which one neighbourhood is not on it; Holten has tiles."""
    timebank = builders.timebank_of(session)
    places = neighbourhoods_of(session, timebank_id=timebank.id)
    for number, place in enumerate(places[1:]):
        west, south = 4.49 + 0.01 * (number % 2), 52.17 + 0.006 * (number // 2)
        ring = [[west, south], [west + 0.01, south], [west + 0.009, south + 0.006]]
        outline = json.dumps([[[*ring, [west, south + 0.005], ring[0]]]])
        session.add(AreaShape(code=place.code, year=place.year, polygons=outline))


def _add_closed_months(session: Session, world: World) -> None:
    """Do the work of a night: add the days up and close the months that are due."""
    bank = builders.timebank_of(session).id
    while roll_up(session, timebank_id=bank, now=world.now):
        pass
    while close_next_month(session, timebank_id=bank, now=world.now) is not None:
        pass


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


def _add_staff(session: Session, world: World) -> None:
    timebank = builders.timebank_of(session)
    for name, role in (
        (WITHOUT_FACTOR, Role.COORDINATOR),
        (WITH_FACTOR, Role.COORDINATOR),
        (PROFESSIONAL, Role.PROFESSIONAL),
    ):
        member = builders.a_member(session, timebank, name, "de Wit")
        place = builders.SLAAGHWIJK if role is Role.COORDINATOR else None
        grant_role(
            session,
            member,
            role,
            starts_on=builders.FOUNDED_ON,
            now=world.now,
            neighbourhood_code=place,
        )
    whose = {
        "timebank_id": timebank.id,
        "member_id": builders.member_of(session, WITH_FACTOR).id,
    }
    secret = begin_factor(session, **whose)
    digits = pyotp.TOTP(secret).at(world.now)
    prove_factor(session, **whose, digits=digits, now=world.now)


def _add_trust(session: Session, world: World) -> None:
    """Let Fatima trust people, and let somebody wait at the door and at the telephone."""
    now, today, timebank = world.now, day_of(world.now), builders.timebank_of(session)
    names = ("Fatima", "Jan", "Nadia", PROFESSIONAL)
    world.members = {name: builders.member_of(session, name).id for name in names}
    fatima, nadia = (builders.actor_of(session, name, today=today) for name in ("Fatima", "Nadia"))
    of_fatima = world.members["Fatima"]
    give_consent(session, professional_id=world.members[PROFESSIONAL], by=fatima, now=now)
    jan = world.members["Jan"]
    appoint_stand_in(session, member_id=of_fatima, stand_in_id=jan, by=fatima, now=now)
    for kind, words in (
        (MemberNoteKind.NOTE, "Belt liever na het eten."),
        (MemberNoteKind.CONCERN, "Kwam twee keer niet opdagen."),
    ):
        write_note(session, about=of_fatima, kind=kind, words=words, by=nadia, now=now)
    open_applications(session, timebank_id=timebank.id)
    wish = EnrolMember(timebank.id, "Wim", "de Boer", builders.SLAAGHWIJK, birth_year=1950)
    apply_to_join(session, wish, place="a library", now=now)
    quiet = EnrolMember(timebank.id, "Riet", "Zonder", builders.SLAAGHWIJK)
    to_be_called = enrol_member(session, quiet, now=now, today=today)
    world.members["Riet"] = to_be_called.id
    tell_member(
        session,
        CallReason.JOINED,
        timebank_id=timebank.id,
        member_id=to_be_called.id,
        letter=lambda _language: ("", ""),
        now=now,
    )


def _add_exchanges(session: Session, world: World) -> None:
    day, now, made = world.yesterday, world.now, world.exchanges
    note = "We hebben samen de boodschappen gehaald. Dat was gezellig!"
    for _ in range(LINES):
        builders.approved(session, now=now, helped_on=day)
    made["approved"] = builders.approved(session, now=now, helped_on=day, note=note)
    for state in ("submitted", "rejected", "withdrawn", "returned", "asked", "held"):
        made[state] = builders.logged(session, now=now, helped_on=day, note=note)
    builders.logged(session, "Nadia", "Greet", now=now, helped_on=day, minutes=45)
    by = builders.actor_of(session, "Nadia", today=day_of(now))
    rejection = Rejection(RejectionReason.OTHER, "Dit was op een andere dag, zegt Jan.")
    reject_exchange(session, made["rejected"], rejection, by=by, now=now)
    return_exchange(session, made["returned"], "Was dit dinsdag of woensdag?", by=by, now=now)
    ask_about(session, made["asked"], "Hoe laat was dit?", key=uuid.uuid4(), by=by, now=now)
    # Long enough for every page to be looked at.
    tomorrow = now + datetime.timedelta(days=1)
    approval = Decision(DecisionKind.APPROVE)
    key = uuid.uuid4()
    hold_decision(session, made["held"], approval, batch_id=key, by=by, now=now, until=tomorrow)
    drawn = {"timebank_id": by.timebank_id, "exchange_id": made["approved"]}
    session.add(AutomaticApproval(**drawn, approved_at=now, sampled=True))
    _add_ordinary(session, now=now, day=day)
    fatima = builders.actor_of(session, "Fatima", today=day_of(now))
    withdraw_exchange(session, made["withdrawn"], by=fatima, now=now)


def _add_ordinary(session: Session, *, now: datetime.datetime, day: datetime.date) -> None:
    """Let help wait about which nothing stands out, of two kinds."""
    session.flush()
    builders.approved(session, "Marijke", "Jan", now=now, helped_on=day, minutes=15)
    for kind in ("coffee", "coffee", "groceries"):
        builders.logged(
            session, "Marijke", "Jan", now=now, helped_on=day, minutes=15, category_code=kind
        )


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
        "papers": ("Fatima", full | {"category": "home_paperwork"}),
        "does not fit": ("Fatima", full | {"other": str(uuid.UUID(int=7))}),
    }
    for name, (given_name, answers) in forms.items():
        by = builders.actor_of(session, given_name, today=day_of(world.now))
        world.forms[name] = uuid.uuid4()
        if name == "sent before":
            form_key, day = world.forms[name], world.yesterday
            builders.logged(session, now=world.now, helped_on=day, minutes=15, form_key=form_key)
        save_draft(session, by=by, form_key=world.forms[name], answers=answers, now=world.now)


def _add_what_was_said(session: Session, world: World) -> None:
    """Let Jan object to what waits and to what was booked, and thank for something."""
    day, now, made = world.yesterday, world.now, world.exchanges
    nadia, jan = (builders.actor_of(session, name, today=day_of(now)) for name in ("Nadia", "Jan"))
    made["disputed"] = builders.logged(session, now=now, helped_on=day)
    made["corrected"] = builders.approved(session, now=now, helped_on=day)
    made["thanked"] = builders.approved(session, now=now, helped_on=day)
    complaint = Complaint(DisputeReason.WRONG_TIME, "Het was maar een half uur, geen anderhalf.")
    for name in ("disputed", "corrected"):
        raise_dispute(session, made[name], complaint, by=jan, now=now)
    right = builders.a_command(session, minutes=30, helped_on=day)
    made["correction"] = correct_exchange(
        session, made["corrected"], right, by=nadia, now=now
    ).exchange_id
    write_thanks(session, made["thanked"], "Dank u wel, het was fijn.", by=jan, now=now)


def _add_activities(session: Session, world: World) -> None:
    by = builders.actor_of(session, "Nadia", today=day_of(world.now))
    helpers = tuple(Helping(world.members[name], 180) for name in ("Fatima", "Jan"))
    for initiator in InitiatedBy:
        command = BookActivity(
            form_key=uuid.uuid4(),
            category_code="cooking_group",
            held_on=world.yesterday,
            neighbourhood_code=builders.SLAAGHWIJK,
            place="Buurthuis Op Eigen Wijze",
            initiated_by=initiator,
            helpers=helpers,
            guests=14,
        )
        booked = book_activity(session, command, by=by, now=world.now)
        world.activities[initiator] = booked.activity_id


def _add_hours_of_staff(session: Session, world: World) -> None:
    """Write down more of one's own than a page lists, and leave room for it to be taken back."""
    nadia = builders.actor_of(session, "Nadia", today=day_of(world.now))
    for minutes in range(15, 15 * LINES, 15):
        wish = WriteTime(uuid.uuid4(), builders.SLAAGHWIJK, world.yesterday, minutes)
        write_time(session, wish, by=nadia, now=world.now)


def _add_paper(session: Session, world: World) -> None:
    """Print a sheet of slips and the letters that are due."""
    nadia = builders.actor_of(session, "Nadia", today=day_of(world.now))
    wish = PrintSlips(uuid.uuid4(), builders.SLAAGHWIJK, 1)
    first = print_slips(session, wish, by=nadia, now=world.now)
    made = print_letters(
        session, uuid.uuid4(), neighbourhood_code=builders.SLAAGHWIJK, by=nadia, now=world.now
    )
    world.papers = {"slip": slip_number(first), "letters": str(made), "sheets": str(first)}


def _add_the_line_with_professionals(session: Session, world: World) -> None:
    """Let a worry, two referrals and an exception wait, and a visit lack its certificate."""
    now, today = world.now, day_of(world.now)
    fatima, jan, nadia, bart = (
        builders.actor_of(session, name, today=today) for name in ("Fatima", "Jan", "Nadia", "Bart")
    )
    assert jan.member_id is not None
    for name in ("referral", "handed over"):
        world.members[name] = uuid.uuid4()
    worry = RaiseConcern(uuid.uuid4(), None, "Zij deed vandaag niet open.")
    sent_at = now - datetime.timedelta(days=8)
    world.members["worry"] = raise_concern(session, worry, by=fatima, now=sent_at)
    for name in ("referral", "handed over"):
        ask_referral(session, world.members[name], about=jan.member_id, by=jan, now=now)
    hand_over(session, world.members["handed over"], partner="gp", consent=True, by=nadia, now=now)
    reason = "Eén middag, omdat de hulp ziek is."
    command = AllowOverride(uuid.uuid4(), fatima.member_id, jan.member_id, "household_help", reason)
    allow_override(session, command, by=bart, now=now)
    builders.logged(
        session, "Fatima", "Jan", now=now, helped_on=world.yesterday, category_code="company"
    )


def _add_appointments(session: Session, world: World) -> None:
    """Let Fatima and Jan agree on what comes, on today, and on days of which nobody spoke yet."""
    now, day = world.now, datetime.timedelta(days=1)
    today, long_ago = day_of(now), now - 30 * day
    fatima = builders.actor_of(session, "Fatima", today=today)
    days = {"coming": 4, "today": 0, "late": -9, "kept": -3, "not_kept": -4, "moved": -5}
    days |= {"fallen": -2, "asks first": 6}
    for name, ahead in days.items():
        command = MakeAppointment(
            uuid.uuid4(),
            world.members["Fatima"],
            world.members["Jan"],
            "talent_interview" if name == "asks first" else "groceries",
            today + ahead * day,
            part=DayPart.AFTERNOON,
            place="Bij de flat, bij de brievenbussen",
            tasks="Samen naar de markt, en de tassen dragen.",
            minutes=90,
        )
        made = make_appointment(session, command, by=fatima, now=long_ago)
        world.appointments[name] = made.appointment_id
    for name, answer in (("kept", "kept"), ("not_kept", "not_kept"), ("fallen", "kept")):
        state = AppointmentState(answer)
        answer_appointment(session, world.appointments[name], state, by=fatima, now=now)
    fallen = builders.logged(
        session,
        form_key=key_of_form(world.appointments["fallen"]),
        helped_on=today - 2 * day,
        now=now,
    )
    withdraw_exchange(session, fallen, by=fatima, now=now)
    move = MoveAppointment(uuid.uuid4(), today + 7 * day, DayPart.MORNING)
    move_appointment(session, world.appointments["moved"], move, by=fatima, now=now)
    world.appointments["new day"] = move.key


def _add_wishes(session: Session, world: World) -> None:
    """Let Fatima look for something with and without a kind, and let talents wait for a yes."""
    now = world.now
    fatima, nadia = (
        builders.actor_of(session, name, today=day_of(now)) for name in ("Fatima", "Nadia")
    )
    of_fatima = world.members["Fatima"]
    for name, asked_at in (("need", now), ("old need", now - datetime.timedelta(days=40))):
        world.members[name] = uuid.uuid4()
        asked = Asked("Wie snoeit met mij de heg in de tuin?", is_urgent=name == "need")
        ask_need(session, world.members[name], asked, about=of_fatima, by=nadia, now=asked_at)
    expire_needs(session, timebank_id=nadia.timebank_id, today=day_of(now), now=now)
    for about in (of_fatima, world.members["Riet"]):
        heard = ["coffee", "signpost"]
        note_talents(session, about, heard, offered=heard, said_yes=False, by=nadia, now=now)
    avoid(session, world.members["Jan"], by=fatima, now=now)


def _add_suggestions(session: Session, world: World) -> None:
    """Let Jan have ideas about Riet in every state, Riet one about Fatima, and plan a night."""
    now, today, day = world.now, day_of(world.now), datetime.timedelta(days=1)
    jan, riet, fatima, nadia = (
        builders.actor_of(session, name, today=today) for name in ("Jan", "Riet", "Fatima", "Nadia")
    )
    why = [
        {"code": "listed", "points": 30, "value": None},
        {"code": "near", "points": 26, "value": "here"},
        {"code": "same_time", "points": 12, "value": 3},
        {"code": "circle", "points": 8, "value": None},
        {"code": "hours", "points": 8, "value": None},
    ]
    for name, owner, giver in (
        *(("idea", riet, jan), ("half", riet, jan), ("both", riet, jan)),
        *(("offer", fatima, riet), ("offer both", fatima, riet), ("asked", jan, riet)),
    ):
        assert owner.member_id is not None
        assert giver.member_id is not None
        need_id = world.members[name] = uuid.uuid4()
        asked = Asked(
            "Wie gaat er met mij naar de markt? Alleen vind ik het druk.", "groceries", 90
        )
        ask_need(session, need_id, asked, about=owner.member_id, by=owner, now=now - 9 * day)
        found = Found(need_id, 84, why)
        remember(session, found, giver_id=giver.member_id, by=giver, now=now)
        if name == "asked":
            ask_in_person(session, found, giver_id=giver.member_id, by=nadia, now=now)
        elif name != "idea":
            say_yes(session, need_id, giver_id=giver.member_id, by=giver, now=now)
        if name.endswith("both"):
            possible = list(offer_for(session, need_id, by=owner, now=now).moments)
            agree(session, need_id, possible[0], possible=possible, by=owner, now=now)
    read = read_for_plan(session, timebank_id=jan.timebank_id, slug="leiden", now=now)
    keep_plan(session, make_plan(read, now=now), timebank_id=jan.timebank_id, now=now)
