# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.approvals.at_once import at_once
from tests.builders import NOW, actor_of, timebank_of
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.models import ExchangeDraft
from timebank.drafts.operations import (
    DRAFT_LIFETIME,
    drop_draft,
    end_stand_in,
    forget_drafts,
    save_draft,
)
from timebank.drafts.queries import OpenDraft, newest_draft, own_draft
from timebank.members.errors import NotPermitted
from timebank.members.policy import organisation
from timebank.own_data.queries import own_data
from timebank.trust.operations import appoint_stand_in
from timebank.trust.queries import stand_ins_of

KEY = uuid.UUID("11111111-2222-4333-8444-555555555555")


def save(
    session: Session,
    given_name: str = "Jan",
    *,
    form_key: uuid.UUID = KEY,
    now: datetime.datetime = NOW,
    **answers: str,
) -> None:
    save_draft(
        session,
        by=actor_of(session, given_name),
        form_key=form_key,
        answers=answers or {"minutes": "90"},
        now=now,
    )


def test_a_saved_draft_is_read_back_as_it_was_typed(session: Session) -> None:
    save(session, minutes="90", note="Boodschappen, é ✓", other_day_day=" 9 ")
    session.commit()

    answers = own_draft(session, by=actor_of(session, "Jan"), form_key=KEY)

    assert answers == {"minutes": "90", "note": "Boodschappen, é ✓", "other_day_day": " 9 "}


def test_saving_again_replaces_the_answers(session: Session) -> None:
    save(session, minutes="90", note="first")
    session.commit()

    save(session, minutes="45", now=NOW + datetime.timedelta(minutes=1))
    session.commit()

    draft = session.scalars(select(ExchangeDraft)).one()
    assert draft.answers == {"minutes": "45"}
    assert draft.saved_at == NOW + datetime.timedelta(minutes=1)


def test_answers_that_were_read_can_be_changed_without_changing_the_draft(
    session: Session,
) -> None:
    save(session)

    own_draft(session, by=actor_of(session, "Jan"), form_key=KEY)["minutes"] = "1"
    session.commit()

    assert own_draft(session, by=actor_of(session, "Jan"), form_key=KEY) == {"minutes": "90"}


def test_nobody_reads_the_draft_of_somebody_else(session: Session) -> None:
    save(session)

    with pytest.raises(UnknownDraft):
        own_draft(session, by=actor_of(session, "Fatima"), form_key=KEY)


def test_nobody_writes_over_the_draft_of_somebody_else(session: Session) -> None:
    save(session)
    session.commit()

    with pytest.raises(UnknownDraft):
        save(session, "Fatima", minutes="15")

    session.rollback()
    assert own_draft(session, by=actor_of(session, "Jan"), form_key=KEY) == {"minutes": "90"}


def test_the_same_key_in_another_timebank_is_another_draft(session: Session) -> None:
    save(session, "Jan", minutes="90")
    save(session, "Henk", minutes="15")

    assert own_draft(session, by=actor_of(session, "Jan"), form_key=KEY) == {"minutes": "90"}


def test_a_draft_that_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(UnknownDraft):
        own_draft(session, by=actor_of(session, "Jan"), form_key=KEY)


def test_who_logs_no_exchanges_keeps_no_draft(session: Session) -> None:
    with pytest.raises(NotPermitted):
        save(session, "Annelies")


def test_the_organisation_itself_keeps_no_draft(session: Session) -> None:
    with pytest.raises(UnknownDraft):
        save_draft(
            session,
            by=organisation(timebank_of(session).id),
            form_key=KEY,
            answers={},
            now=NOW,
        )


def test_the_newest_draft_is_the_one_saved_last(session: Session) -> None:
    older, newer = uuid.uuid4(), uuid.uuid4()
    save(session, form_key=newer, now=NOW)
    save(session, form_key=older, now=NOW - datetime.timedelta(days=1))
    save(session, "Fatima", form_key=uuid.uuid4(), now=NOW + datetime.timedelta(days=1))

    assert newest_draft(session, by=actor_of(session, "Jan")) == OpenDraft(newer, "gave")


def test_who_left_nothing_unfinished_has_no_newest_draft(session: Session) -> None:
    assert newest_draft(session, by=actor_of(session, "Jan")) is None


def test_a_dropped_draft_is_gone_and_others_stay(session: Session) -> None:
    other = uuid.uuid4()
    save(session)
    save(session, form_key=other)

    drop_draft(session, timebank_id=timebank_of(session).id, form_key=KEY)

    assert newest_draft(session, by=actor_of(session, "Jan")) == OpenDraft(other, "gave")
    assert session.scalar(select(func.count()).select_from(ExchangeDraft)) == 1


def test_drafts_last_saved_before_their_term_are_forgotten(session: Session) -> None:
    term = NOW - DRAFT_LIFETIME
    kept = uuid.uuid4()
    save(session, form_key=uuid.uuid4(), now=term - datetime.timedelta(microseconds=1))
    save(session, form_key=kept, now=term)

    count = forget_drafts(session, timebank_id=timebank_of(session).id, before=term)

    assert datetime.timedelta(days=30) == DRAFT_LIFETIME
    assert count == 1
    assert session.scalars(select(ExchangeDraft.form_key)).all() == [kept]


def test_the_newest_draft_says_on_which_side_its_owner_was(session: Session) -> None:
    save(session, side="received")

    assert newest_draft(session, by=actor_of(session, "Jan")) == OpenDraft(KEY, "received")


def test_a_form_saved_by_four_clicks_at_once_is_saved(session: Session, engine: sa.Engine) -> None:
    actor = actor_of(session, "Jan")
    session.commit()

    def click(own: Session) -> None:
        save_draft(own, by=actor, form_key=KEY, answers={"minutes": "90"}, now=NOW)

    answers = at_once(engine, *[click] * 4)

    assert answers == [None] * 4
    assert own_draft(session, by=actor, form_key=KEY) == {"minutes": "90"}


def test_who_may_fill_in_no_more_reads_no_more_what_was_begun(session: Session) -> None:
    fatima, jan, greet = (actor_of(session, name) for name in ("Fatima", "Jan", "Greet"))
    assert jan.member_id is not None
    assert greet.member_id is not None
    for one in (jan, greet):
        appoint_stand_in(
            session, member_id=one.member_id, stand_in_id=fatima.member_id, by=one, now=NOW
        )
    begun, of_greet, own = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    later = NOW + datetime.timedelta(minutes=1)
    for_jan = {"acting_for": str(jan.member_id), "note": "Van Jan"}
    save(session, "Fatima", form_key=begun, now=later, **for_jan)
    save(session, "Fatima", form_key=of_greet, acting_for=str(greet.member_id))
    save(session, "Fatima", form_key=own, other=str(jan.member_id))
    save(session, "Jan", acting_for=str(jan.member_id))
    (row,) = stand_ins_of(session, jan.member_id, by=jan)

    end_stand_in(session, row.row_id, by=jan, now=NOW)
    end_stand_in(session, row.row_id, by=jan, now=NOW)

    kept = {row.form_key: row.answers for row in session.scalars(select(ExchangeDraft))}
    assert kept[begun] == {"acting_for": str(jan.member_id), "ended": "yes"}
    assert set(kept) == {begun, of_greet, own, KEY}
    assert not any("ended" in kept[key] for key in (of_greet, own, KEY))
    drafts = own_data(session, by=fatima)["drafts"]
    assert "Van Jan" not in str(drafts)
    newest = newest_draft(session, by=fatima)
    assert newest is not None
    assert newest.form_key != begun
    assert stand_ins_of(session, jan.member_id, by=jan) == []
