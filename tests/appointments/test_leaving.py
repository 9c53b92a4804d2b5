# SPDX-License-Identifier: EUPL-1.2
"""When somebody is erased, what they agreed on is called off, and nobody's words stay."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests import builders
from tests.appointments.making import DAY, NOW, TODAY, agreed, say
from timebank.appointments.queries import appointment_for, own_appointments
from timebank.erasure.operations import erase_member


def test_who_leaves_calls_off_and_the_other_reads_it(session: Session) -> None:
    coming = agreed(session, "Jan", "Fatima", by="Fatima")
    over = agreed(session, happens_on=TODAY - DAY, now=NOW - 3 * DAY)
    say(session, over, "not_kept")
    of_others = agreed(session, "Fatima", "Greet")
    jan, fatima = (builders.actor_of(session, name) for name in ("Jan", "Fatima"))
    assert jan.member_id is not None

    erase_member(session, jan.member_id, by=jan, now=NOW)
    own = own_appointments(session, by=fatima, today=TODAY)

    assert [row.appointment_id for row in own.coming] == [of_others]
    assert own.coming[0].place == "Bij de flat"
    assert [(row.state.value, row.place, row.tasks) for row in own.earlier] == [
        ("called_off", "", ""),
        ("not_kept", "", ""),
    ]
    row = appointment_for(session, coming, by=fatima).row
    assert (row.helper_name, row.helped_name) == (None, "Fatima El Amrani")
    assert row.answered_by is None
    assert appointment_for(session, over, by=fatima).row.helped_name is None
