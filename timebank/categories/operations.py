# SPDX-License-Identifier: EUPL-1.2
"""Writing kinds of help: give a timebank the list that ships, close one."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Collection, Mapping, Set
from importlib import resources

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from timebank.audit.operations import Doer, write_down_by
from timebank.categories.errors import UnknownCategory
from timebank.categories.models import Boundary, HelpCategory


def load_categories(session: Session, *, timebank_id: int) -> int:
    """Give the timebank the categories that ship and that it lacks; return how many were added.

    Source: docs/policy.md, the list of kinds of help that the five organisations name.
    """
    text = resources.files("timebank.categories").joinpath("seed.toml").read_text("utf-8")
    known = set(
        session.scalars(select(HelpCategory.code).where(HelpCategory.timebank_id == timebank_id))
    )
    added = [
        HelpCategory(
            timebank_id=timebank_id,
            code=row["code"],
            position=position,
            group_code=row["group"],
            step=row["step"],
            boundary=Boundary(row["boundary"]),
            is_group_activity=row["is_group_activity"],
            is_featured=row["featured"],
            is_open=True,
            is_easy=row.get("easy", False),
            is_remote=row.get("remote", False),
            goal=row.get("goal", ""),
            label_nl=row["label_nl"],
            label_en=row["label_en"],
            phrase_nl=row["phrase_nl"],
            phrase_en=row["phrase_en"],
            refer_nl=row.get("refer_nl", ""),
            refer_en=row.get("refer_en", ""),
        )
        for position, row in enumerate(tomllib.loads(text)["category"])
        if row["code"] not in known
    ]
    session.add_all(added)
    session.flush()
    return len(added)


def close_category(session: Session, *, timebank_id: int, code: str) -> None:
    """Offer this kind of help no more; what was logged under it keeps its name.

    Raises:
        UnknownCategory: the timebank has no such category.
    """
    closed = session.execute(
        update(HelpCategory)
        .where(HelpCategory.timebank_id == timebank_id, HelpCategory.code == code)
        .values(is_open=False)
        .returning(HelpCategory.code)
    ).first()
    if closed is None:
        raise UnknownCategory(code)


def change_kinds(
    session: Session,
    *,
    by: Doer,
    asked: Set[str],
    easy: Collection[str],
    remote: Collection[str],
    goals: Mapping[str, str],
    now: datetime.datetime,
) -> bool:
    """Mark and tie kinds of help of the actor's timebank; False when nothing is new.

    A change is written down: which goal a kind serves decides what a report adds up.

    Args:
        asked: the codes that were asked about; no other kind changes.
        easy, remote: codes of those that are an easy first step, and that are done from home.
        goals: as :func:`tie_categories` takes them.
    """
    before = _marks(session, by.timebank_id)
    session.execute(
        update(HelpCategory)
        .where(HelpCategory.timebank_id == by.timebank_id, HelpCategory.code.in_(asked))
        .values(
            is_easy=HelpCategory.code.in_(asked & set(easy)),
            is_remote=HelpCategory.code.in_(asked & set(remote)),
        ),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
    tied = {code: goal for code, goal in goals.items() if code in asked}
    tie_categories(session, timebank_id=by.timebank_id, goals=tied)
    if _marks(session, by.timebank_id) == before:
        return False
    write_down_by(session, "kind:mark", by, now=now)
    return True


def tie_categories(session: Session, *, timebank_id: int, goals: Mapping[str, str]) -> None:
    """Say which goal of policy each kind of help serves.

    Source: policy row D9.

    Args:
        goals: the key of a goal by code, empty for none; the door knows which keys there are. Kinds
            that are not named keep theirs.
    """
    if not goals:
        return
    session.execute(
        update(HelpCategory)
        .where(HelpCategory.timebank_id == timebank_id, HelpCategory.code.in_(goals))
        .values(goal=case(dict(goals), value=HelpCategory.code, else_=HelpCategory.goal)),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def _marks(session: Session, timebank_id: int) -> set[tuple[object, ...]]:
    rows = session.execute(
        select(
            HelpCategory.code, HelpCategory.is_easy, HelpCategory.is_remote, HelpCategory.goal
        ).where(HelpCategory.timebank_id == timebank_id)
    )
    return {tuple(row) for row in rows}
