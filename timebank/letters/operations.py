# SPDX-License-Identifier: EUPL-1.2
"""Writing letters: who gets one now, and up to where it tells. The door commits."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import and_, func, insert, or_, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.calls.models import CallReason
from timebank.calls.operations import drop_calls
from timebank.letters.models import LetterPrint, MemberLetter
from timebank.members.models import Member, Person
from timebank.members.policy import Actor
from timebank.paper.operations import check_place, give_numbers

LETTERS_A_PRINT = 50


def print_letters(
    session: Session,
    form_key: uuid.UUID,
    *,
    neighbourhood_code: str,
    by: Actor,
    now: datetime.datetime,
) -> uuid.UUID | None:
    """Make letters for people without e-mail who have none of today yet, at most a print full.

    Who waits longest for a letter goes first. Everybody in the print gets a short number.

    Args:
        form_key: made with the form, and the id of the print; sent twice, it is one print.

    Returns:
        the print, or None when everybody has a letter of today.

    Raises:
        NotPermitted: the actor fills in for nobody.
        PlaceOutOfReach: not in this neighbourhood.
    """
    check_place(session, neighbourhood_code, by=by)
    if session.get(LetterPrint, (by.timebank_id, form_key)) is not None:
        return form_key
    whose = _who_waits_for_a_letter(session, neighbourhood_code, by.timebank_id, clock.day_of(now))
    if not whose:
        return None
    made = session.execute(
        ledger.insert_or_conflict(session, LetterPrint)
        .values(
            timebank_id=by.timebank_id,
            id=form_key,
            neighbourhood_code=neighbourhood_code,
            printed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(LetterPrint.id)
    ).first()
    if made is None:
        return form_key
    give_numbers(session, [member_id for member_id, _ in whose], timebank_id=by.timebank_id)
    for member_id, since in whose:
        _keep_letter(session, form_key, member_id, since, by=by, now=now)
    return form_key


def _who_waits_for_a_letter(
    session: Session, code: str, timebank_id: int, today: datetime.date
) -> Sequence[tuple[uuid.UUID, datetime.datetime | None]]:
    """Return who has no letter of today, with the moment of their last one, the longest first."""
    last = (
        select(MemberLetter.member_id, func.max(MemberLetter.until).label("until"))
        .where(MemberLetter.timebank_id == timebank_id)
        .group_by(MemberLetter.member_id)
        .subquery()
    )
    rows = session.execute(
        select(Member.id, last.c.until)
        .join(
            Person,
            and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id),
        )
        .outerjoin(last, last.c.member_id == Member.id)
        .where(
            Member.timebank_id == timebank_id,
            Member.neighbourhood_code == code,
            Member.left_on.is_(None),
            Person.email.is_(None),
            or_(last.c.until.is_(None), last.c.until < clock.start_of(today)),
        )
        .order_by(last.c.until.is_not(None), last.c.until, Person.search_family, Member.id)
        .limit(LETTERS_A_PRINT)
    )
    return [(row.id, row.until) for row in rows]


def _keep_letter(
    session: Session,
    print_id: uuid.UUID,
    member_id: uuid.UUID,
    since: datetime.datetime | None,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    session.execute(
        insert(MemberLetter).values(
            timebank_id=by.timebank_id,
            print_id=print_id,
            member_id=member_id,
            since=since,
            until=now,
        )
    )
    # The letter tells what was approved: nobody needs to call about it as well.
    drop_calls(session, CallReason.APPROVED, timebank_id=by.timebank_id, member_id=member_id)
    write_down_by(session, "statement:print", by, about=member_id, now=now)
