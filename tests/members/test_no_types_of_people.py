# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import enum
import re

import pytest
from sqlalchemy import Enum

import timebank.app  # noqa: F401 - maps every table there is
from ledger import Base
from timebank.members.models import Member, Person
from timebank.members.policy import Permission, Role

SINGLE_TYPE = re.compile(
    r"(member|person|user|client|volunteer|helper|helped|giver|receiver)_?(type|kind|class|status)"
    r"|^(is|can)_(a_)?(client|volunteer|helper|giver|receiver|vulnerable)"
)


@pytest.mark.policy("L12")
def test_no_column_forces_somebody_to_be_one_type_of_person() -> None:
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if SINGLE_TYPE.search(column.name)
    ]

    assert found == []


@pytest.mark.policy("L12")
def test_a_member_and_a_person_hold_no_list_to_choose_a_type_from() -> None:
    columns = [*Member.__table__.columns, *Person.__table__.columns]

    assert [column.name for column in columns if isinstance(column.type, Enum)] == []


@pytest.mark.policy("L12")
@pytest.mark.parametrize("words", [Role, Permission])
def test_no_role_says_helper_or_client(words: type[enum.StrEnum]) -> None:
    said = " ".join(f"{word.name} {word.value}" for word in words).lower()

    assert not re.search(r"helper|helped|client|volunteer|giver|receiver|vulnerable", said)
