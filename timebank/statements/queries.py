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

from sqlalchemy.orm import Session

import ledger
from timebank.activities.models import GroupActivity
from timebank.activities.queries import activities_behind
from timebank.amendments.queries import undone_by
from timebank.exchanges.queries import ExchangeRow, exchanges_by_id
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
