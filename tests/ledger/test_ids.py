# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import secrets
import uuid

import pytest

import ledger
from ledger.ids import new_account_number
from tests.ledger.conftest import NOW

MILLISECOND = datetime.timedelta(milliseconds=1)


def test_a_new_id_is_a_uuid_of_version_seven() -> None:
    made = ledger.new_id(NOW)

    assert made.version == 7
    assert made.variant == uuid.RFC_4122


def test_a_new_id_begins_with_the_milliseconds_of_its_moment() -> None:
    moment = NOW + datetime.timedelta(milliseconds=123, microseconds=999)

    made = ledger.new_id(moment)

    assert made.int >> 80 == int(NOW.timestamp()) * 1000 + 123


def test_ids_made_later_sort_later() -> None:
    moments = [NOW + number * MILLISECOND for number in range(500)]

    ids = [ledger.new_id(moment) for moment in moments]

    assert ids == sorted(ids)
    assert [made.hex for made in ids] == sorted(made.hex for made in ids)


def test_ids_of_one_moment_differ_in_all_their_random_bits() -> None:
    ids = [ledger.new_id(NOW).int for _ in range(200)]

    seen = 0
    for made in ids[1:]:
        seen |= made ^ ids[0]
    assert len(set(ids)) == 200
    assert seen == (0xFFF << 64) | ((1 << 62) - 1)


def test_an_account_number_is_random_and_fits_the_column() -> None:
    numbers = {new_account_number() for _ in range(200)}

    assert len(numbers) == 200
    assert all(0 < number < 2**62 for number in numbers)
    assert max(numbers) > 2**60


def test_an_account_number_is_never_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbits", lambda _bits: 0)

    assert new_account_number() == 1
