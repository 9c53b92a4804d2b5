# SPDX-License-Identifier: EUPL-1.2
"""Reading the desk: what needs a person first, then the ordinary rest by kind of help.

A page costs the same number of statements however much waits. Nothing here writes.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from timebank.agreements.policy import both_agree
from timebank.agreements.queries import confirmations_of
from timebank.approvals.models import FirstApproval
from timebank.approvals.policy import DecisionKind
from timebank.approvals.queries import PAGE, waiting_for
from timebank.asking.queries import Question, questions_about, unanswered
from timebank.categories.policy import Check
from timebank.checks.queries import missing_checks
from timebank.desk.models import HeldDecision
from timebank.disputes.queries import open_disputes
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.queries import ExchangeRow
from timebank.exchanges.workflow import Action
from timebank.members.models import Person, RoleGrant
from timebank.members.policy import ALLOWED, Actor, Permission, Role
from timebank.members.queries import load_actor
from timebank.rules.policy import Rules
from timebank.rules.queries import rules_by_place
from timebank.second_looks.queries import RefusedBefore, refused_before
from timebank.signals.policy import Look
from timebank.signals.queries import looks_at

BATCH = 100
"""So many held decisions are carried out at one go; the rest follows at the next."""


_KINDS = {
    Action.APPROVE: DecisionKind.APPROVE,
    Action.REJECT: DecisionKind.REJECT,
    Action.RETURN: DecisionKind.RETURN,
}
_ACTIONS = {kind: action for action, kind in _KINDS.items()}


@dataclasses.dataclass(frozen=True)
class Item:
    """Help that waits, with all that a coordinator wants to know about it.

    Attributes:
        looks: why a person must look at it; empty when it is ordinary.
        agreed: both sides say that it is right.
        first_by: who approved first of two, if somebody did.
        waits_for_second: that was the actor; a colleague approves next.
        missing: which checks were not seen of the helper (policy row V19).
        refused: what was not approved before, of which this is the second look.
    """

    exchange: ExchangeRow
    looks: tuple[Look, ...]
    agreed: bool
    questions: Sequence[Question] = ()
    first_by: str | None = None
    waits_for_second: bool = False
    missing: tuple[Check, ...] = ()
    refused: RefusedBefore | None = None

    @property
    def waits_for_answer(self) -> bool:
        """Say whether something was asked that nobody answered yet."""
        return unanswered(self.questions) is not None


@dataclasses.dataclass(frozen=True)
class Group:
    """Ordinary help of one kind."""

    category_code: str
    items: Sequence[Item]

    @property
    def minutes(self) -> int:
        """Return the minutes of all together."""
        return sum(item.exchange.minutes for item in self.items)


@dataclasses.dataclass(frozen=True)
class Inbox:
    """The desk of one coordinator: at most a page, oldest first in each part."""

    first: Sequence[Item]
    groups: Sequence[Group]
    waits_for_others: Sequence[Item]
    more: bool

    @property
    def ordinary(self) -> int:
        """Return how many ordinary exchanges there are."""
        return sum(len(group.items) for group in self.groups)

    @property
    def count(self) -> int:
        """Return how many wait for this coordinator."""
        return len(self.first) + self.ordinary

    def item(self, exchange_id: uuid.UUID) -> Item | None:
        """Return one of them by its id."""
        grouped = [item for group in self.groups for item in group.items]
        every = [*self.first, *grouped, *self.waits_for_others]
        return next((one for one in every if one.exchange.exchange_id == exchange_id), None)


@dataclasses.dataclass(frozen=True)
class Undoable:
    """What the actor decided a moment ago and can still undo, until a moment (exclusive)."""

    batch_id: uuid.UUID
    kind: DecisionKind
    count: int
    until: datetime.datetime


@dataclasses.dataclass(frozen=True)
class Decider:
    """Who decides about exchanges and can be mailed."""

    actor: Actor
    email: str
    language: str


def inbox_of(session: Session, *, by: Actor) -> Inbox:
    """Return what waits for this coordinator.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    rows = waiting_for(session, by=by)
    items = with_all_about_it(session, rows[:PAGE], by=by)
    first: list[Item] = []
    others: list[Item] = []
    ordinary: dict[str, list[Item]] = {}
    for item in items:
        if item.waits_for_answer or item.waits_for_second:
            others.append(item)
        elif item.looks or item.questions or item.missing or item.refused:
            first.append(item)
        else:
            ordinary.setdefault(item.exchange.category_code, []).append(item)
    groups = [Group(code, grouped) for code, grouped in ordinary.items()]
    groups.sort(key=lambda group: -len(group.items))
    return Inbox(first, groups, others, more=len(rows) > PAGE)


def with_all_about_it(
    session: Session, rows: Sequence[ExchangeRow], *, by: Actor
) -> Sequence[Item]:
    """Return exchanges with what stands out, who agreed, what was asked and who approved first."""
    if not rows:
        return []
    here, ids = {"timebank_id": by.timebank_id}, [row.exchange_id for row in rows]
    rules: Mapping[str, Rules] = rules_by_place(session, **here)
    facts = {row.exchange_id: row for row in rows}
    looks = looks_at(session, facts, rules=rules, **here)
    confirmed = confirmations_of(session, exchange_ids=ids, **here)
    asked = questions_about(session, exchange_ids=ids, **here)
    firsts = _first_approvals(session, by.timebank_id, ids)
    missing = missing_checks(session, rows, by=by)
    refused = refused_before(session, exchange_ids=ids, **here)
    return [
        Item(
            row,
            looks[row.exchange_id],
            both_agree(
                {row.helper_id, row.helped_id},
                {row.logged_by, row.acting_for_id, *confirmed.get(row.exchange_id, ())},
            ),
            asked.get(row.exchange_id, ()),
            firsts.get(row.exchange_id, (None, None))[1],
            row.exchange_id in firsts and firsts[row.exchange_id][0] == by.member_id,
            missing.get(row.exchange_id, ()),
            refused.get(row.exchange_id),
        )
        for row in rows
    ]


def undoable_by(session: Session, *, by: Actor, now: datetime.datetime) -> Sequence[Undoable]:
    """Return what the actor decided and can still undo, newest first."""
    rows = session.execute(
        select(
            HeldDecision.batch_id,
            HeldDecision.kind,
            func.count(),
            func.max(HeldDecision.due_at),
        )
        .where(
            HeldDecision.timebank_id == by.timebank_id,
            HeldDecision.decided_by == by.member_id,
            HeldDecision.due_at > now,
        )
        .group_by(HeldDecision.batch_id, HeldDecision.kind)
        .order_by(func.max(HeldDecision.due_at).desc())
    )
    return [Undoable(*row) for row in rows]


def due_decisions(
    session: Session, *, timebank_id: int, now: datetime.datetime, limit: int = BATCH
) -> Sequence[uuid.UUID]:
    """Return the exchanges whose held decision is due, the first decided first."""
    return session.scalars(
        select(HeldDecision.exchange_id)
        .where(HeldDecision.timebank_id == timebank_id, HeldDecision.due_at <= now)
        .order_by(HeldDecision.due_at, HeldDecision.exchange_id)
        .limit(limit)
    ).all()


def deciders(session: Session, *, timebank_id: int, today: datetime.date) -> Sequence[Decider]:
    """Return everybody with an e-mail address who may decide about exchanges today."""
    deciding = [role for role in Role if Permission.DECIDE_EXCHANGES in ALLOWED[role]]
    people = session.execute(
        select(Person.member_id, Person.email, Person.language)
        .where(
            Person.timebank_id == timebank_id,
            Person.email.is_not(None),
            Person.member_id.in_(
                select(RoleGrant.member_id).where(
                    RoleGrant.timebank_id == timebank_id, RoleGrant.role.in_(deciding)
                )
            ),
        )
        .order_by(Person.member_id)
    ).all()
    found = []
    for member_id, email, language in people:
        actor = load_actor(session, timebank_id=timebank_id, member_id=member_id, today=today)
        if actor is not None and actor.can(Permission.DECIDE_EXCHANGES):
            found.append(Decider(actor, str(email), language))
    return found


def waiting_since_long(
    session: Session, *, by: Actor, now: datetime.datetime
) -> Sequence[tuple[uuid.UUID, int]]:
    """Return what waits longer for this coordinator than the neighbourhoods want, oldest first.

    Help that waits to be checked counts from when it was logged, and what somebody said is not
    right from when they said so.

    Returns:
        The exchange and the whole days that it waits; at most a page of help and one of disputes.

    Source: policy row D10.
    """
    rules = rules_by_place(session, timebank_id=by.timebank_id)
    waiting = [(row.logged_at, row) for row in waiting_for(session, by=by)]
    waiting += [(said.raised_at, row) for said, row in open_disputes(session, by=by)]
    waiting.sort(key=lambda one: one[0])
    found = []
    for since, row in waiting:
        days = (now - since).days
        places = (row.helper_neighbourhood_code, row.helped_neighbourhood_code)
        limits = [rules.get(code, Rules()).remind_after_days for code in places]
        if any(limit and days >= limit for limit in limits):
            found.append((row.exchange_id, days))
    return found


def _first_approvals(
    session: Session, timebank_id: int, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[uuid.UUID | None, str | None]]:
    rows = session.execute(
        select(
            FirstApproval.exchange_id,
            FirstApproval.approved_by,
            Person.given_name,
            Person.family_name,
        )
        .outerjoin(
            Person,
            and_(
                Person.timebank_id == FirstApproval.timebank_id,
                Person.member_id == FirstApproval.approved_by,
            ),
        )
        .where(FirstApproval.timebank_id == timebank_id, FirstApproval.exchange_id.in_(ids))
    )
    return {
        exchange_id: (member_id, given and f"{given} {family}")
        for exchange_id, member_id, given, family in rows
    }


def own_decision(session: Session, exchange_id: uuid.UUID, *, by: Actor) -> DecisionKind | None:
    """Return what this actor decided about an exchange, held or carried out; None if nothing."""
    key = (by.timebank_id, exchange_id)
    held = session.get(HeldDecision, key, populate_existing=True)
    if held is not None:
        return held.kind if held.decided_by == by.member_id else None
    action = session.scalars(
        select(ExchangeEvent.action).where(
            ExchangeEvent.timebank_id == by.timebank_id,
            ExchangeEvent.exchange_id == exchange_id,
            ExchangeEvent.actor_id == by.member_id,
            ExchangeEvent.action.in_(_KINDS),
        )
    ).first()
    return None if action is None else _KINDS[action]


def held_for_oneself(session: Session, *, by: Actor) -> dict[uuid.UUID, dict[str, Any]]:
    """Return what was decided about help of the actor and can still be undone, by exchange."""
    rows = session.execute(
        select(HeldDecision)
        .join(
            Exchange,
            and_(
                Exchange.timebank_id == HeldDecision.timebank_id,
                Exchange.id == HeldDecision.exchange_id,
            ),
        )
        .where(
            HeldDecision.timebank_id == by.timebank_id,
            or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id),
        )
    )
    return {
        held.exchange_id: {
            "action": _ACTIONS[held.kind],
            "reason": held.reason,
            "words": held.words or None,
            "at": held.decided_at,
        }
        for (held,) in rows
    }
