# SPDX-License-Identifier: EUPL-1.2
"""Writing talents: keep one's own list, note some in a talk, say yes or no. The door commits.

Every operation may be repeated: what stands already stays as it was.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.orm import Session

import ledger
from timebank.audit.operations import write_down_by
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.holding import all_stay
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.talents.errors import NothingNoted, UnknownTalent
from timebank.talents.models import Talent, TalentWords
from timebank.talents.policy import TalentSource, checked_words


def keep_talents(
    session: Session,
    codes: Collection[str],
    words: str,
    *,
    offered: Collection[str],
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Keep what the actor likes to do: these kinds of help and no others of those on offer.

    What waits for a yes and is chosen here has got its yes.

    Args:
        codes: chosen kinds; one that is not on offer is left out.
        words: in the actor's own words; empty words are not kept.
        offered: the kinds that could be chosen. Others that stand already stay.

    Raises:
        NotPermitted: the actor takes no part.
        TalentWordsTooLong: the words are too long.
    """
    member_id, kept = _own_id(by), checked_words(words)
    chosen = sorted(set(codes) & set(offered))
    if not all_stay(session, by.timebank_id, member_id):
        raise NotPermitted(Permission.KEEP_WISHES)
    session.execute(
        delete(Talent).where(
            _of(by.timebank_id, member_id),
            Talent.confirmed_at.is_not(None),
            Talent.category_code.in_(set(offered) - set(chosen)),
        ),
        execution_options={"synchronize_session": False},
    )
    for code in chosen:
        _insert(session, by, member_id, code, TalentSource.LISTED, now, confirmed=True)
    _confirm(session, _of(by.timebank_id, member_id, chosen), by, now)
    _keep_words(session, by.timebank_id, member_id, kept)
    session.expire_all()


def note_talents(
    session: Session,
    about: uuid.UUID,
    codes: Collection[str],
    *,
    offered: Collection[str],
    said_yes: bool,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Note in a talk what somebody likes to do; it counts after their own yes.

    Args:
        about: a resident of the actor's neighbourhoods.
        codes: chosen kinds, at least one; one that is not on offer is left out.
        offered: the kinds that could be chosen.
        said_yes: they said yes in the talk. It counts only for who has no e-mail to say it with.

    Raises:
        NotPermitted: the actor has no talks.
        UnknownMember: nobody within reach, or the actor.
        NothingNoted: no kind was chosen.
    """
    has_email = _in_talk_with(session, about, by=by)
    chosen = sorted(set(codes) & set(offered))
    if not chosen:
        raise NothingNoted
    for code in chosen:
        _insert(session, by, about, code, TalentSource.TALENT_TALK, now, confirmed=False)
    write_down_by(session, "talent:note", by, about=about, now=now)
    if said_yes and not has_email:
        _confirm(session, _of(by.timebank_id, about, chosen), by, now)
        write_down_by(session, "talent:confirm", by, about=about, now=now)
    session.expire_all()


def answer_noted(
    session: Session, code: str, *, yes: bool, by: Actor, now: datetime.datetime
) -> None:
    """Say whether a talent that was noted in a talk is right. After a no nothing is kept.

    Raises:
        NotPermitted: the actor takes no part.
    """
    _answer(session, _of(by.timebank_id, _own_id(by), [code]), yes=yes, by=by, now=now)


def record_answer(
    session: Session,
    about: uuid.UUID,
    code: str,
    *,
    yes: bool,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Write down what somebody without e-mail answered, to whom a coordinator spoke.

    Raises:
        NotPermitted: the actor has no talks.
        UnknownMember: nobody within reach, or the actor.
        UnknownTalent: they have e-mail and answer themselves.
    """
    if _in_talk_with(session, about, by=by):
        raise UnknownTalent
    if _answer(session, _of(by.timebank_id, about, [code]), yes=yes, by=by, now=now) and yes:
        write_down_by(session, "talent:confirm", by, about=about, now=now)


def take_back(
    session: Session, about: uuid.UUID, code: str, *, by: Actor, now: datetime.datetime
) -> None:
    """Drop a talent of somebody without e-mail, who told the actor that they like it no more.

    Raises:
        NotPermitted: the actor has no talks.
        UnknownMember: nobody within reach, or the actor.
        UnknownTalent: they have e-mail and change their list themselves.
    """
    if _in_talk_with(session, about, by=by):
        raise UnknownTalent
    gone = session.execute(
        delete(Talent)
        .where(_of(by.timebank_id, about, [code]), Talent.confirmed_at.is_not(None))
        .returning(Talent.category_code),
        execution_options={"synchronize_session": False},
    ).all()
    session.expire_all()
    if gone:
        write_down_by(session, "talent:take_back", by, about=about, now=now)


def _answer(
    session: Session, which: ColumnElement[bool], *, yes: bool, by: Actor, now: datetime.datetime
) -> bool:
    """Answer what waits, and say whether anything did; an answer that was given stays."""
    if yes:
        return _confirm(session, which, by, now)
    gone = session.execute(
        delete(Talent).where(which, Talent.confirmed_at.is_(None)).returning(Talent.category_code),
        execution_options={"synchronize_session": False},
    ).all()
    session.expire_all()
    return bool(gone)


def _in_talk_with(session: Session, about: uuid.UUID, *, by: Actor) -> bool:
    """Say whether somebody has e-mail, if the actor may have a talk with them.

    Raises:
        NotPermitted, UnknownMember
    """
    by.require(Permission.HELP_WITH_WISHES)
    member = session.get(Member, (by.timebank_id, about))
    person = session.get(Person, (by.timebank_id, about))
    if member is None or person is None or member.account_id is None or about == by.member_id:
        raise UnknownMember(about)
    if not all_stay(session, by.timebank_id, about):
        raise UnknownMember(about)
    if not by.reach(Permission.HELP_WITH_WISHES).covers(member.neighbourhood_code):
        raise UnknownMember(about)
    return person.email is not None


def _insert(
    session: Session,
    by: Actor,
    member_id: uuid.UUID,
    code: str,
    source: TalentSource,
    now: datetime.datetime,
    *,
    confirmed: bool,
) -> None:
    session.execute(
        ledger.insert_or_conflict(session, Talent)
        .values(
            timebank_id=by.timebank_id,
            member_id=member_id,
            category_code=code,
            source=source,
            noted_by=None if confirmed else by.member_id,
            noted_at=now,
            confirmed_at=now if confirmed else None,
            confirmed_by=by.member_id if confirmed else None,
        )
        .on_conflict_do_update(
            index_elements=["timebank_id", "member_id", "category_code"],
            # Noted again, it waits for a yes from today on; what counts already stays as it is.
            set_={"noted_at": now},
            where=Talent.confirmed_at.is_(None),
        )
    )


def _confirm(
    session: Session, which: ColumnElement[bool], by: Actor, now: datetime.datetime
) -> bool:
    done = session.execute(
        update(Talent)
        .where(which, Talent.confirmed_at.is_(None))
        .values(confirmed_at=now, confirmed_by=by.member_id)
        .returning(Talent.category_code),
        execution_options={"synchronize_session": False},
    ).all()
    session.expire_all()
    return bool(done)


def _keep_words(session: Session, timebank_id: int, member_id: uuid.UUID, words: str) -> None:
    if not words:
        session.execute(
            delete(TalentWords).where(
                TalentWords.timebank_id == timebank_id, TalentWords.member_id == member_id
            ),
            execution_options={"synchronize_session": False},
        )
        return
    session.execute(
        ledger.insert_or_conflict(session, TalentWords)
        .values(timebank_id=timebank_id, member_id=member_id, words=words)
        .on_conflict_do_update(index_elements=["timebank_id", "member_id"], set_={"words": words})
    )


def _of(
    timebank_id: int, member_id: uuid.UUID, codes: Collection[str] | None = None
) -> ColumnElement[bool]:
    here = and_(Talent.timebank_id == timebank_id, Talent.member_id == member_id)
    return here if codes is None else and_(here, Talent.category_code.in_(codes))


def _own_id(by: Actor) -> uuid.UUID:
    by.require(Permission.KEEP_WISHES)
    if by.member_id is None:
        raise NotPermitted(Permission.KEEP_WISHES)
    return by.member_id
