# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tests.builders import timebank_of
from timebank.categories.errors import UnknownCategory
from timebank.categories.models import HelpCategory
from timebank.categories.operations import close_category, load_categories
from timebank.categories.queries import all_categories, open_categories


def test_loading_the_kinds_of_help_again_adds_nothing(session: Session) -> None:
    bank = timebank_of(session)

    added = load_categories(session, timebank_id=bank.id)

    assert added == 0
    assert (
        session.scalar(
            select(func.count())
            .select_from(HelpCategory)
            .where(HelpCategory.timebank_id == bank.id)
        )
        == 47
    )


def test_loading_adds_what_is_missing_and_keeps_what_was_closed(session: Session) -> None:
    bank = timebank_of(session)
    close_category(session, timebank_id=bank.id, code="coffee")
    session.execute(
        delete(HelpCategory).where(
            HelpCategory.timebank_id == bank.id, HelpCategory.code == "company"
        )
    )

    added = load_categories(session, timebank_id=bank.id)

    assert added == 1
    assert not all_categories(session, timebank_id=bank.id)["coffee"].is_open


def test_a_closed_kind_of_help_is_no_longer_offered_but_keeps_its_words(
    session: Session,
) -> None:
    bank = timebank_of(session)

    close_category(session, timebank_id=bank.id, code="coffee")

    offered = [category.code for category in open_categories(session, timebank_id=bank.id)]
    assert "coffee" not in offered
    assert len(offered) == 46
    assert all_categories(session, timebank_id=bank.id)["coffee"].label_nl == "Samen koffie drinken"


def test_closing_in_one_timebank_leaves_the_other_as_it_was(session: Session) -> None:
    close_category(session, timebank_id=timebank_of(session, "leiden").id, code="coffee")

    there = all_categories(session, timebank_id=timebank_of(session, "holten").id)

    assert there["coffee"].is_open


def test_an_unknown_kind_of_help_cannot_be_closed(session: Session) -> None:
    with pytest.raises(UnknownCategory) as refusal:
        close_category(session, timebank_id=timebank_of(session).id, code="astrology")

    assert refusal.value.code == "astrology"


def test_the_kinds_of_help_come_in_the_order_in_which_residents_read_them(
    session: Session,
) -> None:
    offered = open_categories(session, timebank_id=timebank_of(session).id)

    positions = [category.position for category in offered]
    assert positions == sorted(positions)
    assert offered[0].code == "coffee"
