# SPDX-License-Identifier: EUPL-1.2
"""Holding members while something about them is written. The caller commits."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.members.models import Member


def all_stay(session: Session, timebank_id: int, *member_ids: uuid.UUID) -> bool:
    """Say whether all these members are here, and let nobody erase them before the commit.

    Call it before the first row about somebody is written. Who is being erased is awaited: what is
    written about them may not come in after their erasure. The lock is the one that a foreign key
    takes, so that those who only write do not wait for each other. Pages that only read do not
    need it.
    """
    here = session.scalars(
        select(Member.id)
        .where(
            Member.timebank_id == timebank_id,
            Member.id.in_(member_ids),
            Member.left_on.is_(None),
        )
        .with_for_update(read=True, key_share=True)
    )
    return set(here) == set(member_ids)
