# SPDX-License-Identifier: EUPL-1.2
"""Writing imports: keep a file until it is booked, book its lines. The door commits.

Lines are booked many at a time by ``ledger.book_all``. Whoever imports holds the row of the
timebank meanwhile, so that of two at once the second finds what the first one booked.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from timebank.areas.models import Timebank
from timebank.audit.operations import write_down_by
from timebank.exchanges.models import Exchange, ExchangeEvent, ExchangeNote, NoteKind
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.imports.errors import (
    BeyondLimit,
    FileFormUsed,
    LeftMeanwhile,
    LineRefused,
    NotAllGood,
    NumberUsed,
    UnknownFile,
)
from timebank.imports.models import ImportFile
from timebank.imports.policy import Outcome, Ready, Verdict
from timebank.members.policy import Actor, Permission

_DECISION = uuid.UUID("6f2f7a52-7f0d-5a3c-9c0e-3f1b3a5d8e41")
_CHUNK = 500
"""Keys in one question."""
Known = dict[uuid.UUID, tuple[Any, ...]]


_ASKED = ("digest", "layout", "category_code", "approve", "whole")


def keep_file(session: Session, file: ImportFile, *, by: Actor) -> ImportFile:
    """Keep a file that the actor brought; sent twice, it is the one that was kept first.

    Raises:
        NotPermitted: the actor imports nothing.
        FileFormUsed: the key was used for another file, or for this one with other answers.
    """
    by.require(Permission.IMPORT_EXCHANGES)
    file.digest = hashlib.sha256(file.content or b"").digest()
    stored = session.get(ImportFile, (by.timebank_id, file.id))
    if stored is not None:
        if stored.brought_by != by.member_id:
            raise UnknownFile
        if any(getattr(stored, name) != getattr(file, name) for name in _ASKED):
            raise FileFormUsed
        return stored
    session.add(file)
    session.flush()
    return file


def finish_file(
    session: Session, file: ImportFile, verdicts: Sequence[Verdict], *, now: datetime.datetime
) -> None:
    """Write down how a file was booked, and let go of what stood in it."""
    counts = dict.fromkeys(Outcome, 0)
    for verdict in verdicts:
        counts[verdict.outcome] += 1
    file.booked_at, file.content, file.people = now, None, None
    file.added, file.known = counts[Outcome.ADDED], counts[Outcome.KNOWN]
    file.bad = counts[Outcome.BAD] + counts[Outcome.LEFT_OUT]
    session.flush()


def drop_file(session: Session, file: ImportFile) -> None:
    """Let go of a file that its owner gave up."""
    session.delete(file)
    session.flush()


def book_lines(
    session: Session,
    lines: Sequence[Ready],
    *,
    by: Actor,
    now: datetime.datetime,
    approve: bool = False,
    whole: bool = False,
    subject: uuid.UUID | None = None,
) -> list[Verdict]:
    """Log lines as exchanges in one go; those that stand there already add nothing.

    Args:
        approve: post the hours too, of lines about which the actor may decide.
        whole: nothing at all is booked when one line cannot be.
        subject: the file, for the audit.

    Returns:
        A verdict for each line, in their order.

    Raises:
        NotPermitted: the actor imports nothing, or may not decide.
        NotAllGood: one line cannot be booked, and ``whole`` was asked.
    """
    by.require(Permission.IMPORT_EXCHANGES)
    if approve:
        by.require(Permission.DECIDE_EXCHANGES)
    session.execute(
        select(Timebank.id).where(Timebank.id == by.timebank_id).with_for_update(key_share=True)
    )
    known = known_keys(session, by.timebank_id, [line.form_key for line in lines])
    fresh = {ledger.new_id(now): line for line in lines if line.form_key not in known}
    refused = _reserve(session, fresh, by=by, now=now)
    if refused and whole:
        raise NotAllGood(len(refused))
    booked = {key: line for key, line in fresh.items() if key not in refused}
    approved = {key for key, line in booked.items() if approve and line.may_approve}
    _insert(session, booked, approved, by=by, now=now)
    _post(session, sorted(approved), by=by, now=now)
    if booked:
        write_down_by(session, "exchange:import", by, subject=subject, now=now)
    bad = {fresh[key].number: refusal for key, refusal in refused.items()}
    return [_verdict(line, known, bad) for line in lines]


def known_keys(session: Session, timebank_id: int, keys: Sequence[uuid.UUID]) -> Known:
    """Return, of these keys, those that stand there already, each with what its exchange says."""
    found: Known = {}
    for start in range(0, len(keys), _CHUNK):
        rows = session.execute(
            select(
                Exchange.form_key,
                Exchange.helper_id,
                Exchange.helped_id,
                Exchange.minutes,
                Exchange.helped_on,
            ).where(
                Exchange.timebank_id == timebank_id,
                Exchange.form_key.in_(keys[start : start + _CHUNK]),
            )
        )
        found |= {row[0]: tuple(row[1:]) for row in rows}
    return found


def keys_of_ours(
    session: Session, timebank_id: int, numbers: Sequence[str]
) -> dict[str, uuid.UUID]:
    """Return, of these numbers, those of exchanges that stand here, each with its form key.

    The number column of our own table of exchanges holds them.
    """
    ids = {number: found for number in numbers if (found := _as_id(number)) is not None}
    wanted, form_keys = list(ids.values()), dict[uuid.UUID, uuid.UUID]()
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(Exchange.id, Exchange.form_key).where(
                Exchange.timebank_id == timebank_id,
                Exchange.id.in_(wanted[start : start + _CHUNK]),
            )
        )
        form_keys |= {row.id: row.form_key for row in rows}
    return {number: form_keys[one] for number, one in ids.items() if one in form_keys}


def _as_id(number: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(number)
    except ValueError:
        return None


def verdict_on_known(line: Ready, known: Known) -> Verdict:
    """Say that a line stands there already, or that its number came with something else."""
    said = (line.helper_id, line.helped_id, line.minutes, line.helped_on)
    if known[line.form_key] != said:
        return Verdict(line.number, Outcome.BAD, NumberUsed(line.own_number))
    return Verdict(line.number, Outcome.KNOWN)


def _verdict(line: Ready, known: Known, bad: dict[int, LineRefused]) -> Verdict:
    if line.form_key in known:
        return verdict_on_known(line, known)
    if line.number in bad:
        return Verdict(line.number, Outcome.BAD, bad[line.number])
    return Verdict(line.number, Outcome.ADDED)


def _reserve(
    session: Session, fresh: dict[uuid.UUID, Ready], *, by: Actor, now: datetime.datetime
) -> dict[uuid.UUID, LineRefused]:
    """Set the minutes of all lines apart; return those that the books refuse, which are left out.

    What is refused depends on what came before it, so that the rest is tried anew.
    """
    left, refused = list(fresh), dict[uuid.UUID, LineRefused]()
    while left:
        steps = [
            ledger.Step(
                ledger.TransferKind.RESERVE,
                ledger.Order(
                    timebank_id=by.timebank_id,
                    transfer_id=key,
                    debit_account_id=fresh[key].helped_account_id,
                    credit_account_id=fresh[key].helper_account_id,
                    minutes=fresh[key].minutes,
                    effective_on=fresh[key].helped_on,
                    recorded_by=by.member_id,
                ),
            )
            for key in left
        ]
        try:
            with session.begin_nested():
                ledger.book_all(session, steps, now=now)
            break
        except ledger.BatchRefused as refusal:
            limit = isinstance(refusal.cause, ledger.LimitReached)
            refused[left.pop(refusal.position)] = BeyondLimit() if limit else LeftMeanwhile()
    return refused


def _post(
    session: Session, approved: Sequence[uuid.UUID], *, by: Actor, now: datetime.datetime
) -> None:
    steps = [
        ledger.Step(
            ledger.TransferKind.POST_PENDING,
            ledger.Resolution(
                timebank_id=by.timebank_id,
                transfer_id=uuid.uuid5(_DECISION, str(key)),
                refers_to=key,
                recorded_by=by.member_id,
            ),
        )
        for key in approved
    ]
    ledger.book_all(session, steps, now=now)


def _insert(
    session: Session,
    booked: dict[uuid.UUID, Ready],
    approved: set[uuid.UUID],
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Write the exchanges with their history and their notes, each table in one statement."""
    here: dict[str, Any] = {"timebank_id": by.timebank_id}
    exchanges = [
        here
        | {
            "id": key,
            "form_key": line.form_key,
            "helper_id": line.helper_id,
            "helped_id": line.helped_id,
            "helper_neighbourhood_code": line.helper_neighbourhood_code,
            "helped_neighbourhood_code": line.helped_neighbourhood_code,
            "category_code": line.category_code,
            "minutes": line.minutes,
            "helped_on": line.helped_on,
            "state": ExchangeState.APPROVED if key in approved else ExchangeState.SUBMITTED,
            "logged_by": None,
            "logged_at": now,
        }
        for key, line in booked.items()
    ]
    events = [
        here
        | {
            "id": ledger.new_id(now),
            "exchange_id": key,
            "action": action,
            "reason": None,
            "actor_id": by.member_id,
            "happened_at": now,
        }
        for key, action in _deeds(booked, approved)
    ]
    notes = [
        here | {"exchange_id": key, "kind": NoteKind.NOTE, "words": line.note.strip()}
        for key, line in booked.items()
        if line.note.strip()
    ]
    for model, rows in ((Exchange, exchanges), (ExchangeEvent, events), (ExchangeNote, notes)):
        if rows:
            session.execute(insert(model), rows)


def _deeds(
    booked: dict[uuid.UUID, Ready], approved: set[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, Action]]:
    for key in booked:
        yield key, Action.LOG
        if key in approved:
            yield key, Action.APPROVE
