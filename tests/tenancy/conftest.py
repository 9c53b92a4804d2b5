# SPDX-License-Identifier: EUPL-1.2
"""Two timebanks that are the same in everything but their number, and the roles that look at them.

``owner_engine`` is everything's owner and sees all; ``clerk`` is the role of the application.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.access.asking import ask
from tests.appointments.making import DAY, agreed
from tests.databases import APP_ROLE, READER_ROLE, PostgresqlTemplates
from tests.erasure.canary import a_file_with, let_a_canary_live
from timebank.access.operations import issue_code
from timebank.activities.operations import BookActivity, book_activity
from timebank.activities.policy import Helping, InitiatedBy
from timebank.agreements.operations import confirm_exchange
from timebank.amendments.operations import change_kind, correct_exchange
from timebank.approvals.operations import approve_exchange
from timebank.approvals.policy import Decision, DecisionKind
from timebank.asking.operations import ask_about
from timebank.audit.operations import write_down
from timebank.calls.models import CallReason
from timebank.calls.operations import tell_member
from timebank.clock import day_of
from timebank.desk.operations import hold_decision
from timebank.disputes.operations import Complaint, raise_dispute
from timebank.disputes.policy import DisputeReason
from timebank.drafts.operations import save_draft
from timebank.erasure.operations import erase_member
from timebank.exchanges.operations import log_exchange
from timebank.factors.operations import begin_factor
from timebank.imports.operations import keep_file
from timebank.letters.operations import print_letters
from timebank.members.models import Person
from timebank.months.operations import choose_closing_day, close_next_month
from timebank.paper.operations import PrintSlips, TypeSlip, print_slips, type_slip
from timebank.planning.operations import keep_plan, make_plan, read_for_plan
from timebank.proofs.operations import record_proof
from timebank.publication.thresholds import Thresholds
from timebank.reminders.operations import remind_of_tomorrow
from timebank.rollups.operations import record_figure_proof, roll_up
from timebank.rules.operations import change_rules
from timebank.rules.policy import Rules
from timebank.service_areas.operations import group_neighbourhoods
from timebank.showing.operations import choose_thresholds
from timebank.staffing.operations import WriteTime, write_time
from timebank.thanks.operations import write_thanks
from timebank.towns.operations import place_neighbourhood

HERE, TWIN = 1, 77
"""The number of timebank leiden, and of its twin."""


@dataclasses.dataclass(frozen=True)
class Twins:
    """A database in which two timebanks hold the same rows."""

    url: str
    owner: sa.Engine

    def engine_of(self, role: str, **options: object) -> sa.Engine:
        url = sa.make_url(self.url).set(username=role)
        return sa.create_engine(url, **options)


@pytest.fixture(scope="module")
def twins(
    postgresql_templates: PostgresqlTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Twins]:
    with postgresql_templates.copy("town", tmp_path_factory.mktemp("twins")) as url:
        owner = sa.create_engine(url)
        with Session(owner) as session:
            assert builders.timebank_of(session).id == HERE
            _live_a_little(session)
            session.commit()
        with owner.begin() as connection:
            _bear_a_twin(connection)
        yield Twins(url, owner)
        owner.dispose()


@pytest.fixture
def clerk(twins: Twins) -> Iterator[sa.Engine]:
    """The database as the application sees it, over one pooled connection."""
    engine = twins.engine_of(APP_ROLE, pool_size=1, max_overflow=0)
    yield engine
    engine.dispose()


@pytest.fixture
def reader(twins: Twins) -> Iterator[sa.Engine]:
    engine = twins.engine_of(READER_ROLE)
    yield engine
    engine.dispose()


def _live_a_little(session: Session) -> None:
    """Leave at least a row in each table of timebank leiden."""
    jan, now = builders.actor_of(session, "Jan"), builders.NOW
    builders.logged(session, note="Het was gezellig.")
    builders.approved(session)
    save_draft(session, by=jan, form_key=uuid.uuid4(), answers={"side": "gave"}, now=now)
    member = builders.member_of(session, "Jan")
    ask(session)
    issue_code(
        session,
        timebank_id=HERE,
        member_id=member.id,
        by=builders.actor_of(session, "Nadia"),
        now=now,
    )
    begin_factor(session, timebank_id=HERE, member_id=member.id)
    _let_people_come_and_go(session)
    _say_and_do_together(session)
    _write_hours_of_staff(session)
    _let_the_desk_work(session)
    _use_paper(session)
    _agree(session)
    place = {"timebank_id": HERE, "east_metres": 92_000, "north_metres": 464_000}
    place_neighbourhood(session, builders.SLAAGHWIJK, **place)
    read = read_for_plan(session, timebank_id=HERE, slug="leiden", now=now)
    assert keep_plan(session, make_plan(read, now=now), timebank_id=HERE, now=now) is not None
    block = ledger.next_block(session, timebank_id=HERE, now=now)
    assert block is not None
    ledger.add_seal(session, block)
    record_proof(session, timebank_id=HERE, violations=0, day=day_of(now), now=now)
    write_down(session, "member:open", timebank_id=HERE, by=jan.member_id, now=now)
    _close_a_month(session)


def _close_a_month(session: Session) -> None:
    """Add the days up, prove them, and close a month."""
    later = builders.NOW + 60 * DAY
    while roll_up(session, timebank_id=HERE, now=later):
        pass
    record_figure_proof(session, timebank_id=HERE, differences=0, now=later)
    choose_closing_day(session, timebank_id=HERE, day=6)
    group_neighbourhoods(session, timebank_id=HERE, name="Noord", codes=[builders.SLAAGHWIJK])
    while close_next_month(session, timebank_id=HERE, now=later) is not None:
        pass


def _agree(session: Session) -> None:
    """Let two people agree on tomorrow and be reminded."""
    agreed(session, happens_on=day_of(builders.NOW) + DAY, now=builders.NOW - DAY)
    remind_of_tomorrow(
        session,
        timebank_id=HERE,
        now=builders.NOW,
        letter=lambda _: lambda language: ("", language),
    )


def _let_people_come_and_go(session: Session) -> None:
    """Let somebody do everything, somebody be helped with the form, and somebody leave."""
    let_a_canary_live(session)
    now, nadia, jan = builders.NOW, *(builders.actor_of(session, name) for name in ("Nadia", "Jan"))
    assert jan.member_id is not None
    fatima = builders.member_of(session, "Fatima")
    command = builders.a_command(session, "Jan", "Fatima")
    log_exchange(
        session, dataclasses.replace(command, acting_for_id=jan.member_id), by=nadia, now=now
    )
    person = session.get_one(Person, (HERE, fatima.id))
    person.email = None
    session.flush()
    tell_member(
        session,
        CallReason.FILLED_IN,
        timebank_id=HERE,
        member_id=fatima.id,
        letter=lambda language: ("", language),
        now=now,
    )
    leaver = builders.a_member(session, builders.timebank_of(session), "Piet", "Vertrekt")
    builders.approved(session, "Piet", "Jan")
    erase_member(session, leaver.id, by=builders.actor_of(session, "Bart"), now=now)
    # Whoever leaves takes every waiting file along; this one comes after.
    keep_file(session, a_file_with(b"day;helper", nadia), by=nadia)


def _let_the_desk_work(session: Session) -> None:
    """Leave rules, a question, a held decision, a first approval, and one that passed by itself."""
    now, small = builders.NOW, {"minutes": 15, "category_code": "coffee"}
    nadia, bart, jan = (builders.actor_of(session, name) for name in ("Nadia", "Bart", "Jan"))
    off = Rules(alert_pair_week_minutes=0, alert_trade_week_minutes=0, alert_person_day_minutes=0)
    rules = dataclasses.replace(off, auto_approve_minutes=15, four_eyes_minutes=60)
    change_rules(session, builders.SLAAGHWIJK, rules, by=bart, now=now)
    today = day_of(now)
    choose_thresholds(
        session, Thresholds(), timebank_id=bart.timebank_id, counts_from=today, today=today
    )
    passes, held, first = (
        builders.logged(session, **answers)  # type: ignore[arg-type]
        for answers in (small, small, {})
    )
    assert confirm_exchange(session, passes, by=jan, now=now)
    ask_about(session, held, "Hoe laat?", key=uuid.uuid4(), by=nadia, now=now)
    approval = Decision(DecisionKind.APPROVE)
    key = uuid.uuid4()
    hold_decision(session, held, approval, batch_id=key, by=nadia, now=now, until=now)
    approve_exchange(session, first, by=nadia, now=now)


def _use_paper(session: Session) -> None:
    """Print slips, type one, and print a letter for who has no e-mail."""
    now, nadia = builders.NOW, builders.actor_of(session, "Nadia")
    wish = PrintSlips(uuid.uuid4(), builders.SLAAGHWIJK, 1)
    first = print_slips(session, wish, by=nadia, now=now)
    slip = builders.a_command(session, "Jan", "Fatima", minutes=15)
    typed = TypeSlip(
        form_key=slip.form_key,
        helper_id=slip.helper_id,
        helped_id=slip.helped_id,
        category_code=slip.category_code,
        minutes=slip.minutes,
        helped_on=slip.helped_on,
        number=first,
    )
    type_slip(session, typed, by=nadia, now=now)
    print_letters(session, uuid.uuid4(), neighbourhood_code=builders.SLAAGHWIJK, by=nadia, now=now)


def _say_and_do_together(session: Session) -> None:
    """Object, correct, give another kind, thank, and do something with a group."""
    now = builders.NOW
    jan, nadia = (builders.actor_of(session, name) for name in ("Jan", "Nadia"))
    wrong, thanked = (builders.approved(session) for _ in range(2))
    raise_dispute(session, wrong, Complaint(DisputeReason.WRONG_TIME, ""), by=jan, now=now)
    correct_exchange(session, wrong, builders.a_command(session, minutes=30), by=nadia, now=now)
    change_kind(session, thanked, "coffee", by=nadia, now=now)
    write_thanks(session, thanked, "Dank u wel.", by=jan, now=now)
    helper = builders.member_of(session, "Fatima")
    activity = BookActivity(
        form_key=uuid.uuid4(),
        category_code="cooking_group",
        held_on=builders.TODAY,
        neighbourhood_code=builders.SLAAGHWIJK,
        place="Buurthuis",
        initiated_by=InitiatedBy.RESIDENT,
        helpers=(Helping(helper.id, 60),),
        guests=4,
    )
    book_activity(session, activity, by=nadia, now=now)


def _write_hours_of_staff(session: Session) -> None:
    """Write down hours of staff, beside those of residents."""
    hours = WriteTime(uuid.uuid4(), builders.SLAAGHWIJK, builders.TODAY, 60)
    write_time(session, hours, by=builders.actor_of(session, "Nadia"), now=builders.NOW)


def _bear_a_twin(connection: sa.Connection) -> None:
    """Copy every row of leiden, past all triggers, as only a superuser can."""
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for name in sorted(ledger.tenant_tables()):
        table = ledger.Base.metadata.tables[name]
        others = [column for column in table.columns if column.name != "timebank_id"]
        rows = sa.select(sa.literal(TWIN), *others).where(table.c.timebank_id == HERE)
        names = ["timebank_id", *(column.name for column in others)]
        connection.execute(sa.insert(table).from_select(names, rows))
    timebank = ledger.Base.metadata.tables["timebank"]
    row = connection.execute(sa.select(timebank).where(timebank.c.id == HERE)).mappings().one()
    connection.execute(sa.insert(timebank).values(dict(row) | {"id": TWIN, "slug": "twin"}))
