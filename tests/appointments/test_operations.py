# SPDX-License-Identifier: EUPL-1.2
"""What may be agreed, who may answer, and that of two answers exactly one wins."""

from __future__ import annotations

import datetime
import itertools
import threading
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.appointments.making import DAY, NOW, TODAY, agreed, say, state_of, wish
from timebank.appointments.counting import (
    count_unanswered,
    counts_by_place,
    unanswered_appointments,
)
from timebank.appointments.errors import (
    AlreadyAnswered,
    DayFarAhead,
    DayPassed,
    NotThatDay,
    UnknownAppointment,
    WordsNotReadable,
    WordsTooLong,
)
from timebank.appointments.models import Appointment
from timebank.appointments.operations import make_appointment, move_appointment
from timebank.appointments.policy import MOST_DAYS_AHEAD
from timebank.appointments.queries import (
    appointment_for,
    next_and_waiting,
    own_appointments,
)
from timebank.appointments.wishes import MoveAppointment
from timebank.appointments.workflow import AppointmentState
from timebank.approvals.operations import Rejection, reject_exchange
from timebank.exchanges.errors import (
    FormKeyUsed,
    NotAWholeStep,
    ProfessionalOnly,
    SamePerson,
    UnknownKind,
    UnknownOther,
)
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.workflow import RejectionReason
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.operations import move_member
from timebank.preferences.policy import DayPart
from timebank.trust.operations import appoint_stand_in

ANSWERS = ("kept", "not_kept", "called_off", "moved")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"happens_on": TODAY - DAY}, DayPassed),
        ({"happens_on": TODAY + (MOST_DAYS_AHEAD + 1) * DAY}, DayFarAhead),
        ({"category_code": "nothing"}, UnknownKind),
        ({"category_code": "personal_care"}, ProfessionalOnly),
        ({"minutes": 20}, NotAWholeStep),
        ({"place": "x" * 121}, WordsTooLong),
        ({"tasks": "x" * 301}, WordsTooLong),
        ({"tasks": "bel\x07"}, WordsNotReadable),
        ({"helped_id": uuid.uuid4()}, UnknownOther),
    ],
)
def test_what_is_not_possible_is_refused(
    session: Session, changes: dict[str, object], refusal: type[Exception]
) -> None:
    fatima = builders.actor_of(session, "Fatima")

    with pytest.raises(refusal):
        make_appointment(session, wish(session, **changes), by=fatima, now=NOW)

    for edge in ({"happens_on": TODAY}, {"happens_on": TODAY + MOST_DAYS_AHEAD * DAY}):
        make_appointment(session, wish(session, **edge), by=fatima, now=NOW)


def test_who_may_agree_for_whom(session: Session) -> None:
    jan, fatima = (builders.actor_of(session, name) for name in ("Jan", "Fatima"))
    of_jan = builders.member_of(session, "Jan").id
    assert fatima.member_id is not None

    with pytest.raises(SamePerson):
        agreed(session, "Jan", "Jan")
    for name in ("Greet", "Marijke", "Nadia"):
        with pytest.raises(UnknownOther):
            agreed(session, "Fatima", "Jan", by=name)
    for name in ("Greet", "Marijke", "Gerda"):
        with pytest.raises(UnknownMember):
            agreed(session, "Fatima", "Jan", by=name, acting_for_id=of_jan)
    with pytest.raises(NotPermitted):
        agreed(session, "Fatima", "Jan", by="Annelies")
    agreed(session, "Fatima", "Jan", by="Jan")
    agreed(session, "Fatima", "Jan", by="Nadia", acting_for_id=of_jan)
    agreed(session, "Fatima", "Jan", by="Bart", acting_for_id=of_jan)
    appoint_stand_in(session, member_id=of_jan, stand_in_id=fatima.member_id, by=jan, now=NOW)
    agreed(session, "Greet", "Jan", by="Fatima", acting_for_id=of_jan)


def test_a_form_that_is_sent_twice_makes_one_appointment(session: Session) -> None:
    fatima, jan = (builders.actor_of(session, name) for name in ("Fatima", "Jan"))
    command = wish(session)

    first, second = (make_appointment(session, command, by=fatima, now=NOW) for _ in range(2))

    assert (first.appointment_id, first.replayed) == (command.key, False)
    assert (second.appointment_id, second.replayed) == (command.key, True)
    assert first.others == {command.helped_id}
    assert second.others == frozenset()
    with pytest.raises(FormKeyUsed):
        make_appointment(session, command, by=jan, now=NOW)
    for changes in (
        {"category_code": "garden"},
        {"part": DayPart.EVENING},
        {"at_time": datetime.time(16)},
        {"place": "Bij de kerk"},
        {"tasks": "Wandelen"},
        {"minutes": 60},
    ):
        changed = wish(session, key=command.key, **changes)
        with pytest.raises(FormKeyUsed):
            make_appointment(session, changed, by=fatima, now=NOW)


def test_a_time_takes_the_place_of_a_part_of_the_day(session: Session) -> None:
    at = datetime.time(14, 30)
    appointment_id = agreed(session, part=DayPart.MORNING, at_time=at)
    row = appointment_for(session, appointment_id, by=builders.actor_of(session, "Jan")).row

    assert (row.part, row.at_time, row.place) == (None, at, "Bij de flat")


def test_the_first_answer_stands_and_the_same_again_is_answered_as_the_first(
    session: Session,
) -> None:
    for first, second in itertools.product(ANSWERS, repeat=2):
        appointment_id = agreed(session, happens_on=TODAY)
        won = say(session, appointment_id, first)

        if first == second != "moved":
            assert say(session, appointment_id, second, by="Jan").replayed
        else:
            with pytest.raises(AlreadyAnswered):
                say(session, appointment_id, second, by="Jan")

        assert not won.replayed
        assert state_of(session, appointment_id) == first
    books = sa.select(sa.func.count()).select_from(ledger.Base.metadata.tables["ledger_transfer"])
    assert session.scalar(books) == 0


def test_moving_twice_with_one_form_is_one_new_appointment(session: Session) -> None:
    appointment_id = agreed(session, happens_on=TODAY, part=DayPart.EVENING)
    jan = builders.actor_of(session, "Jan")
    command = MoveAppointment(uuid.uuid4(), TODAY + 2 * DAY, DayPart.MORNING)

    done = [move_appointment(session, appointment_id, command, by=jan, now=NOW) for _ in range(2)]
    old = appointment_for(session, appointment_id, by=jan)
    new = appointment_for(session, command.key, by=jan)

    assert [one.replayed for one in done] == [False, True]
    assert old.row.state is AppointmentState.MOVED
    assert old.row.happens_on == TODAY
    assert old.moved_to == (command.key, TODAY + 2 * DAY)
    assert new.moved_from == (appointment_id, TODAY)
    assert (new.row.tasks, new.row.minutes, new.row.part) == (
        old.row.tasks,
        90,
        DayPart.MORNING,
    )
    with pytest.raises(DayPassed):
        move_appointment(
            session, command.key, MoveAppointment(uuid.uuid4(), TODAY - DAY), by=jan, now=NOW
        )
    changed = MoveAppointment(command.key, TODAY + 4 * DAY, DayPart.MORNING)
    with pytest.raises(FormKeyUsed):
        move_appointment(session, appointment_id, changed, by=jan, now=NOW)
    again = MoveAppointment(appointment_id, TODAY + 5 * DAY)
    with pytest.raises(FormKeyUsed):
        move_appointment(session, command.key, again, by=jan, now=NOW)


def test_answers_fit_the_day(session: Session) -> None:
    for answer, day in (
        ("kept", TODAY + DAY),
        ("not_kept", TODAY + DAY),
        ("called_off", TODAY - DAY),
    ):
        made = agreed(session, happens_on=day, now=NOW - 3 * DAY)
        with pytest.raises(NotThatDay):
            say(session, made, answer)
    for answer in ANSWERS:
        say(session, agreed(session, happens_on=TODAY), answer)
    for answer in ("kept", "not_kept", "moved"):
        say(session, agreed(session, happens_on=TODAY - DAY, now=NOW - 3 * DAY), answer)


def test_the_two_and_who_acts_for_them_see_and_answer_and_nobody_else(session: Session) -> None:
    appointment_id = agreed(session, happens_on=TODAY)

    for name in ("Greet", "Marijke", "Annelies", "Gerda", "Henk"):
        with pytest.raises(UnknownAppointment):
            appointment_for(session, appointment_id, by=builders.actor_of(session, name))
        with pytest.raises(UnknownAppointment):
            say(session, appointment_id, "not_kept", by=name)
    for name in ("Fatima", "Jan", "Nadia", "Bart"):
        one = appointment_for(session, appointment_id, by=builders.actor_of(session, name))
        own = builders.member_of(session, name if name in ("Fatima", "Jan") else "Fatima").id
        assert one.speaks_for == own
    assert say(session, appointment_id, "not_kept", by="Nadia").others == {
        builders.member_of(session, name).id for name in ("Fatima", "Jan")
    }


def race(engine: sa.Engine, *deeds: Callable[[Session], object]) -> list[object]:
    """Let several do something at once, each in a transaction of its own."""
    start, ends = threading.Barrier(len(deeds)), [object()] * len(deeds)

    def run(number: int) -> None:
        with Session(engine) as session:
            # Everybody reads who they are first, and then writes at the same moment.
            ledger.enter_timebank(session, builders.timebank_of(session).id)
            session.rollback()
            start.wait()
            try:
                ends[number] = deeds[number](session)
                session.commit()
            except AlreadyAnswered as refusal:
                session.rollback()
                ends[number] = refusal

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_of_two_answers_at_once_one_wins(engine: sa.Engine, session: Session) -> None:
    ids = [agreed(session, happens_on=TODAY) for _ in range(6)]
    session.commit()

    for appointment_id, (one, other) in zip(ids, itertools.combinations(ANSWERS, 2), strict=True):

        def deed(answer: str, by: str, which: uuid.UUID = appointment_id) -> Callable[..., object]:
            return lambda session: say(session, which, answer, by=by)

        ends = race(engine, deed(one, "Fatima"), deed(other, "Jan"))

        lost = [end for end in ends if isinstance(end, AlreadyAnswered)]
        assert len(lost) == 1, (one, other, ends)
        assert state_of(session, appointment_id) == lost[0].state
        session.rollback()
    made = session.scalars(
        sa.select(Appointment).where(Appointment.moved_from_id.is_not(None))
    ).all()
    moved = session.scalars(
        sa.select(Appointment.id).where(Appointment.state == AppointmentState.MOVED)
    ).all()
    assert sorted(one.moved_from_id or one.id for one in made) == sorted(moved)


def test_own_appointments_stand_in_order(session: Session) -> None:
    before = NOW - 40 * DAY
    # The keys run against the clock, so that only the hour can tell which of the day comes first.
    late, noon, early = (
        agreed(session, happens_on=TODAY + DAY, key=uuid.UUID(int=number), **when)
        for number, when in enumerate(
            (
                {"part": DayPart.EVENING},
                {"part": DayPart.AFTERNOON},
                {"at_time": datetime.time(8, 15)},
            )
        )
    )
    today = agreed(session, "Jan", "Fatima", happens_on=TODAY)
    newer, older = (agreed(session, happens_on=TODAY - days * DAY, now=before) for days in (1, 30))
    over = agreed(session, happens_on=TODAY - 2 * DAY, now=before)
    say(session, over, "not_kept")
    agreed(session, "Greet", "Jan")
    fatima, greet = (builders.actor_of(session, name) for name in ("Fatima", "Greet"))

    own = own_appointments(session, by=fatima, today=TODAY)
    soonest, oldest = next_and_waiting(session, by=fatima, today=TODAY)

    assert [row.appointment_id for row in own.coming] == [today, early, noon, late]
    assert [row.appointment_id for row in own.waiting] == [older, newer]
    assert [row.appointment_id for row in own.earlier] == [over]
    assert soonest is not None
    assert oldest is not None
    assert (soonest.appointment_id, oldest.appointment_id) == (today, older)
    assert next_and_waiting(session, by=greet, today=TODAY)[1] is None


@pytest.mark.policy("L9")
def test_the_coordinator_sees_the_counts_of_the_own_neighbourhoods(session: Session) -> None:
    before = NOW - 100 * DAY

    def on(days: int, answer: str | None = None, helped: str = "Jan") -> None:
        made = agreed(session, "Fatima", helped, happens_on=TODAY - days * DAY, now=before)
        if answer:
            say(session, made, answer, now=NOW - days * DAY)

    on(89, "kept")
    on(90, "kept")
    on(1, "not_kept", "Greet")
    on(1, "not_kept")
    on(3, "moved")
    on(3, "called_off")
    on(6)
    on(7)
    on(8, helped="Greet")
    on(90)
    nadia, marijke, bart = (
        builders.actor_of(session, name) for name in ("Nadia", "Marijke", "Bart")
    )

    (here,) = counts_by_place(session, by=nadia, today=TODAY)
    (there,) = counts_by_place(session, by=marijke, today=TODAY)
    late = unanswered_appointments(session, by=nadia, today=TODAY)

    assert (here.kept, here.not_kept, here.moved, here.called_off) == (1, 2, 1, 1)
    # One is six days old, one was made by moving; those of seven days and more wait too long.
    assert (here.planned, here.unanswered) == (2, 2)
    assert (there.not_kept, there.unanswered, there.kept) == (1, 1, 0)
    assert [(TODAY - row.happens_on).days for row in late] == [8, 7]
    assert [count_unanswered(session, by=one, today=TODAY) for one in (nadia, marijke, bart)] == [
        2,
        1,
        2,
    ]
    assert len(counts_by_place(session, by=bart, today=TODAY)) == 2
    with pytest.raises(NotPermitted):
        counts_by_place(session, by=builders.actor_of(session, "Fatima"), today=TODAY)


def test_what_nobody_answered_stands_with_who_can_open_it_after_a_move(session: Session) -> None:
    appointment_id = agreed(session, happens_on=TODAY)
    later = TODAY + 8 * DAY
    for name in ("Fatima", "Jan"):
        member = builders.member_of(session, name)
        move_member(
            session,
            timebank_id=member.timebank_id,
            member_id=member.id,
            neighbourhood_code=builders.ZIJLWIJK,
        )
    nadia, marijke = (builders.actor_of(session, name) for name in ("Nadia", "Marijke"))

    lists = [
        [
            row.appointment_id
            for row in unanswered_appointments(session, by=one, today=later)
            if appointment_for(session, row.appointment_id, by=one)
        ]
        for one in (nadia, marijke)
    ]

    assert lists == [[], [appointment_id]]
    assert [count_unanswered(session, by=one, today=later) for one in (nadia, marijke)] == [0, 1]
    (here,) = counts_by_place(session, by=nadia, today=later)
    assert here.unanswered == 1


@pytest.mark.parametrize("end", ["withdrawn", "rejected"])
def test_hours_that_fell_are_written_down_again_with_a_key_of_their_own(
    session: Session, end: str
) -> None:
    appointment_id = agreed(session, happens_on=TODAY)
    say(session, appointment_id, "kept")
    fatima = builders.actor_of(session, "Fatima")
    keys, seen = [], []

    for _ in range(3):
        one = appointment_for(session, appointment_id, by=fatima)
        keys.append(one.form_key)
        exchange_id = builders.logged(session, form_key=one.form_key, helped_on=TODAY)
        stands = appointment_for(session, appointment_id, by=fatima)
        seen.append((stands.exchange_id, stands.fallen_id) == (exchange_id, None))
        if end == "withdrawn":
            withdraw_exchange(session, exchange_id, by=fatima, now=NOW)
        else:
            rejection = Rejection(RejectionReason.OTHER, "Vraag het na")
            reject_exchange(
                session, exchange_id, rejection, by=builders.actor_of(session, "Bart"), now=NOW
            )
        fell = appointment_for(session, appointment_id, by=fatima)
        seen.append((fell.exchange_id, fell.fallen_id) == (None, exchange_id))

    assert len(set(keys)) == 3
    assert all(seen)
