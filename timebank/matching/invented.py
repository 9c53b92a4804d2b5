# SPDX-License-Identifier: EUPL-1.2
"""An invented town to try things out on: people, a year of help, and what is hidden in both.

Made of a seed, always the same. Its proportions were set to what is published about timebanks: few
give most of the hours, many only ask, and most asked for is what few can do.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.kinds import (
    ASKED,
    CERTIFICATE,
    EASY,
    FAMILY,
    FAR,
    HOME,
    KINDS,
    OFFERED,
    WHERE,
)
from timebank.matching.towns import (
    GAVE_BEFORE,
    LISTED,
    SLOT_BITS,
    TALK,
    Flags,
    Floats,
    Ints,
    Town,
)
from timebank.matching.world import Asked, History, World

DAY = "2026-11-22"
_MINUTES = np.array([30, 60, 90, 120, 180])
_OFTEN = np.array([0.18, 0.42, 0.16, 0.18, 0.06])
_MONTHS = 12
_PER_FORTNIGHT = 0.30
"""So many needs a resident has in two weeks, on average."""
_EXCHANGES_A_YEAR = 2.4
_URGENT = 0.1


@dataclasses.dataclass(frozen=True, eq=False)
class _Places:
    """Where people live: a neighbourhood, a street in it, the middle of streets, front doors."""

    neighbourhood: Ints
    street: Ints
    streets: Floats
    home: Floats


@dataclasses.dataclass(frozen=True, eq=False)
class _People:
    """What there is to know of people before any of them helped another."""

    places: _Places
    vulnerable: Flags
    slots: Ints
    max_km: Floats
    capacity: Ints
    certificate: Flags
    gives: Floats
    asks: Floats
    reach: Floats
    only_asks: Flags
    can: Flags


def invented_world(residents: int, seed: int, *, weeks: int = 0, window_days: float = 3) -> World:
    """Invent a town with a year behind it.

    Args:
        residents: how many, 50 at least.
        weeks: so long new needs come up after the ones that are open.
    """
    draw = np.random.default_rng(seed)
    people = _people(draw, residents)
    history = _history(draw, people)
    asked = _asked(draw, people, weeks)
    town = _town(draw, people, history, f"invented-{residents}-{seed}", window_days)
    return World(
        town=town,
        history=history,
        asked=asked,
        x=people.places.home[:, 0],
        y=people.places.home[:, 1],
        can=people.can,
        taste=draw.normal(0, 0.7, people.can.shape),
        warmth=draw.normal(0, 0.6, residents),
        vulnerable=people.vulnerable,
        reach=people.reach,
        at_home=WHERE == HOME,
    )


def _people(draw: np.random.Generator, n: int) -> _People:
    place = _places(draw, n)
    hard_time = (
        draw.random(n) < draw.beta(4, 18, int(place.neighbourhood.max()) + 1)[place.neighbourhood]
    )
    works = (draw.random(n) < 0.45) & ~(hard_time & (draw.random(n) < 0.7))
    kind, dormant = draw.random(n), draw.random(n) < 0.25
    only_gives = kind < np.where(hard_time, 0.03, 0.17)
    only_asks = kind > np.where(hard_time, 0.50, 0.84)
    gives = draw.lognormal(0, 1.1, n) * np.where(hard_time, 0.45, 1.0)
    asks = draw.lognormal(0, 0.8, n) * np.where(hard_time, 2.0, 1.0)
    gives *= np.where(only_asks, 0.03, 1.0) * np.where(dormant, 0.05, 1.0)
    asks *= np.where(only_gives, 0.03, 1.0) * np.where(dormant, 0.15, 1.0)
    lively = np.maximum(gives / gives.mean(), asks / asks.mean()).argsort().argsort() / n
    return _People(
        places=place,
        vulnerable=hard_time,
        slots=_slots(draw, works),
        max_km=np.where(
            hard_time,
            draw.choice([0.5, 1.0, 1.5], n, p=[0.35, 0.45, 0.20]),
            draw.choice([1.0, 1.5, 2.5, 5.0], n, p=[0.30, 0.35, 0.20, 0.15]),
        ),
        capacity=np.where(
            hard_time,
            draw.choice([60, 90, 120], n, p=[0.5, 0.2, 0.3]),
            draw.choice([60, 120, 180, 240, 360], n, p=[0.20, 0.35, 0.25, 0.12, 0.08]),
        ),
        certificate=draw.random(n) < 0.22,
        gives=gives,
        asks=asks / asks.mean(),
        reach=np.where(dormant, 0.04, 0.06 + 0.30 * lively),
        only_asks=only_asks,
        can=_talents(draw, hard_time),
    )


def _places(draw: np.random.Generator, n: int) -> _Places:
    """Scatter people over streets, and streets over neighbourhoods about 0.9 km apart."""
    areas = min(40, max(8, round(n / 1250)))
    side = int(np.ceil(np.sqrt(areas)))
    middle = np.array([(i % side, i // side) for i in range(areas)]) * 0.9
    middle = middle + draw.normal(0, 0.15, middle.shape)
    share = draw.dirichlet(np.full(areas, 6.0))
    lives_in = draw.choice(areas, n, p=share)
    streets = np.maximum(3, share * n / 6).astype(np.int64)
    first = np.cumsum(streets) - streets
    at = np.repeat(middle, streets, axis=0) + draw.normal(0, 0.28, (int(streets.sum()), 2))
    street = first[lives_in] + (draw.random(n) * streets[lives_in]).astype(np.int64)
    home = at[street] + draw.normal(0, 0.05, (n, 2))
    return _Places(lives_in, street, at.round(4), home)


def _slots(draw: np.random.Generator, works: Flags) -> Ints:
    """Draw free half-days: who works has evenings and weekends, others mostly days."""
    bits = np.arange(SLOT_BITS)
    evening, weekend = bits % 3 == 2, bits >= 15
    free = np.where(
        works[:, None],
        np.where(evening | weekend, 0.55, 0.06),
        np.where(evening, 0.35, 0.60),
    )
    slots: Ints = (draw.random(free.shape) < free) @ (1 << bits)
    return np.where(slots == 0, 1 << 16, slots)


def _talents(draw: np.random.Generator, hard_time: Flags) -> Flags:
    """Draw one to seven talents each, more within two families of one's own."""
    n = len(hard_time)
    count = np.clip(1 + draw.poisson(np.where(hard_time, 0.9, 2.2)), 1, 7)
    weight = np.tile(OFFERED, (n, 1))
    for _ in range(2):
        weight *= np.where(draw.integers(0, 10, n)[:, None] == FAMILY, 4.0, 1.0)
    weight *= np.where(hard_time[:, None] & ~EASY, 0.35, 1.0)
    # The largest of these are a draw without putting back, by weight.
    lots = np.log(weight) + draw.gumbel(size=weight.shape)
    can: Flags = (-lots).argsort(axis=1).argsort(axis=1) < count[:, None]
    return can


def _needs(draw: np.random.Generator, people: _People, each: float, days: float) -> Asked:
    """Draw needs of some days; few people ask for what they can do themselves."""
    count = np.minimum(4, draw.poisson(each * people.asks))
    owner = np.repeat(np.arange(len(count)), count)
    weight = np.tile(ASKED, (len(owner), 1))
    more = np.isin(FAMILY, (2, 3, 5))
    weight *= np.where(people.vulnerable[owner][:, None] & more, 2.0, 1.0)
    weight *= np.where(people.can[owner], 0.05, 1.0)
    upto = np.cumsum(weight, axis=1)
    category = (draw.random((len(owner), 1)) * upto[:, -1:] > upto).sum(axis=1)
    own = people.slots[owner]
    some = own & (
        draw.integers(0, 1 << SLOT_BITS, len(owner)) | draw.integers(0, 1 << SLOT_BITS, len(owner))
    )
    return Asked(
        owner=owner,
        category=category,
        minutes=draw.choice(_MINUTES, len(owner), p=_OFTEN),
        slots=np.where(some == 0, own, some),
        posted=draw.uniform(0, days, len(owner)),
        urgent=draw.random(len(owner)) < _URGENT,
    )


def _asked(draw: np.random.Generator, people: _People, weeks: int) -> Asked:
    """Draw what is open now, of the last fortnight, and what comes up week by week."""
    parts = [(_needs(draw, people, _PER_FORTNIGHT, 14), -14.0)]
    parts += [(_needs(draw, people, _PER_FORTNIGHT / 2, 7), 7.0 * week) for week in range(weeks)]
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part, _ in parts])
        for field in dataclasses.fields(Asked)
    }
    columns["posted"] = np.concatenate([part.posted + start for part, start in parts])
    return Asked(**columns)


def _history(draw: np.random.Generator, people: _People) -> History:
    """Let people help each other for a year: near, gladly by the same, and few give most."""
    months = []
    last = np.full(len(people.gives), -1)
    for _ in range(_MONTHS):
        needs = _needs(draw, people, _EXCHANGES_A_YEAR / _MONTHS / 0.9, 30)
        helper = np.full(len(needs), -1)
        for kind in range(len(KINDS)):
            some = np.flatnonzero(needs.category == kind)
            helper[some] = _helpers(draw, people, needs.owner[some], kind)
        before = last[needs.owner]
        again = (draw.random(len(needs)) < 0.35) & (before >= 0)
        helper = np.where(again & people.can[before, needs.category], before, helper)
        done = np.flatnonzero(helper >= 0)
        last[needs.owner[done]] = helper[done]
        months.append((helper, needs.owner, needs.category, needs.minutes, done))
    helper, helped, category, minutes = (
        np.concatenate([month[column][month[4]] for month in months]) for column in range(4)
    )
    return History(helper, helped, category, minutes, draw.random(len(helper)) < 0.93)


def _helpers(draw: np.random.Generator, people: _People, owner: Ints, kind: int) -> Ints:
    """Draw a helper for each of these people from some who can: the near ones, the busy ones."""
    able = np.flatnonzero(people.can[:, kind])
    if not len(able) or not len(owner):
        return np.full(len(owner), -1)
    upto = np.cumsum(people.gives[able])
    lots = np.searchsorted(upto, draw.random((len(owner), 24)) * upto[-1])
    some = able[np.minimum(lots, len(able) - 1)]
    home = people.places.home
    km = np.hypot(*(home[some] - home[owner][:, None, :]).transpose(2, 0, 1))
    far = WHERE[kind] == FAR
    weight = np.where(far, 1.0, np.exp(-km / 0.8) * (km <= people.max_km[some]))
    weight = weight * (some != owner[:, None])
    upto = np.cumsum(weight, axis=1)
    chosen = (draw.random((len(owner), 1)) * upto[:, -1:] > upto).sum(axis=1)
    helper = some[np.arange(len(owner)), np.minimum(chosen, 23)]
    return np.where(upto[:, -1] > 0, helper, -1)


def _town(
    draw: np.random.Generator, people: _People, history: History, name: str, window_days: float
) -> Town:
    """Return what a timebank knows: what people listed, what came up in talks, who helped whom."""
    n = len(people.gives)
    lists = np.where(people.vulnerable, 0.30, 0.75) * np.where(people.only_asks, 0.6, 1.0)
    listed = people.can & (draw.random(people.can.shape) < lists[:, None])
    talked = draw.random(n) < np.where(people.vulnerable, 0.35, 0.05)
    told = people.can & talked[:, None] & (draw.random(people.can.shape) < 0.8)
    known = np.where(listed, LISTED, np.where(told, TALK, 0)).astype(np.int8)
    good = history.good
    known[history.helper[good], history.category[good]] = GAVE_BEFORE
    pairs = np.unique(history.helper[good] * n + history.helped[good])
    bad = np.stack((history.helper[~good], history.helped[~good]), axis=1)
    none = np.empty(0, np.int64)
    return Town(
        name=name,
        day=DAY,
        window_days=window_days,
        categories=tuple(kind[0] for kind in KINDS),
        easy=EASY,
        needs_certificate=CERTIFICATE,
        remote=WHERE == FAR,
        residents=tuple(f"r{i}" for i in range(n)),
        neighbourhoods=tuple(f"b{area}" for area in people.places.neighbourhood.tolist()),
        x=people.places.streets[people.places.street, 0],
        y=people.places.streets[people.places.street, 1],
        balance=_minutes(history.helper, history, n) - _minutes(history.helped, history, n),
        slots=people.slots,
        max_km=people.max_km,
        capacity=people.capacity,
        certificate=people.certificate,
        paused=np.zeros(n, np.bool_),
        known=known,
        muted=np.zeros(known.shape, np.bool_),
        needs=(),
        owner=none,
        category=none,
        minutes=none,
        need_slots=none,
        waiting=np.empty(0, np.float64),
        urgent=np.empty(0, np.bool_),
        helper=pairs // n,
        helped=pairs % n,
        avoid=np.unique(np.sort(bad, axis=1), axis=0),
    )


def _minutes(person: Ints, history: History, people: int) -> Ints:
    return np.bincount(person, history.minutes, people).astype(np.int64)
