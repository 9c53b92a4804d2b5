# SPDX-License-Identifier: EUPL-1.2
"""Writing opening balances: one batch against the community account, or none. The door commits.

The entries are stamped with the code of the pot, as closing entries are: hours from before are no
help that a neighbourhood gave or received here.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank.areas.models import Timebank
from timebank.audit.operations import write_down
from timebank.imports.errors import LineRefused
from timebank.imports.policy import Outcome, Verdict
from timebank.imports.queries import People, Resident
from timebank.members.policy import Actor, Permission
from timebank.openings.errors import OpenedOtherwise, OpeningsRefused, TwiceInFile
from timebank.openings.policy import Line, check_size, check_sum, opening_key, read_balances
from timebank.pot.models import POT_CODE
from timebank.pot.operations import pot_account


@dataclasses.dataclass(frozen=True)
class OpenBalances:
    """A wish to let people begin with what they had.

    Attributes:
        community: what the file calls the community account, whose balance closes the sum.
        day: on which they come in.
        people: who is who, as for exchanges.
    """

    content: bytes
    community: str
    day: datetime.date
    people: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class _Opening:
    line: Line
    resident: Resident
    key: uuid.UUID


def open_balances(
    session: Session, command: OpenBalances, *, by: Actor, now: datetime.datetime
) -> list[Verdict]:
    """Book what each member had against the community account, once for each member.

    Returns:
        A verdict for each line, in the order of the file; when one is bad, nothing was booked and
        the good ones are only ``ready``.

    Raises:
        NotPermitted: the actor opens no balances.
        UnreadableFile: the file as a whole cannot be read.
        NotZero: the minutes do not sum to zero.
        OpeningsRefused: the books refuse one; the caller rolls back.
    """
    by.require(Permission.OPEN_BALANCES)
    lines, verdicts = read_balances(command.content)
    if not verdicts:
        check_sum(lines)
    session.execute(
        select(Timebank.id).where(Timebank.id == by.timebank_id).with_for_update(key_share=True)
    )
    openings, pot_lines, bad = _looked_up(session, lines, command, by.timebank_id)
    verdicts += bad
    known = _known(session, by.timebank_id, openings)
    verdicts += [_on_known(one, known[one.key]) for one in openings if one.key in known]
    fresh = [one for one in openings if one.key not in known and one.line.minutes]
    nothing = [one.line for one in openings if one.key not in known and not one.line.minutes]
    verdicts += [Verdict(line.number, Outcome.KNOWN) for line in (*pot_lines, *nothing)]
    refused = any(verdict.outcome is Outcome.BAD for verdict in verdicts)
    outcome = Outcome.READY if refused else Outcome.ADDED
    if not refused and fresh:
        _book(session, fresh, command.day, by=by, now=now)
    verdicts += [Verdict(one.line.number, outcome) for one in fresh]
    return sorted(verdicts, key=lambda verdict: verdict.number)


def _looked_up(
    session: Session, lines: Sequence[Line], command: OpenBalances, timebank_id: int
) -> tuple[list[_Opening], list[Line], list[Verdict]]:
    """Return the lines of members, those of the community account, and the verdicts on the rest."""
    people = People(session, timebank_id, command.people)
    openings, pot_lines, bad = list[_Opening](), list[Line](), list[Verdict]()
    seen = set[uuid.UUID]()
    for line in lines:
        if line.person.casefold() == command.community.casefold():
            pot_lines.append(line)
            continue
        try:
            check_size(line)
            resident = people.find(line.person, "person")
            if resident.member_id in seen:
                raise TwiceInFile
        except LineRefused as refusal:
            bad.append(Verdict(line.number, Outcome.BAD, refusal))
            continue
        seen.add(resident.member_id)
        openings.append(_Opening(line, resident, opening_key(timebank_id, resident.member_id)))
    return openings, pot_lines, bad


def _known(
    session: Session, timebank_id: int, openings: Sequence[_Opening]
) -> dict[uuid.UUID, int]:
    """Return the minutes with which members came in before, by key, with their sign."""
    accounts = {one.key: one.resident.account_id for one in openings}
    rows = session.execute(
        select(
            ledger.Transfer.id, ledger.Transfer.minutes, ledger.Transfer.credit_account_id
        ).where(ledger.Transfer.timebank_id == timebank_id, ledger.Transfer.id.in_(accounts))
    )
    return {
        key: minutes if credited == accounts[key] else -minutes for key, minutes, credited in rows
    }


def _on_known(one: _Opening, minutes: int) -> Verdict:
    if minutes != one.line.minutes:
        return Verdict(one.line.number, Outcome.BAD, OpenedOtherwise(minutes))
    return Verdict(one.line.number, Outcome.KNOWN)


def _book(
    session: Session,
    fresh: Sequence[_Opening],
    day: datetime.date,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    pot = pot_account(session, timebank_id=by.timebank_id, now=now)
    here: dict[str, Any] = {"timebank_id": by.timebank_id}
    steps = [
        ledger.Step(
            ledger.TransferKind.POST,
            ledger.Order(
                **here,
                transfer_id=one.key,
                debit_account_id=pot if one.line.minutes > 0 else one.resident.account_id,
                credit_account_id=one.resident.account_id if one.line.minutes > 0 else pot,
                minutes=abs(one.line.minutes),
                effective_on=day,
                recorded_by=by.member_id,
            ),
        )
        for one in fresh
    ]
    for one in fresh:
        ledger.move_account(
            session, **here, account_id=one.resident.account_id, neighbourhood_code=POT_CODE
        )
    try:
        ledger.book_all(session, steps, now=now)
    except ledger.BatchRefused as refusal:
        raise OpeningsRefused(1) from refusal
    for one in fresh:
        ledger.move_account(
            session,
            **here,
            account_id=one.resident.account_id,
            neighbourhood_code=one.resident.neighbourhood_code,
        )
    write_down(session, "balance:open", **here, by=by.member_id, now=now)
