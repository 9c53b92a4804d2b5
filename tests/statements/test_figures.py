# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    NOW,
    SLAAGHWIJK,
    TODAY,
    ZIJLWIJK,
    actor_of,
    approved,
    logged,
    member_of,
    timebank_of,
)
from timebank.figures.queries import NeighbourhoodFigures, quarter_figures
from timebank.members.errors import NotPermitted
from timebank.members.operations import grant_role, move_member
from timebank.members.policy import Role
from timebank.statements.policy import Quarter, quarter_of

NOW_QUARTER = quarter_of(TODAY)
NAMES = ("Fatima", "Jan", "Greet", "Nadia", "Marijke")


def figures(
    session: Session, by: str = "Bart", quarter: Quarter = NOW_QUARTER
) -> dict[str, NeighbourhoodFigures]:
    found = quarter_figures(session, by=actor_of(session, by), quarter=quarter)
    return {row.code: row for row in found.rows}


def entries_in(session: Session, code: str) -> tuple[int, int, int]:
    """Return given, received and people, counted straight from the entries."""
    entries = session.execute(
        select(ledger.Entry.account_id, ledger.Entry.minutes).where(
            ledger.Entry.timebank_id == timebank_of(session).id,
            ledger.Entry.neighbourhood_code == code,
            ledger.Entry.recorded_at >= NOW_QUARTER.since,
            ledger.Entry.recorded_at < NOW_QUARTER.until,
        )
    ).all()
    minutes = [row.minutes for row in entries]
    return (
        sum(one for one in minutes if one > 0),
        -sum(one for one in minutes if one < 0),
        len({row.account_id for row in entries}),
    )


def test_figures_count_what_was_given_and_received_by_neighbourhood(session: Session) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    approved(session, "Fatima", "Jan", minutes=60)
    logged(session, "Greet", "Jan", minutes=30)

    found = figures(session)

    assert found[SLAAGHWIJK] == NeighbourhoodFigures(
        SLAAGHWIJK, "Slaaghwijk", 150, 60, 0, 30, active_people=2
    )
    assert found[ZIJLWIJK] == NeighbourhoodFigures(
        ZIJLWIJK, "Zijlwijk-Zuid", 0, 90, 30, 0, active_people=1
    )
    assert [found[code].net_minutes for code in (SLAAGHWIJK, ZIJLWIJK)] == [90, -90]


@pytest.mark.parametrize("seed", range(5))
def test_after_any_run_of_approvals_every_total_is_the_sum_of_the_entries(
    session: Session, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test, not a secret
    bank = timebank_of(session)
    for day in sorted(chance.choices(range(-60, 61), k=25)):
        if chance.random() < 0.1:
            move_member(
                session,
                timebank_id=bank.id,
                member_id=member_of(session, chance.choice(NAMES)).id,
                neighbourhood_code=chance.choice([SLAAGHWIJK, ZIJLWIJK]),
            )
        helper, helped = chance.sample(NAMES, 2)
        approved(
            session,
            helper,
            helped,
            minutes=15 * chance.randint(1, 12),
            now=NOW + datetime.timedelta(days=day),
            helped_on=datetime.date(2026, 1, 2),
        )

    found = figures(session)

    for code in (SLAAGHWIJK, ZIJLWIJK):
        row = found[code]
        counted = (row.given_minutes, row.received_minutes, row.active_people)
        assert counted == entries_in(session, code)
    assert sum(row.net_minutes for row in found.values()) == 0
    assert ledger.violations(session, timebank_id=bank.id) == []


@pytest.mark.parametrize(
    ("by", "codes"),
    [
        ("Nadia", [SLAAGHWIJK]),
        ("Marijke", [ZIJLWIJK]),
        ("Bart", [SLAAGHWIJK, ZIJLWIJK]),
        ("Gerda", ["BU17420300"]),
    ],
)
def test_everyone_reads_exactly_the_neighbourhoods_within_reach(
    session: Session, by: str, codes: list[str]
) -> None:
    approved(session, "Fatima", "Greet")

    assert list(figures(session, by)) == codes


@pytest.mark.parametrize("by", ["Fatima", "Annelies"])
def test_who_reads_no_exact_figures_is_refused(session: Session, by: str) -> None:
    with pytest.raises(NotPermitted):
        figures(session, by)


def test_a_coordinator_of_two_neighbourhoods_reads_both(session: Session) -> None:
    grant_role(
        session,
        member_of(session, "Nadia"),
        Role.COORDINATOR,
        starts_on=TODAY,
        now=NOW,
        neighbourhood_code=ZIJLWIJK,
    )

    assert list(figures(session, "Nadia")) == [SLAAGHWIJK, ZIJLWIJK]


def test_a_quarter_counts_from_midnight_in_amsterdam_up_to_the_next(session: Session) -> None:
    instant, spring = datetime.timedelta(microseconds=1), Quarter(2026, 2)
    for number, moment in enumerate(
        [spring.since - instant, spring.since, spring.until - instant, spring.until]
    ):
        approved(session, minutes=15 * 2**number, now=moment)

    given = {
        quarter.code: figures(session, quarter=quarter)[SLAAGHWIJK].given_minutes
        for quarter in (spring.previous(), spring, spring.next())
    }

    assert given == {"2026-1": 15, "2026-2": 30 + 60, "2026-3": 120}


def test_a_correction_lowers_what_was_given_and_what_was_received(session: Session) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    approved(session, "Fatima", "Greet", minutes=30)
    posted = session.scalar(
        select(ledger.Transfer.id).where(
            ledger.Transfer.kind == ledger.TransferKind.POST_PENDING,
            ledger.Transfer.minutes == 90,
        )
    )
    assert posted is not None
    undo = ledger.Resolution(timebank_of(session).id, ledger.new_id(NOW), posted)
    ledger.reverse(session, undo, now=NOW)

    found = figures(session)

    assert (found[SLAAGHWIJK].given_minutes, found[SLAAGHWIJK].received_minutes) == (30, 0)
    assert (found[ZIJLWIJK].given_minutes, found[ZIJLWIJK].received_minutes) == (0, 30)
