# SPDX-License-Identifier: EUPL-1.2
"""Reading tables to take along: row after row, within the actor's reach. Nothing here writes.

Notes are left out: they are words between people, and no table needs them. The columns stand in
docs/imports.md; a table of exchanges can be imported again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

import ledger
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import either_side_in
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.pot.models import CommunityAccount
from timebank.sheets.writing import Cell

Row = list[Cell]
EXCHANGES = (
    "day",
    "helper",
    "helped",
    "minutes",
    "category",
    "state",
    "helper_number",
    "helped_number",
    "helper_neighbourhood",
    "helped_neighbourhood",
    "number",
)
BALANCES = (
    "person",
    "minutes",
    "given_minutes",
    "received_minutes",
    "pending_given_minutes",
    "pending_received_minutes",
    "neighbourhood",
    "name",
)
"""``person`` is the member number, so that the table can be read in again."""
COMMUNITY = "community"
"""What a table of balances calls the community account."""
_PIECE = 1000


def exchange_table(session: Session, *, by: Actor) -> Iterator[Row]:
    """Return every exchange with a side in the actor's reach, by the day of the help.

    Raises:
        NotPermitted: the actor exports nothing.
    """
    by.require(Permission.EXPORT_EXCHANGES)
    reach = by.reach(Permission.EXPORT_EXCHANGES)
    helper, helped = aliased(Person), aliased(Person)
    query = (
        select(
            Exchange,
            helper.given_name,
            helper.family_name,
            helped.given_name,
            helped.family_name,
        )
        .outerjoin(helper, _is(helper, Exchange.helper_id))
        .outerjoin(helped, _is(helped, Exchange.helped_id))
        .where(Exchange.timebank_id == by.timebank_id)
    )
    if not reach.everywhere:
        query = query.where(either_side_in(reach.codes))
    query = query.order_by(Exchange.helped_on, Exchange.logged_at, Exchange.id)
    rows = session.execute(query, execution_options={"yield_per": _PIECE})
    return (_exchange(*row) for row in rows)


def balance_table(session: Session, *, by: Actor) -> Iterator[Row]:
    """Return the hours of everybody who takes part in the actor's reach, by name.

    Who reaches every neighbourhood finds the community account last; then the minutes sum to zero.

    Raises:
        NotPermitted: the actor exports nothing.
    """
    by.require(Permission.EXPORT_EXCHANGES)
    reach = by.reach(Permission.EXPORT_EXCHANGES)
    query = (
        select(ledger.Account, Member.id, Member.neighbourhood_code, Person.given_name)
        .add_columns(Person.family_name)
        .join(
            Member,
            and_(
                Member.timebank_id == ledger.Account.timebank_id,
                Member.account_id == ledger.Account.id,
            ),
        )
        .join(Person, and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id))
        .where(ledger.Account.timebank_id == by.timebank_id, Member.left_on.is_(None))
        .order_by(Person.search_given, Person.search_family, Member.id)
    )
    if not reach.everywhere:
        query = query.where(Member.neighbourhood_code.in_(reach.codes))
    rows = session.execute(query, execution_options={"yield_per": _PIECE})
    for account, member_id, code, given, family in rows:
        yield [str(member_id), *_hours(account), code, f"{given} {family}"]
    if reach.everywhere:
        yield from _pot(session, by.timebank_id)


TABLES: dict[str, tuple[tuple[str, ...], Callable[..., Iterator[Row]]]] = {
    "exchanges": (EXCHANGES, exchange_table),
    "balances": (BALANCES, balance_table),
}
"""The tables by name: their columns and how they are read."""


def _pot(session: Session, timebank_id: int) -> Iterator[Row]:
    pots = session.scalars(
        select(ledger.Account)
        .join(
            CommunityAccount,
            and_(
                CommunityAccount.timebank_id == ledger.Account.timebank_id,
                CommunityAccount.account_id == ledger.Account.id,
            ),
        )
        .where(ledger.Account.timebank_id == timebank_id)
    )
    for account in pots:
        yield [COMMUNITY, *_hours(account), "", ""]


def _hours(account: ledger.Account) -> Row:
    return [
        account.credited_minutes - account.debited_minutes,
        account.credited_minutes,
        account.debited_minutes,
        account.pending_in_minutes,
        account.pending_out_minutes,
    ]


def _is(person: type[Person], member_id: Any) -> Any:  # noqa: ANN401 - columns of a query
    return and_(person.timebank_id == Exchange.timebank_id, person.member_id == member_id)


def _exchange(
    exchange: Exchange,
    helper_given: str | None,
    helper_family: str | None,
    helped_given: str | None,
    helped_family: str | None,
) -> Row:
    return [
        exchange.helped_on,
        f"{helper_given} {helper_family}" if helper_given else "",
        f"{helped_given} {helped_family}" if helped_given else "",
        exchange.minutes,
        exchange.category_code,
        exchange.state.value,
        str(exchange.helper_id),
        str(exchange.helped_id),
        exchange.helper_neighbourhood_code,
        exchange.helped_neighbourhood_code,
        str(exchange.id),
    ]
