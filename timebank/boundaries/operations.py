# SPDX-License-Identifier: EUPL-1.2
"""Writing exceptions to a boundary: allow one, use it. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

import ledger
from timebank.audit.operations import write_down_by
from timebank.boundaries.errors import KindNotProfessional, NotTwoPeople, OwnOverride
from timebank.boundaries.models import BoundaryOverride
from timebank.boundaries.policy import checked_reason
from timebank.categories.models import Boundary, HelpCategory
from timebank.categories.policy import safety_of
from timebank.members.errors import NotPermitted
from timebank.members.holding import all_stay
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission


@dataclasses.dataclass(frozen=True)
class AllowOverride:
    """A wish to allow one exchange of work that is for a professional.

    Attributes:
        key: made with the form. Sent twice there is one exception; for others it is another one.
        helper_id, helped_id: None where no such person was found.
        reason: why, in a sentence; it is kept and listed.
    """

    key: uuid.UUID
    helper_id: uuid.UUID | None
    helped_id: uuid.UUID | None
    category_code: str
    reason: str


def allow_override(
    session: Session, command: AllowOverride, *, by: Actor, now: datetime.datetime
) -> None:
    """Allow one exception, which the two may use once (policy row L6).

    Raises:
        NotPermitted: the actor allows no exceptions.
        NotTwoPeople: not two people of this timebank, one of whom is within the actor's reach.
        OwnOverride: the actor is one of the two.
        KindNotProfessional: this kind of help needs no exception, or never has one.
        OverrideReasonMissing, OverrideReasonTooLong: the reason is no reason.
    """
    by.require(Permission.ALLOW_OVERRIDES)
    if by.member_id is None:
        raise NotPermitted(Permission.ALLOW_OVERRIDES)
    helper_id, helped_id = _two_people(session, command, by)
    category = session.get(HelpCategory, (by.timebank_id, command.category_code))
    if (
        category is None
        or category.boundary is not Boundary.PROFESSIONAL_ONLY
        or not safety_of(category.code).exception
    ):
        raise KindNotProfessional
    reason = checked_reason(command.reason)
    override_id = uuid.uuid5(
        command.key, f"{by.member_id} {helper_id} {helped_id} {command.category_code} {reason}"
    )
    made = session.execute(
        ledger.insert_or_conflict(session, BoundaryOverride)
        .values(
            timebank_id=by.timebank_id,
            id=override_id,
            helper_id=helper_id,
            helped_id=helped_id,
            category_code=command.category_code,
            reason=reason,
            allowed_by=by.member_id,
            allowed_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "id"])
        .returning(BoundaryOverride.id)
    ).first()
    if made is not None:
        write_down_by(session, "override:allow", by, about=helped_id, subject=override_id, now=now)


class Wish(Protocol):
    """Anything that says who helps whom with what, by which form, as a wish to log does."""

    @property
    def helper_id(self) -> uuid.UUID:
        """Return who helps."""

    @property
    def helped_id(self) -> uuid.UUID:
        """Return who is helped."""

    @property
    def category_code(self) -> str:
        """Return with what kind of help."""

    @property
    def form_key(self) -> uuid.UUID:
        """Return the key of the form."""


def use_override(session: Session, timebank_id: int, wish: Wish) -> bool:
    """Use up an exception for the exchange of this form; say whether there was one.

    A form that is sent twice uses one exception; of two forms at once exactly one wins.
    """
    mine = or_(BoundaryOverride.used_for.is_(None), BoundaryOverride.used_for == wish.form_key)
    free = select(BoundaryOverride.id).where(
        BoundaryOverride.timebank_id == timebank_id,
        BoundaryOverride.helper_id == wish.helper_id,
        BoundaryOverride.helped_id == wish.helped_id,
        BoundaryOverride.category_code == wish.category_code,
        mine,
    )
    # The one of this very form first: a repeated form must not use up a second one.
    order = (BoundaryOverride.used_for.is_(None), BoundaryOverride.allowed_at, BoundaryOverride.id)
    first = session.scalar(free.order_by(*order).limit(1))
    if first is None:
        return False
    used = session.execute(
        update(BoundaryOverride)
        .where(
            BoundaryOverride.timebank_id == timebank_id,
            BoundaryOverride.id == first,
            mine,
        )
        .values(used_for=wish.form_key)
        .returning(BoundaryOverride.id),
        execution_options={"synchronize_session": False},
    ).first()
    return used is not None


def free_override(session: Session, timebank_id: int, form_key: uuid.UUID) -> None:
    """Give an exception back: what it was used for was taken back, or is written again."""
    session.execute(
        update(BoundaryOverride)
        .where(BoundaryOverride.timebank_id == timebank_id, BoundaryOverride.used_for == form_key)
        .values(used_for=None),
        execution_options={"synchronize_session": False},
    )


def _two_people(session: Session, command: AllowOverride, by: Actor) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the two, when they are two people of whom one lives within the actor's reach."""
    helper_id, helped_id = command.helper_id, command.helped_id
    if helper_id is None or helped_id is None or helper_id == helped_id:
        raise NotTwoPeople
    if by.member_id in (helper_id, helped_id):
        raise OwnOverride
    two_stay = all_stay(session, by.timebank_id, helper_id, helped_id)
    members = [session.get(Member, (by.timebank_id, one)) for one in (helper_id, helped_id)]
    codes = [one.neighbourhood_code for one in members if one is not None and one.account_id]
    reach = by.reach(Permission.ALLOW_OVERRIDES)
    if not two_stay or len(codes) != len(members) or not any(reach.covers(code) for code in codes):
        raise NotTwoPeople
    return helper_id, helped_id
