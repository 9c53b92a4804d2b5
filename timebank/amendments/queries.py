# SPDX-License-Identifier: EUPL-1.2
"""Reading amendments: what stands in the place of what, and how a kind of help changed."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from timebank.amendments.models import Correction, KindChange
from timebank.exchanges.models import Exchange
from timebank.exchanges.workflow import ExchangeState

_OLD = aliased(Exchange)
_NEW = aliased(Exchange)


@dataclasses.dataclass(frozen=True)
class Links:
    """What an exchange has to do with others.

    Attributes:
        replaced_by: the exchange that stands in its place.
        replaces: the exchange in whose place it stands.
        looked_at_again: that one was not approved, and this is the second look at it.
        replaced_state: where the exchange that stands in its place stands now.
    """

    replaced_by: uuid.UUID | None = None
    replaces: uuid.UUID | None = None
    looked_at_again: bool = False
    replaced_state: ExchangeState | None = None


def links_of(session: Session, exchange_id: uuid.UUID, *, timebank_id: int) -> Links:
    """Return what an exchange was replaced by and what it replaces, in one statement."""
    rows = session.execute(
        select(Correction.exchange_id, Correction.replaced_by, _OLD.state, _NEW.state)
        .join(_OLD, _is(_OLD, Correction.exchange_id))
        .outerjoin(_NEW, _is(_NEW, Correction.replaced_by))
        .where(
            Correction.timebank_id == timebank_id,
            or_(Correction.exchange_id == exchange_id, Correction.replaced_by == exchange_id),
        )
    ).all()
    before = next(((old, state) for old, new, state, _ in rows if new == exchange_id), (None, None))
    after = next(((new, state) for old, new, _, state in rows if old == exchange_id), (None, None))
    return Links(
        after[0],
        before[0],
        looked_at_again=before[1] is ExchangeState.REJECTED,
        replaced_state=after[1],
    )


def _is(exchange: type[Exchange], exchange_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return and_(exchange.timebank_id == Correction.timebank_id, exchange.id == exchange_id)


def kinds_before(
    session: Session, exchange_id: uuid.UUID, *, timebank_id: int
) -> Sequence[tuple[str, str]]:
    """Return each change of the kind of help as old and new code, oldest first."""
    rows = session.execute(
        select(KindChange.old_code, KindChange.new_code)
        .where(KindChange.timebank_id == timebank_id, KindChange.exchange_id == exchange_id)
        .order_by(KindChange.id)
    )
    return [(old, new) for old, new in rows]


def undone_by(
    session: Session, *, timebank_id: int, transfer_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """Return the exchanges whose hours these transfers took back, by transfer."""
    rows = session.execute(
        select(Correction.undone_by, Correction.exchange_id).where(
            Correction.timebank_id == timebank_id, Correction.undone_by.in_(transfer_ids)
        )
    )
    return {transfer_id: exchange_id for transfer_id, exchange_id in rows if transfer_id}


def replacements_of(
    session: Session, *, timebank_id: int, exchange_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """Return the exchanges that stand in the place of these, by the one that they replaced."""
    rows = session.execute(
        select(Correction.exchange_id, Correction.replaced_by).where(
            Correction.timebank_id == timebank_id, Correction.exchange_id.in_(exchange_ids)
        )
    )
    return {old: new for old, new in rows if new}
