# SPDX-License-Identifier: EUPL-1.2
"""Letters that nobody sees pass as words nowhere: one function says so for every room."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from tests import builders
from tests.appointments.making import agreed
from timebank.appointments.models import Appointment
from timebank.boundaries.errors import OverrideReasonMissing
from timebank.boundaries.policy import checked_reason as checked_exception
from timebank.concerns.errors import ConcernEmpty
from timebank.concerns.policy import checked_words as checked_concern
from timebank.exchanges.queries import exchange_for
from timebank.lettering import holds_controls, readable, readable_line
from timebank.needs.errors import NeedEmpty
from timebank.needs.policy import checked_deeper_words
from timebank.needs.policy import checked_words as checked_need
from timebank.notes.errors import NoteEmpty
from timebank.notes.policy import checked_words as checked_note
from timebank.schemas.people import NewPerson
from timebank.talents.policy import checked_words as checked_talent

INVISIBLE = [
    *("\u2800", "\u3164", "\u115f", "\u1160", "\uffa0", "\u034f", "\u00ad"),
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e", "\u061c"),
    *("\u202a", "\u202e", "\u2066", "\u2069", "\U000e0041", "\0", "\x1b", "\u0301"),
]


@pytest.mark.parametrize("sign", INVISIBLE, ids=lambda sign: f"{ord(sign):04x}")
def test_a_sign_that_shows_nothing_is_no_word(sign: str) -> None:
    assert readable(f" {sign}{sign}\n{sign} ") == ""
    assert readable(f"Jan{sign} \nen Fatima{sign}").startswith("Jan")
    if sign != "\u0301":
        assert readable(f"Ja{sign}n\n{sign}en{sign} Fatima") == "Jan\nen Fatima"
        assert readable_line(f"Ja{sign}n \n{sign} en{sign}") == "Jan en"


def test_words_of_every_script_stay_as_they_are() -> None:
    words = "Gökçe, Zoë, فاطمة, שרה, 김민지, 👍🏽 ☎\n- brood\n- melk"

    assert readable(words) == words
    assert readable("een\u00a0twee\tdrie\u2028vier\r\nvijf") == "een twee drie\nvier\nvijf"
    assert readable_line(" Jan \n van  den Berg ") == "Jan van den Berg"


def test_control_characters_are_told_from_the_ends_of_lines() -> None:
    assert holds_controls("a\0b")
    assert holds_controls("a\x1b[2J")
    assert not holds_controls("een\r\ntwee\tdrie \u202e")


def test_no_room_takes_what_nobody_can_read_for_words() -> None:
    empty = "\u3164\u2800 \u202e"

    for check, refusal in (
        (checked_need, NeedEmpty),
        (checked_note, NoteEmpty),
        (checked_concern, ConcernEmpty),
        (checked_exception, OverrideReasonMissing),
    ):
        with pytest.raises(refusal):
            check(empty)
    assert checked_talent(empty) == ""
    assert checked_deeper_words(empty) is None
    assert checked_need("nej\u202een\u2800") == "nejen"


def test_nobody_is_enrolled_under_a_name_that_shows_nothing() -> None:
    typed = {"given_name": "\u3164", "family_name": "Berg\u202e", "neighbourhood": "x"}
    typed |= {"birth_year": "1950", "email": "jan@example.org", "language": "nl"}

    with pytest.raises(ValidationError) as wrong:
        NewPerson().load(typed)
    right = NewPerson().load(typed | {"given_name": "J\u200ban"})

    assert wrong.value.messages_dict == {"given_name": ["given_name_missing"]}
    assert (right["given_name"], right["family_name"]) == ("Jan", "Berg")


def test_words_beside_help_and_appointments_are_kept_without_them(session: Session) -> None:
    exchange_id = builders.logged(session, note="\u2800\u3164")
    appointment_id = agreed(session, place="De\u202e flat", tasks="\u3164")
    fatima = builders.actor_of(session, "Fatima")

    kept = session.get_one(Appointment, (fatima.timebank_id, appointment_id))

    assert exchange_for(session, exchange_id, by=fatima).note is None
    assert (kept.place, kept.tasks) == ("De flat", "")
