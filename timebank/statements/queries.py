# SPDX-License-Identifier: EUPL-1.2
"""Reading the books for people: a member's statement, the figures of neighbourhoods.

Every figure is a sum of entries or of stored balances in the ledger; nothing is counted twice or
kept a second time here.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

import ledger
from timebank.activities.models import GroupActivity
from timebank.activities.queries import activities_behind
from timebank.amendments.models import Correction
from timebank.amendments.queries import undone_by
from timebank.areas.queries import neighbourhoods_of
from timebank.categories.models import HelpCategory
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.queries import ExchangeRow, either_side_in, exchanges_by_id
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.members.errors import NotPermitted
from timebank.members.policy import Actor, Permission
from timebank.statements.policy import Quarter, Share

PAGE = 20


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of a statement: the entry, and the exchange or the activity behind it."""

    entry: ledger.StatementLine
    exchange: ExchangeRow | None
    activity: GroupActivity | None = None
    is_correction: bool = False
    """It takes back what an earlier line gave."""


@dataclasses.dataclass(frozen=True)
class Statement:
    """A page of a member's statement, newest first.

    Attributes:
        older_than: pass this as ``before_seq`` for the page after this one; None at the end.
    """

    balance: ledger.Balance
    lines: Sequence[Line]
    older_than: int | None


@dataclasses.dataclass(frozen=True)
class NeighbourhoodFigures:
    """The exact figures of one neighbourhood over one quarter; pending is as it stands now."""

    code: str
    name: str
    given_minutes: int
    received_minutes: int
    pending_given_minutes: int
    pending_received_minutes: int
    active_people: int

    @property
    def net_minutes(self) -> int:
        """Given minus received; over all neighbourhoods of a timebank these sum to zero."""
        return self.given_minutes - self.received_minutes


def own_balance(session: Session, *, by: Actor) -> ledger.Balance:
    """Return the actor's own balance, in one statement.

    Raises:
        NotPermitted: the actor has no account.
    """
    return ledger.balance_of(session, timebank_id=by.timebank_id, account_id=_own_account(by))


def own_statement(
    session: Session, *, by: Actor, before_seq: int | None = None, limit: int = PAGE
) -> Statement:
    """Return a page of the actor's own statement.

    Args:
        before_seq: entries with a lower number only (exclusive); None starts at the newest.
        limit: lines a page.

    Raises:
        NotPermitted: the actor has no account.
    """
    balance = own_balance(session, by=by)
    entries = ledger.account_statement(
        session,
        timebank_id=by.timebank_id,
        account_id=_own_account(by),
        before_seq=before_seq,
        limit=limit + 1,
    )
    page = entries[:limit]
    return Statement(
        balance=balance,
        lines=lines_told(session, page, timebank_id=by.timebank_id),
        older_than=page[-1].seq if len(entries) > limit else None,
    )


def lines_told(
    session: Session, entries: Sequence[ledger.StatementLine], *, timebank_id: int
) -> list[Line]:
    """Find the exchange or the activity behind each entry, in their order.

    Whatever tells somebody about their lines asks here: a statement, a letter, one's own data. At
    most four statements, however many entries; the last three only where they are needed.
    """
    keys = {entry.transfer_id: entry.refers_to or entry.transfer_id for entry in entries}
    exchanges = exchanges_by_id(session, timebank_id=timebank_id, exchange_ids=keys.values())
    rest = [transfer_id for transfer_id, key in keys.items() if key not in exchanges]
    undone: dict[uuid.UUID, uuid.UUID] = {}
    activities: dict[uuid.UUID, GroupActivity] = {}
    if rest:
        undone = undone_by(session, timebank_id=timebank_id, transfer_ids=rest)
        exchanges |= exchanges_by_id(session, timebank_id=timebank_id, exchange_ids=undone.values())
        activities = activities_behind(session, timebank_id=timebank_id, transfer_ids=rest)
    return [
        Line(
            entry,
            exchanges.get(undone.get(entry.transfer_id, keys[entry.transfer_id])),
            activities.get(entry.transfer_id),
            entry.kind is ledger.TransferKind.REVERSE or entry.transfer_id in undone,
        )
        for entry in entries
    ]


def exact_figures(
    session: Session, *, by: Actor, quarter: Quarter
) -> Sequence[NeighbourhoodFigures]:
    """Return the exact figures of the neighbourhoods within the actor's reach, by name.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    by.require(Permission.READ_EXACT_FIGURES)
    reach = by.reach(Permission.READ_EXACT_FIGURES)
    names = {
        neighbourhood.code: neighbourhood.name
        for neighbourhood in neighbourhoods_of(session, timebank_id=by.timebank_id)
        if reach.covers(neighbourhood.code)
    }
    shares = _shares(session, by.timebank_id, names, quarter)
    pending = ledger.pending_by_neighbourhood(
        session, timebank_id=by.timebank_id, neighbourhood_codes=list(names)
    )
    return [
        _exact(code, name, shares.get(code, []), pending.get(code, (0, 0)))
        for code, name in names.items()
    ]


def exchanges_by_step(session: Session, *, by: Actor, quarter: Quarter) -> dict[str, int]:
    """Return how many exchanges were approved in a quarter, by step of the ladder (policy row V1).

    Counted are those with one of the two in a neighbourhood within the actor's reach, each once,
    in the quarter of the approval; a correction was approved when it was made. The step is that of
    the kind of help as it stands now.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    by.require(Permission.READ_EXACT_FIGURES)
    reach = by.reach(Permission.READ_EXACT_FIGURES)
    corrections = select(Correction.replaced_by).where(Correction.timebank_id == by.timebank_id)
    query = (
        select(HelpCategory.step, func.count(Exchange.id.distinct()).label("exchanges"))
        .select_from(ExchangeEvent)
        .join(
            Exchange,
            and_(
                Exchange.timebank_id == ExchangeEvent.timebank_id,
                Exchange.id == ExchangeEvent.exchange_id,
            ),
        )
        .join(
            HelpCategory,
            and_(
                HelpCategory.timebank_id == Exchange.timebank_id,
                HelpCategory.code == Exchange.category_code,
            ),
        )
        .where(
            ExchangeEvent.timebank_id == by.timebank_id,
            or_(
                ExchangeEvent.action.in_((Action.APPROVE, Action.LET_STAND)),
                and_(ExchangeEvent.action == Action.LOG, Exchange.id.in_(corrections)),
            ),
            ExchangeEvent.happened_at >= quarter.since,
            ExchangeEvent.happened_at < quarter.until,
            Exchange.state == ExchangeState.APPROVED,
        )
        .group_by(HelpCategory.step)
    )
    if not reach.everywhere:
        query = query.where(either_side_in(reach.codes))
    return {row.step: row.exchanges for row in session.execute(query)}


def _own_account(actor: Actor) -> int:
    actor.require(Permission.READ_OWN_STATEMENT)
    if actor.account_id is None:
        raise NotPermitted(Permission.READ_OWN_STATEMENT)
    return actor.account_id


def _shares(
    session: Session, timebank_id: int, codes: Collection[str], quarter: Quarter
) -> Mapping[str, list[Share]]:
    shares: dict[str, list[Share]] = defaultdict(list)
    for flow in ledger.account_flows(
        session,
        timebank_id=timebank_id,
        neighbourhood_codes=list(codes),
        since=quarter.since,
        until=quarter.until,
    ):
        shares[flow.neighbourhood_code].append(Share(flow.given_minutes, flow.received_minutes))
    return shares


def _exact(
    code: str, name: str, shares: Sequence[Share], pending: tuple[int, int]
) -> NeighbourhoodFigures:
    return NeighbourhoodFigures(
        code=code,
        name=name,
        given_minutes=sum(share.given_minutes for share in shares),
        received_minutes=sum(share.received_minutes for share in shares),
        pending_given_minutes=pending[0],
        pending_received_minutes=pending[1],
        active_people=len(shares),
    )
