# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from timebank.jobs.mailer import message_of
from timebank.notices.policy import address_of
from timebank.notices.queries import WaitingMail


@pytest.mark.parametrize(
    "typed", ["jan@example.org", " Jan@Example.ORG ", "o'neil+timebank@post.example.org", "ç@é.nl"]
)
def test_an_address_is_kept_in_small_letters_without_spaces_around(typed: str) -> None:
    assert address_of(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    "typed",
    [
        *("", "@", "jan", "jan@", "@example.org", "jan@example", "jan@.org", "jan@example."),
        *("jan@example..org", "a@b@example.org", "a@[", "a@[127.0.0.1]", "a b@example.org"),
        *(f"a{sign}b@example.org" for sign in '[]<>,;:"()\\\0\n\r\t\x7f\u00a0\u200b\u2028'),
    ],
)
def test_what_no_mail_can_go_to_is_no_address(typed: str) -> None:
    assert address_of(typed) is None


def test_the_length_counts_in_small_letters() -> None:
    longest = "i" * 242 + "@example.org"

    assert address_of(longest) == longest
    assert address_of("i" + longest) is None
    assert address_of("İ" * 242 + "@example.org") is None


@given(st.text("ab.-@[]<>,;:\"()\\ =?%'é\n", max_size=9).map(lambda text: f"a{text}@{text}b.nl"))
def test_every_address_can_stand_in_a_message(text: str) -> None:
    address = address_of(text.replace("@", "", 1)) or address_of(text)
    mail = WaitingMail(1, uuid.uuid4(), address or "jan@example.org", "Inloggen", "Dag", NOW)

    message = message_of(mail, "tijdbank@example.org")

    assert message["To"] == mail.to_address
