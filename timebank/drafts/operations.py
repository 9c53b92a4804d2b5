# SPDX-License-Identifier: EUPL-1.2
"""Writing drafts: keep one, drop one, forget the old ones."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import ledger
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.models import ENDED, ExchangeDraft
from timebank.members.policy import Actor, Permission
from timebank.trust.operations import dismiss_stand_in

DRAFT_LIFETIME = datetime.timedelta(days=30)
"""Source: docs/adr/0007, the retention terms that ship as defaults."""


def save_draft(
    session: Session,
    *,
    by: Actor,
    form_key: uuid.UUID,
    answers: dict[str, str],
    now: datetime.datetime,
) -> None:
    """Keep the answers of an unfinished form; saving again replaces them.

    Raises:
        NotPermitted: the actor fills in no forms.
        UnknownDraft: the key belongs to somebody else's draft, or the actor is no member.
    """
    by.require(Permission.FILL_IN_FORMS)
    if by.member_id is None:
        raise UnknownDraft
    saved = session.execute(
        ledger.insert_or_conflict(session, ExchangeDraft)
        .values(
            timebank_id=by.timebank_id,
            form_key=form_key,
            member_id=by.member_id,
            answers=answers,
            saved_at=now,
        )
        .on_conflict_do_update(
            index_elements=["timebank_id", "form_key"],
            set_={"answers": answers, "saved_at": now},
            where=ExchangeDraft.member_id == by.member_id,
        )
        .returning(ExchangeDraft.form_key)
    )
    if saved.first() is None:
        raise UnknownDraft
    session.expire_all()


def drop_draft(session: Session, *, timebank_id: int, form_key: uuid.UUID) -> None:
    """Delete the draft of a form that was sent, or that its owner gave up."""
    session.execute(
        delete(ExchangeDraft).where(
            ExchangeDraft.timebank_id == timebank_id, ExchangeDraft.form_key == form_key
        )
    )


def forget_drafts(session: Session, *, timebank_id: int, before: datetime.datetime) -> int:
    """Delete drafts of a timebank last saved before this moment and return how many there were."""
    gone = session.execute(
        delete(ExchangeDraft)
        .where(ExchangeDraft.timebank_id == timebank_id, ExchangeDraft.saved_at < before)
        .returning(ExchangeDraft.form_key)
    )
    return len(gone.all())


def end_stand_in(
    session: Session, stand_in_row: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Dismiss a stand-in, and wipe what they had begun to fill in: it is read by them no more.

    The row stays its term, without answers: a page that is still open somewhere must not begin
    the same form anew in the name of the stand-in.

    Raises:
        UnknownMember: there is none that this actor may dismiss.
    """
    ended = dismiss_stand_in(session, stand_in_row, by=by, now=now)
    drafts = session.execute(
        select(ExchangeDraft.form_key, ExchangeDraft.answers).where(
            ExchangeDraft.timebank_id == by.timebank_id,
            ExchangeDraft.member_id == ended.stand_in_id,
        )
    ).all()
    for_them = str(ended.member_id)
    session.execute(
        update(ExchangeDraft)
        .where(
            ExchangeDraft.timebank_id == by.timebank_id,
            ExchangeDraft.form_key.in_(
                [key for key, answers in drafts if answers.get("acting_for") == for_them]
            ),
        )
        .values(answers={"acting_for": for_them, ENDED: "yes"}),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
