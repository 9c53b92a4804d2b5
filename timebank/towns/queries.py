# SPDX-License-Identifier: EUPL-1.2
"""The town of a timebank, described as the matcher reads it; whole, or around one person.

Nothing of health, age, money or the words of anybody is read (docs/adr/0037). Balances come from
the books, who helped whom from approved exchanges of the last two years.
"""

from __future__ import annotations

import datetime
import functools
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.categories.models import HelpCategory
from timebank.categories.policy import Check
from timebank.checks.models import MemberCheck
from timebank.checks.policy import lacking
from timebank.exchanges.models import Exchange
from timebank.exchanges.workflow import ExchangeState
from timebank.members.models import Member
from timebank.needs.queries import TownNeed, open_needs
from timebank.preferences.queries import TownPreferences, avoids_of_town, preferences_of_town
from timebank.support.models import MemberSupport
from timebank.talents.queries import TownTalent, talents_of_town
from timebank.towns.models import NeighbourhoodPlace
from timebank.towns.policy import Place, places_of

REMEMBERED_DAYS = 730
"""Who helped whom is read so far back (inclusive)."""
WINDOW_DAYS = 7
"""So long what is not urgent goes first to people with hours to give."""
Item = dict[str, Any]
Checks = Mapping[uuid.UUID, Collection[Check]]


def describe_town(session: Session, *, timebank_id: int, slug: str, now: datetime.datetime) -> Item:
    """Return the town of a timebank in the format of the matcher, in twelve statements.

    People and needs have their own ids: for use within the house. ``pseudonymous`` of the room
    ``planning`` takes them away.
    """
    today = clock.day_of(now)
    kinds = _kinds(session, timebank_id)
    places = places_of_town(session, timebank_id=timebank_id)[0]
    living = _residents(session, timebank_id)
    checks = _checks(session, timebank_id)
    talents = _by_member(talents_of_town(session, timebank_id=timebank_id))
    residents = [
        _resident(one, living[one.member_id], places, talents[one.member_id], kinds, checks)
        for one in preferences_of_town(session, timebank_id=timebank_id, today=today)
        if one.member_id in living
    ]
    there = {resident["id"] for resident in residents}
    return {
        "format": 1,
        "town": slug,
        "day": today.isoformat(),
        "rules": {"window_days": WINDOW_DAYS},
        "categories": [kind_item(kind) for kind in kinds.values()],
        "residents": residents,
        "needs": [
            need_item(need)
            for need in open_needs(session, timebank_id=timebank_id, today=today, now=now)
            if need.category_code in kinds and str(need.member_id) in there
        ],
        "helped": _helped(session, timebank_id, today, kinds, there),
        "avoid": [
            [str(one), str(other)]
            for one, other in avoids_of_town(session, timebank_id=timebank_id)
            if {str(one), str(other)} <= there
        ],
    }


def places_of_town(session: Session, *, timebank_id: int) -> tuple[dict[str, Place], bool]:
    """Return where each neighbourhood lies in kilometres, and whether that is known.

    One statement.
    """
    found = _said_places(session, timebank_id)
    return places_of(list(found), {code: at for code, at in found.items() if at is not None})


def _said_places(session: Session, timebank_id: int) -> dict[str, Place | None]:
    """Read each neighbourhood with the place that an administrator gave it; None: none was given.

    The one seam for another source, such as the middle of the shape of an area: it belongs here,
    behind what an administrator said, and in kilometres on the same grid.
    """
    rows = session.execute(
        select(Neighbourhood.code, NeighbourhoodPlace.east_metres, NeighbourhoodPlace.north_metres)
        .outerjoin(
            NeighbourhoodPlace,
            and_(
                NeighbourhoodPlace.timebank_id == Neighbourhood.timebank_id,
                NeighbourhoodPlace.code == Neighbourhood.code,
            ),
        )
        .where(Neighbourhood.timebank_id == timebank_id)
    )
    return {
        code: None if east is None else (east / 1000, north / 1000) for code, east, north in rows
    }


def kind_item(kind: HelpCategory) -> Item:
    """Describe a kind of help. What must be seen first is kept away from who lacks it, below."""
    return {
        "code": kind.code,
        "easy": kind.is_easy,
        "certificate": Check.CONDUCT_CERTIFICATE in _asks(kind.code),
        "remote": kind.is_remote,
    }


def need_item(need: TownNeed) -> Item:
    """Describe what somebody looks for."""
    return {
        "id": str(need.need_id),
        "resident": str(need.member_id),
        "category": need.category_code,
        "minutes": need.minutes,
        "slots": need.slots,
        "waiting_days": need.waiting_days,
        "urgent": need.is_urgent,
    }


@functools.lru_cache(maxsize=1_000)
def not_allowed(codes: frozenset[str], have: frozenset[Check]) -> frozenset[str]:
    """Return the kinds of help for which a talk or a training still lacks.

    The certificate is a rule of the matcher itself. Most people have the same, which is nothing: it
    is worked out once for all of them.
    """
    certificate = Check.CONDUCT_CERTIFICATE
    return frozenset(code for code in codes if set(lacking(code, have)) - {certificate})


def checks_of(session: Session, member_id: uuid.UUID, *, timebank_id: int) -> Collection[Check]:
    """Return which certificate, talks and trainings of one person were seen."""
    return _checks(session, timebank_id, member_id).get(member_id, frozenset())


def since_when(today: datetime.date) -> datetime.date:
    """Return the first day (inclusive) of which it is remembered who helped whom."""
    return today - datetime.timedelta(days=REMEMBERED_DAYS)


def _asks(code: str) -> tuple[Check, ...]:
    return lacking(code, ())


def _kinds(session: Session, timebank_id: int) -> dict[str, HelpCategory]:
    rows = session.scalars(
        select(HelpCategory)
        .where(HelpCategory.timebank_id == timebank_id, HelpCategory.is_open)
        .order_by(HelpCategory.code)
    )
    return {kind.code: kind for kind in rows}


def _residents(session: Session, timebank_id: int) -> dict[uuid.UUID, tuple[str, int]]:
    """Return where everybody who takes part lives, and their balance in minutes."""
    rows = session.execute(
        select(
            Member.id,
            Member.neighbourhood_code,
            ledger.Account.credited_minutes - ledger.Account.debited_minutes,
        )
        .join(
            ledger.Account,
            and_(
                ledger.Account.timebank_id == Member.timebank_id,
                ledger.Account.id == Member.account_id,
            ),
        )
        .where(
            Member.timebank_id == timebank_id,
            Member.left_on.is_(None),
            Member.neighbourhood_code.is_not(None),
        )
    )
    return {member_id: (str(code), balance) for member_id, code, balance in rows}


def _checks(session: Session, timebank_id: int, member_id: uuid.UUID | None = None) -> Checks:
    """Read what was seen of everybody, or of one person."""
    have: dict[uuid.UUID, set[Check]] = defaultdict(set)
    certified = select(MemberSupport.member_id).where(
        MemberSupport.timebank_id == timebank_id,
        MemberSupport.conduct_certificate_date.is_not(None),
    )
    others = select(MemberCheck.member_id, MemberCheck.kind).where(
        MemberCheck.timebank_id == timebank_id
    )
    if member_id is not None:
        certified = certified.where(MemberSupport.member_id == member_id)
        others = others.where(MemberCheck.member_id == member_id)
    for one in session.scalars(certified):
        have[one].add(Check.CONDUCT_CERTIFICATE)
    for one, kind in session.execute(others):
        have[one].add(Check(kind.value))
    return have


def _by_member(talents: Iterable[TownTalent]) -> Mapping[uuid.UUID, dict[str, str]]:
    found: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    for talent in talents:
        found[talent.member_id][talent.category_code] = talent.source.value
    return found


def _resident(
    one: TownPreferences,
    lives: tuple[str, int],
    places: Mapping[str, Place],
    talents: Mapping[str, str],
    kinds: Mapping[str, HelpCategory],
    checks: Checks,
) -> Item:
    have = frozenset(checks.get(one.member_id, ()))
    code, balance = lives
    x, y = places[code]
    muted = (one.preferences.muted & kinds.keys()) | not_allowed(frozenset(kinds), have)
    return {
        "id": str(one.member_id),
        "neighbourhood": code,
        "x": x,
        "y": y,
        "balance_minutes": balance,
        "talents": {kind: source for kind, source in talents.items() if kind in kinds},
        "slots": one.preferences.slots,
        "max_km": one.preferences.reach_metres / 1000,
        "capacity_minutes": one.preferences.capacity_minutes,
        "certificate": Check.CONDUCT_CERTIFICATE in have,
        "paused": one.paused,
        "muted": sorted(muted),
    }


def _helped(
    session: Session,
    timebank_id: int,
    today: datetime.date,
    kinds: Collection[str],
    there: set[str],
) -> list[Item]:
    """Return who helped whom with what, each once, with the minutes of all times together."""
    rows = session.execute(
        select(
            Exchange.helper_id,
            Exchange.helped_id,
            Exchange.category_code,
            func.sum(Exchange.minutes),
        )
        .where(
            Exchange.timebank_id == timebank_id,
            Exchange.state == ExchangeState.APPROVED,
            Exchange.helped_on >= since_when(today),
        )
        .group_by(Exchange.helper_id, Exchange.helped_id, Exchange.category_code)
    )
    return [
        {"helper": str(helper), "helped": str(helped), "category": code, "minutes": int(minutes)}
        for helper, helped, code, minutes in rows
        if code in kinds and {str(helper), str(helped)} <= there
    ]
