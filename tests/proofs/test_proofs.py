# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

import ledger
from tests.builders import approved, member_of, timebank_of
from tests.ledger.tampering import change_account, tamper
from timebank.proofs import operations
from timebank.proofs.operations import prove_books, record_proof, seal_books
from timebank.proofs.queries import STALE_AFTER, ProofLine, last_proof

NIGHT = datetime.datetime(2026, 3, 11, 2, 30, tzinfo=datetime.UTC)
DAY = NIGHT.date()


def _record(session: Session, violations: int, at: datetime.datetime = NIGHT) -> None:
    record_proof(
        session,
        timebank_id=timebank_of(session).id,
        violations=violations,
        day=at.date(),
        now=at,
    )
    session.commit()


def _last(session: Session, now: datetime.datetime = NIGHT) -> ProofLine | None:
    return last_proof(session, timebank_id=timebank_of(session).id, now=now)


def test_books_that_were_never_proven_have_no_line(session: Session) -> None:
    assert _last(session) is None


@pytest.mark.parametrize(("violations", "state"), [(0, "sound"), (1, "broken")])
def test_a_line_says_what_the_proof_found(session: Session, violations: int, state: str) -> None:
    _record(session, violations)

    assert _last(session) == ProofLine(NIGHT, state)


def test_the_last_proof_of_a_day_counts(session: Session) -> None:
    later = NIGHT + datetime.timedelta(hours=3)
    _record(session, 2)
    _record(session, 0, later)

    assert _last(session) == ProofLine(later, "sound")


def test_the_last_day_counts(session: Session) -> None:
    tomorrow = NIGHT + datetime.timedelta(days=1)
    _record(session, 3, tomorrow)
    _record(session, 0)

    assert _last(session) == ProofLine(tomorrow, "broken")


@pytest.mark.parametrize(
    ("passed", "state"),
    [(STALE_AFTER, "sound"), (STALE_AFTER + datetime.timedelta(seconds=1), "stale")],
)
def test_after_two_nights_without_a_proof_the_line_says_so(
    session: Session, passed: datetime.timedelta, state: str
) -> None:
    _record(session, 0)

    found = _last(session, NIGHT + passed)

    assert found == ProofLine(NIGHT, state)


def test_the_proof_of_one_timebank_says_nothing_about_another(session: Session) -> None:
    _record(session, 1)

    assert last_proof(session, timebank_id=timebank_of(session).id + 1, now=NIGHT) is None


def test_sound_books_have_no_violations_and_broken_ones_do(session: Session) -> None:
    approved(session)
    session.commit()
    bank, engine = timebank_of(session).id, session.get_bind()
    assert prove_books(engine, timebank_id=bank) == []
    account_id = member_of(session, "Fatima").account_id
    assert account_id is not None

    tamper(session, change_account(account_id, credited_minutes=1))

    assert prove_books(engine, timebank_id=bank) != []


def test_the_day_is_sealed_once(session: Session) -> None:
    approved(session)
    session.commit()
    bank, engine = timebank_of(session).id, session.get_bind()

    first = seal_books(session, engine, timebank_id=bank, now=NIGHT)
    session.commit()
    again = seal_books(session, engine, timebank_id=bank, now=NIGHT)

    assert first is not None
    assert first.number == 1
    assert again is None


def test_a_rival_that_seals_first_wins(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(session)
    session.commit()
    bank, engine = timebank_of(session).id, session.get_bind()
    monkeypatch.setattr(operations.ledger, "add_seal", lambda _session, _block: False)

    assert seal_books(session, engine, timebank_id=bank, now=NIGHT) is None
    assert ledger.last_seal(session, timebank_id=bank) is None
