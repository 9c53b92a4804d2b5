# SPDX-License-Identifier: EUPL-1.2
"""Weeks of people who look, choose and help, day by day: what a way of showing needs comes to.

Everybody looks on the same days and answers the same need in the same way, whatever the method, so
that a difference between methods is one of what they show.
"""

from __future__ import annotations

import dataclasses
import enum
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from timebank.matching.candidates import candidates_of
from timebank.matching.instant import Index
from timebank.matching.metrics import gini
from timebank.matching.plan import plan_of
from timebank.matching.scoring import FIRST_MINUTES
from timebank.matching.towns import GAVE_BEFORE, LISTED, Flags, Floats, Ints, Town
from timebank.matching.world import World, chance, chance_of_yes

WEEKS = 12
_PAGE = 20
"""So many needs stand on the first page of a list (inclusive)."""
_FORTNIGHT = 14
_LOOKS, _ANSWERS = 1, 2


class Method(enum.StrEnum):
    """How needs are shown."""

    LIST = "list"
    GREEDY = "greedy"
    PLAN = "plan"


@dataclasses.dataclass(frozen=True)
class Story:
    """What came of it.

    Attributes:
        posted, filled: needs, and those that were filled.
        visits, shown, yes: how often people looked, what they were shown, what they said yes to.
        give_backs: help given by who had an hour to give at least at that moment.
        with_hours: who had hours to give at the start; gave_back: who of them gave something.
        vulnerable_share, others_share: gave_back as a share, of the two groups.
        wait_days, urgent_wait_days: mean days from asking to a yes, of needs that came up in these
            weeks and were filled.
        open_days: mean days that these were open, those that were never filled too.
        gini: how unevenly the hours given in these weeks are divided.
    """

    posted: int
    filled: int
    visits: int
    shown: int
    yes: int
    give_backs: int
    with_hours: int
    gave_back: int
    vulnerable_share: float
    others_share: float
    wait_days: float
    urgent_wait_days: float
    open_days: float
    gini: float


def simulate(
    world: World,
    method: Method,
    *,
    weeks: int = WEEKS,
    progress: Callable[[int], None] = lambda _: None,
) -> Story:
    """Let people use the timebank for some weeks.

    Args:
        progress: is told how many days have passed.
    """
    run = _Run(world, method)
    for day in range(weeks * 7):
        run.live(day)
        progress(day + 1)
    return run.story(weeks * 7)


class _Run:
    def __init__(self, world: World, method: Method) -> None:
        self.world, self.method = world, method
        town, people = world.town, len(world.town.residents)
        self.balance = town.balance.copy()
        self.known = town.known.copy()
        self.helper, self.helped = [town.helper], [town.helped]
        self.met = set((town.helper * people + town.helped).tolist())
        self.met |= set((town.helped * people + town.helper).tolist())
        self.filled_on = np.full(len(world.asked), np.nan)
        self.spent = np.zeros(people, np.int64)
        self.given = np.zeros(people, np.int64)
        self.refused: list[int] = []
        self.visits = self.shown = self.yes = self.give_backs = 0
        self.daily = 1 - (1 - world.reach) ** (1 / 7)

    def live(self, day: int) -> None:
        """Let one day pass."""
        if day % _FORTNIGHT == 0:
            self.spent[:] = 0
        people = np.arange(len(self.balance))
        looks = chance(people, np.full(len(people), day), _LOOKS)
        visitors = np.flatnonzero(looks < self.daily)
        visitors = visitors[np.argsort(looks[visitors] / self.daily[visitors], kind="stable")]
        page = self._page(day)
        for giver in visitors.tolist():
            self.visits += 1
            self._look(giver, page(giver), day)

    def _look(self, giver: int, needs: Ints, day: int) -> None:
        """Let somebody answer what is shown, in its order, as long as there is time for more."""
        asked, people = self.world.asked, len(self.balance)
        needs = needs[np.isnan(self.filled_on[needs]) & (asked.owner[needs] != giver)]
        if not len(needs):
            return
        who = np.full(len(needs), giver)
        met = np.array(
            [giver * people + owner in self.met for owner in asked.owner[needs].tolist()]
        )
        taken, most = 0, int(self.world.town.most_tasks[giver])
        says_yes = chance(who, needs, _ANSWERS) < chance_of_yes(self.world, who, needs, met)
        for need, agrees in zip(needs.tolist(), says_yes.tolist(), strict=True):
            if taken == most or asked.minutes[need] > self._left(giver):
                continue
            self.shown += 1
            if agrees:
                self._help(giver, need, day)
                taken += 1
            else:
                self.refused.append(need * people + giver)

    def _left(self, giver: int) -> int:
        """Return the minutes that somebody still has in this fortnight."""
        return int(self.world.town.capacity[giver] - self.spent[giver])

    def _help(self, giver: int, need: int, day: int) -> None:
        asked, people = self.world.asked, len(self.balance)
        owner, minutes = int(asked.owner[need]), int(asked.minutes[need])
        self.yes += 1
        self.give_backs += bool(self.balance[giver] <= -FIRST_MINUTES)
        self.filled_on[need] = day + 0.5
        self.balance[giver] += minutes
        self.balance[owner] -= minutes
        self.given[giver] += minutes
        self.spent[giver] += minutes
        self.known[giver, asked.category[need]] = GAVE_BEFORE
        self.helper.append(np.array([giver]))
        self.helped.append(np.array([owner]))
        self.met |= {giver * people + owner, owner * people + giver}

    def _open(self, day: int) -> Ints:
        asked = self.world.asked
        return np.flatnonzero(np.isnan(self.filled_on) & (asked.posted <= day))

    def _page(self, day: int) -> Callable[[int], Ints]:
        """Return what each visitor is shown on a day."""
        if self.method is Method.LIST:
            return self._newest(day)
        now = self._open(day)
        now = now[np.argsort(self.world.asked.category[now], kind="stable")]
        town = self._town(now, day)
        people = len(town.residents)
        refused = self._refused(now, people)
        found = candidates_of(town, refused=refused)
        plan = plan_of(town, found) if self.method is Method.PLAN else None
        index = Index(town, found, plan)
        not_again = defaultdict[int, list[int]](list)
        for need, giver in zip(
            (refused // people).tolist(), (refused % people).tolist(), strict=True
        ):
            not_again[giver].append(need)

        def page(giver: int) -> Ints:
            filled = np.flatnonzero(~np.isnan(self.filled_on[now])).tolist()
            without = np.array([*filled, *not_again[giver]], np.int64)
            urgent_first = self.method is Method.PLAN
            return now[index.suggestions(giver, without=without, urgent_first=urgent_first).need]

        return page

    def _refused(self, now: Ints, people: int) -> Ints:
        """Return who said no to which of the open needs, as need * people + giver."""
        place = np.full(len(self.filled_on), -1, np.int64)
        place[now] = np.arange(len(now))
        pairs = np.array(self.refused, np.int64)
        need = place[pairs // people]
        return np.unique((need * people + pairs % people)[need >= 0])

    def _newest(self, day: int) -> Callable[[int], Ints]:
        """Return the first page of a list: the newest of the kinds of help that somebody listed.

        Such a site knows nothing of half-days, of distance or of what came up in a talk.
        """
        asked = self.world.asked
        now = self._open(day)
        now = now[np.argsort(-asked.posted[now], kind="stable")]
        category = asked.category[now]

        def page(giver: int) -> Ints:
            lists = self.known[giver] >= LISTED
            return now[np.flatnonzero(lists[category])[:_PAGE]]

        return page

    def _town(self, now: Ints, day: int) -> Town:
        """Return what the timebank knows on a day."""
        asked = self.world.asked
        return dataclasses.replace(
            self.world.town,
            window_days=self.world.town.window_days if self.method is Method.PLAN else 0.0,
            balance=self.balance.copy(),
            capacity=self.world.town.capacity - self.spent,
            known=self.known.copy(),
            helper=np.concatenate(self.helper),
            helped=np.concatenate(self.helped),
            needs=tuple(f"n{need}" for need in now.tolist()),
            owner=asked.owner[now],
            category=asked.category[now],
            minutes=asked.minutes[now],
            need_slots=asked.slots[now],
            waiting=day - asked.posted[now],
            urgent=asked.urgent[now],
        )

    def story(self, days: int) -> Story:
        """Return what came of it."""
        world, asked = self.world, self.world.asked
        owed = world.town.balance <= -FIRST_MINUTES
        gave = owed & (self.given > 0)
        fresh = asked.posted >= 0
        waits = (self.filled_on - asked.posted)[fresh]
        still_open = days - asked.posted[fresh]
        return Story(
            posted=int(np.count_nonzero(asked.posted <= days)),
            filled=int(np.count_nonzero(~np.isnan(self.filled_on))),
            visits=self.visits,
            shown=self.shown,
            yes=self.yes,
            give_backs=self.give_backs,
            with_hours=int(np.count_nonzero(owed)),
            gave_back=int(np.count_nonzero(gave)),
            vulnerable_share=_share(gave, owed & world.vulnerable),
            others_share=_share(gave, owed & ~world.vulnerable),
            wait_days=_mean_of_known(waits),
            urgent_wait_days=_mean_of_known(waits[asked.urgent[fresh]]),
            open_days=_mean_of_known(np.where(np.isnan(waits), still_open, waits)),
            gini=gini(self.given.astype(np.float64)),
        )


def _share(some: Flags, of: Flags) -> float:
    count = int(np.count_nonzero(of))
    return int(np.count_nonzero(some & of)) / count if count else 0.0


def _mean_of_known(waits: Floats) -> float:
    known = waits[~np.isnan(waits)]
    return float(known.mean()) if len(known) else 0.0
