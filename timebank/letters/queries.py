# SPDX-License-Identifier: EUPL-1.2
"""Reading letters: for whom one is due, what stands on those of a print. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.amendments.queries import replacements_of
from timebank.areas.models import Neighbourhood
from timebank.exchanges.models import Exchange, ExchangeEvent, ExchangeNote, NoteKind
from timebank.exchanges.queries import ExchangeRow, exchanges_by_id
from timebank.exchanges.workflow import Action, RejectionReason
from timebank.letters.models import LetterPrint, MemberLetter
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.paper.errors import NothingPrinted
from timebank.paper.models import MemberNumber
from timebank.statements.queries import Line, lines_told

MOST_LINES = 5
MOST_DECISIONS = 6
"""So many stand on one sheet beside the rest; whoever has more is told to ask."""
MOST_PRINTS = 10
_DECISIONS = (
    Action.APPROVE,
    Action.REJECT,
    Action.RETURN,
    Action.LET_STAND,
    Action.CORRECT,
    Action.TAKE_BACK,
)
_WITH_WORDS = (Action.REJECT, Action.RETURN)


@dataclasses.dataclass(frozen=True)
class Due:
    """How many people of a neighbourhood have no e-mail, and how many no letter of today yet."""

    code: str
    name: str
    without_email: int
    waiting: int


@dataclasses.dataclass(frozen=True)
class Decision:
    """What a coordinator decided about an exchange.

    Attributes:
        words: of the coordinator; with what was rejected or given back only.
        instead: the exchange that stands in its place, if the reader took part in that one too.
    """

    exchange: ExchangeRow
    action: Action
    reason: RejectionReason | None
    words: str | None
    instead: ExchangeRow | None = None


@dataclasses.dataclass(frozen=True)
class PrintedLetter:
    """What stands on the sheet of one member.

    Attributes:
        since: the moment of the letter before; None: this is the first.
        decisions: at most ``MOST_DECISIONS``, newest first; ``more`` when there are more.
        lines: at most ``MOST_LINES``, newest first, told as on a statement; what stands among the
            decisions is not said twice.
    """

    member_id: uuid.UUID
    full_name: str
    language: str
    number: int
    since: datetime.datetime | None
    balance: ledger.Balance
    decisions: Sequence[Decision]
    more: bool
    lines: Sequence[Line]


def letters_due(session: Session, *, by: Actor, today: datetime.date) -> Sequence[Due]:
    """Return the actor's neighbourhoods by name, with how many letters are due in each.

    Raises:
        NotPermitted: the actor fills in for nobody.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    reach = by.reach(Permission.LOG_FOR_OTHERS)
    today_began = clock.start_of(today)
    has_one = (
        select(MemberLetter.member_id)
        .where(MemberLetter.timebank_id == by.timebank_id, MemberLetter.until >= today_began)
        .distinct()
        .subquery()
    )
    query = (
        select(
            Neighbourhood.code,
            Neighbourhood.name,
            func.count(Person.member_id),
            func.count(case((has_one.c.member_id.is_(None), Person.member_id))),
        )
        .outerjoin(
            Member,
            and_(
                Member.timebank_id == Neighbourhood.timebank_id,
                Member.neighbourhood_code == Neighbourhood.code,
                Member.left_on.is_(None),
            ),
        )
        .outerjoin(
            Person,
            and_(
                Person.timebank_id == Member.timebank_id,
                Person.member_id == Member.id,
                Person.email.is_(None),
            ),
        )
        .outerjoin(has_one, has_one.c.member_id == Member.id)
        .where(Neighbourhood.timebank_id == by.timebank_id)
        .group_by(Neighbourhood.code, Neighbourhood.name)
        .order_by(Neighbourhood.name)
    )
    if not reach.everywhere:
        query = query.where(Neighbourhood.code.in_(reach.codes))
    return [Due(code, name, people, due) for code, name, people, due in session.execute(query)]


def last_prints(session: Session, *, by: Actor) -> Sequence[tuple[LetterPrint, int]]:
    """Return the last prints in the actor's neighbourhoods, newest first, with how many letters.

    Raises:
        NotPermitted: the actor fills in for nobody.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    reach = by.reach(Permission.LOG_FOR_OTHERS)
    count = (
        select(func.count())
        .where(
            MemberLetter.timebank_id == LetterPrint.timebank_id,
            MemberLetter.print_id == LetterPrint.id,
        )
        .scalar_subquery()
    )
    query = select(LetterPrint, count).where(LetterPrint.timebank_id == by.timebank_id)
    if not reach.everywhere:
        query = query.where(LetterPrint.neighbourhood_code.in_(reach.codes))
    rows = session.execute(query.order_by(LetterPrint.printed_at.desc()).limit(MOST_PRINTS))
    return [(row[0], row[1]) for row in rows]


def letters_of(session: Session, print_id: uuid.UUID, *, by: Actor) -> Sequence[PrintedLetter]:
    """Return the letters of a print by family name; who left or was erased meanwhile has none.

    Raises:
        NotPermitted: the actor fills in for nobody.
        NothingPrinted: there is no such print, within reach.
    """
    by.require(Permission.LOG_FOR_OTHERS)
    reach = by.reach(Permission.LOG_FOR_OTHERS)
    made = session.get(LetterPrint, (by.timebank_id, print_id))
    if made is None or not reach.covers(made.neighbourhood_code):
        raise NothingPrinted
    rows = session.execute(
        select(Member, Person, MemberLetter, MemberNumber.number)
        .join(
            Person,
            and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id),
        )
        .join(
            MemberLetter,
            and_(
                MemberLetter.timebank_id == Member.timebank_id, MemberLetter.member_id == Member.id
            ),
        )
        .join(
            MemberNumber,
            and_(
                MemberNumber.timebank_id == Member.timebank_id, MemberNumber.member_id == Member.id
            ),
        )
        .where(
            Member.timebank_id == by.timebank_id,
            MemberLetter.print_id == print_id,
            Member.left_on.is_(None),
        )
        .order_by(Person.search_family, Person.search_given, Member.id)
    ).all()
    # Who moved out of the actor's reach since is not shown any more.
    near = [row for row in rows if reach.covers(row[0].neighbourhood_code)]
    return _with_hours(session, [(*row,) for row in near], print_id, by.timebank_id)


def letters_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return when letters were printed for the actor and from when each told, newest first."""
    rows = session.execute(
        select(MemberLetter.since, MemberLetter.until)
        .where(MemberLetter.timebank_id == by.timebank_id, MemberLetter.member_id == by.member_id)
        .order_by(MemberLetter.until.desc())
    )
    return [{"letter_printed_at": row.until, "tells_from": row.since} for row in rows]


def _with_hours(
    session: Session,
    people: Sequence[tuple[Member, Person, MemberLetter, int]],
    print_id: uuid.UUID,
    timebank_id: int,
) -> Sequence[PrintedLetter]:
    accounts = {member.id: member.account_id for member, *_ in people if member.account_id}
    balances = ledger.balances_of(
        session, timebank_id=timebank_id, account_ids=list(accounts.values())
    )
    entries = {
        member_id: ledger.account_statement(
            session,
            timebank_id=timebank_id,
            account_id=account_id,
            limit=MOST_DECISIONS + MOST_LINES,
        )
        for member_id, account_id in accounts.items()
    }
    decided = _decisions(session, print_id, timebank_id)
    lines = _lines(session, timebank_id, entries)
    return [
        PrintedLetter(
            member_id=member.id,
            full_name=person.full_name,
            language=person.language,
            number=number,
            since=letter.since,
            balance=balances[accounts[member.id]],
            decisions=decided.get(member.id, ())[:MOST_DECISIONS],
            more=len(decided.get(member.id, ())) > MOST_DECISIONS,
            lines=_not_said(lines[member.id], decided.get(member.id, ())[:MOST_DECISIONS]),
        )
        for member, person, letter, number in people
        if member.id in accounts
    ]


def _lines(
    session: Session,
    timebank_id: int,
    entries: Mapping[uuid.UUID, Sequence[ledger.StatementLine]],
) -> Mapping[uuid.UUID, Sequence[Line]]:
    """Find what is behind the entries of everybody at once."""
    flat = [entry for lines in entries.values() for entry in lines]
    told = iter(lines_told(session, flat, timebank_id=timebank_id))
    return {member_id: [next(told) for _ in lines] for member_id, lines in entries.items()}


def _not_said(lines: Sequence[Line], decisions: Sequence[Decision]) -> Sequence[Line]:
    said = {one.exchange.exchange_id for one in decisions}
    said |= {one.instead.exchange_id for one in decisions if one.instead}
    return [
        line for line in lines if line.exchange is None or line.exchange.exchange_id not in said
    ][:MOST_LINES]


def _decisions(
    session: Session, print_id: uuid.UUID, timebank_id: int
) -> Mapping[uuid.UUID, Sequence[Decision]]:
    """Return what was decided for each member of a print since the letter before, newest first."""
    found = _events(session, print_id, timebank_id)
    changed = {event.exchange_id for _, event, _ in found if event.action is Action.CORRECT}
    instead = replacements_of(session, timebank_id=timebank_id, exchange_ids=changed)
    named = {event.exchange_id for _, event, _ in found} | set(instead.values())
    exchanges = exchanges_by_id(session, timebank_id=timebank_id, exchange_ids=named)
    decided: dict[uuid.UUID, list[Decision]] = defaultdict(list)
    for member_id, event, words in found:
        right = instead.get(event.exchange_id) if event.action is Action.CORRECT else None
        decided[member_id].append(
            Decision(
                exchanges[event.exchange_id],
                event.action,
                event.reason,
                words if event.action in _WITH_WORDS else None,
                exchanges[right] if right and _takes_part(exchanges[right], member_id) else None,
            )
        )
    return decided


def _takes_part(exchange: ExchangeRow, member_id: uuid.UUID) -> bool:
    return member_id in (exchange.helper_id, exchange.helped_id)


def _events(
    session: Session, print_id: uuid.UUID, timebank_id: int
) -> Sequence[tuple[uuid.UUID, ExchangeEvent, str | None]]:
    """Return for whom, what and with which words, at most one more each than a letter holds."""
    took_part = or_(
        Exchange.helper_id == MemberLetter.member_id, Exchange.helped_id == MemberLetter.member_id
    )
    place = func.row_number().over(
        partition_by=MemberLetter.member_id,
        order_by=(ExchangeEvent.happened_at.desc(), ExchangeEvent.id.desc()),
    )
    ranked = (
        select(MemberLetter.member_id, ExchangeEvent.id, place.label("place"))
        .join(Exchange, and_(Exchange.timebank_id == MemberLetter.timebank_id, took_part))
        .join(
            ExchangeEvent,
            and_(
                ExchangeEvent.timebank_id == Exchange.timebank_id,
                ExchangeEvent.exchange_id == Exchange.id,
            ),
        )
        .where(
            MemberLetter.timebank_id == timebank_id,
            MemberLetter.print_id == print_id,
            ExchangeEvent.action.in_(_DECISIONS),
            or_(MemberLetter.since.is_(None), ExchangeEvent.happened_at > MemberLetter.since),
            ExchangeEvent.happened_at <= MemberLetter.until,
        )
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.member_id, ExchangeEvent, ExchangeNote.words)
        .join(
            ExchangeEvent,
            and_(ExchangeEvent.timebank_id == timebank_id, ExchangeEvent.id == ranked.c.id),
        )
        .outerjoin(
            ExchangeNote,
            and_(
                ExchangeNote.timebank_id == ExchangeEvent.timebank_id,
                ExchangeNote.exchange_id == ExchangeEvent.exchange_id,
                ExchangeNote.kind == NoteKind.REASON,
            ),
        )
        .where(ranked.c.place <= MOST_DECISIONS + 1)
        .order_by(ranked.c.member_id, ranked.c.place)
    )
    return [(member_id, event, words) for member_id, event, words in rows]
