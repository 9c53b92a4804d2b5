# SPDX-License-Identifier: EUPL-1.2
"""Reading for imports: judge every line of a file, without writing anything.

The same rules as of the form, asked of plain values: everybody and every kind of help of the
timebank is read once, so that ten thousand lines cost no more statements than ten.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.areas.models import Timebank
from timebank.categories.models import Boundary, HelpCategory
from timebank.categories.queries import all_categories
from timebank.exchanges.errors import ExchangeError, ProfessionalOnly, SamePerson, UnknownKind
from timebank.exchanges.policy import check_day, check_minutes, check_note
from timebank.imports.errors import (
    LineRefused,
    NobodyKnown,
    NotCounting,
    NumberUsed,
    SeveralKnown,
    UnknownFile,
)
from timebank.imports.models import ImportFile
from timebank.imports.operations import keys_of_ours, known_keys, verdict_on_known
from timebank.imports.policy import (
    SLIPS,
    Cells,
    Keys,
    Layout,
    Outcome,
    Ready,
    Slip,
    Verdict,
    check_counts,
    members_in_zip,
    read_lines,
    slip_of,
)
from timebank.members.models import Member, Person
from timebank.members.operations import folded
from timebank.members.policy import Actor, Permission
from timebank.rules.policy import between
from timebank.rules.queries import rules_by_place


@dataclasses.dataclass(frozen=True)
class Bringing:
    """A file, and how it is to be read.

    Attributes:
        category: for lines that name no kind of help: a code; empty: such lines are refused.
        people: who is who, by what the file says in small letters: a member number or an e-mail
            address of ours.
    """

    content: bytes
    layout: Layout = SLIPS
    category: str = ""
    people: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Judged:
    """Every line of a file: those that can be booked, and a verdict on each in their order."""

    ready: Sequence[Ready]
    verdicts: Sequence[Verdict]

    def count(self, outcome: Outcome) -> int:
        """Return how many lines came out like this."""
        return sum(verdict.outcome is outcome for verdict in self.verdicts)

    @property
    def bad(self) -> Sequence[Verdict]:
        """Return the verdicts on bad lines."""
        return [verdict for verdict in self.verdicts if verdict.outcome is Outcome.BAD]

    @property
    def left_out(self) -> Sequence[Verdict]:
        """Return the verdicts on lines that did not count where they came from."""
        return [verdict for verdict in self.verdicts if verdict.outcome is Outcome.LEFT_OUT]


@dataclasses.dataclass(frozen=True)
class Resident:
    """Somebody who can stand on a line."""

    member_id: uuid.UUID
    account_id: int
    neighbourhood_code: str
    joined_on: datetime.date


class People:
    """Everybody who takes part in a timebank, by number, address and name."""

    def __init__(self, session: Session, timebank_id: int, mapping: Mapping[str, str]) -> None:
        self._by_id: dict[str, Resident] = {}
        self._by_email: dict[str, Resident] = {}
        self._by_name: defaultdict[str, list[Resident]] = defaultdict(list)
        self._mapping = mapping
        rows = session.execute(
            select(Member, Person.search_given, Person.search_family, Person.email)
            .join(
                Person,
                and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id),
            )
            .where(
                Member.timebank_id == timebank_id,
                Member.left_on.is_(None),
                Member.account_id.is_not(None),
            )
        )
        for member, given, family, email in rows:
            account_id, code = member.account_id, member.neighbourhood_code
            # A check of the table: who has an account lives somewhere.
            assert account_id is not None and code is not None  # noqa: S101, PT018
            resident = Resident(member.id, account_id, code, member.joined_on)
            self._by_id[str(member.id)] = resident
            self._by_name[f"{given} {family}"].append(resident)
            if email:
                self._by_email[email.casefold()] = resident

    def find(self, written: str, field: str) -> Resident:
        """Return whom a cell means: by the mapping, by number, by address, or by the full name.

        Raises:
            NobodyKnown, SeveralKnown
        """
        wanted = self._mapping.get(written.casefold(), written).casefold()
        found = self._by_id.get(wanted) or self._by_email.get(wanted)
        if found is not None:
            return found
        called = self._by_name.get(" ".join(folded(wanted).split()), [])
        if not called:
            raise NobodyKnown(field, written)
        if len(called) > 1:
            raise SeveralKnown(field, written)
        return called[0]


def judge(
    session: Session,
    bringing: Bringing,
    *,
    by: Actor,
    now: datetime.datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Judged:
    """Judge every line of a file; nothing is written.

    Args:
        progress: is told how many lines are done.

    Raises:
        NotPermitted: the actor imports nothing.
        UnreadableFile: the file as a whole cannot be read.
    """
    by.require(Permission.IMPORT_EXCHANGES)
    judge_of_lines = _Judge(session, bringing, by, now)
    ready, bad = list[Ready](), list[Verdict]()
    for number, cells in read_lines(bringing.content, bringing.layout):
        try:
            ready.append(judge_of_lines.judge(number, cells))
        except NotCounting as refusal:
            bad.append(Verdict(number, Outcome.LEFT_OUT, refusal))
        except (LineRefused, ExchangeError) as refusal:
            bad.append(Verdict(number, Outcome.BAD, refusal))
        progress(len(ready) + len(bad))
    ready = _with_keys_of_ours(session, ready, by)
    known = known_keys(session, by.timebank_id, [line.form_key for line in ready])
    good = [
        verdict_on_known(line, known)
        if line.form_key in known
        else Verdict(line.number, Outcome.READY)
        for line in ready
    ]
    return Judged(
        [line for line in ready if line.form_key not in known],
        sorted([*good, *bad], key=lambda verdict: verdict.number),
    )


def _with_keys_of_ours(session: Session, ready: list[Ready], by: Actor) -> list[Ready]:
    """Give lines of our own table their keys again, so that help that stands here is known."""
    numbers = [line.own_number for line in ready if line.own_number]
    ours = keys_of_ours(session, by.timebank_id, numbers)
    if not ours:
        return ready
    return [
        dataclasses.replace(line, form_key=ours.get(line.own_number, line.form_key))
        for line in ready
    ]


def file_of(session: Session, file_id: uuid.UUID, *, by: Actor, lock: bool = False) -> ImportFile:
    """Return a file that the actor brought.

    Args:
        lock: hold it, so that of two who book it at once the second finds it booked.

    Raises:
        NotPermitted: the actor imports nothing.
        UnknownFile
    """
    by.require(Permission.IMPORT_EXCHANGES)
    key = (by.timebank_id, file_id)
    file = session.get(ImportFile, key, with_for_update=lock or None, populate_existing=lock)
    if file is None or file.brought_by != by.member_id:
        raise UnknownFile
    return file


def files_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return when the actor brought files that are still kept, newest first; not what is in them.

    They hold the data of others.
    """
    rows = session.execute(
        select(ImportFile.brought_at, ImportFile.booked_at)
        .where(ImportFile.timebank_id == by.timebank_id, ImportFile.brought_by == by.member_id)
        .order_by(ImportFile.brought_at.desc(), ImportFile.id)
    )
    return [{"brought_at": row.brought_at, "booked_at": row.booked_at} for row in rows]


class _Judge:
    """Knows the rules of one timebank, everybody in it, and the kinds of help by every name."""

    def __init__(
        self, session: Session, bringing: Bringing, by: Actor, now: datetime.datetime
    ) -> None:
        in_zip = {
            number.casefold(): address
            for number, address in members_in_zip(bringing.content).items()
        }
        self.bringing = bringing
        self.by = by
        self.today = clock.day_of(now)
        self.rules = rules_by_place(session, timebank_id=by.timebank_id)
        self.people = People(session, by.timebank_id, in_zip | dict(bringing.people))
        self.kinds = {
            name.casefold(): kind
            for kind in all_categories(session, timebank_id=by.timebank_id).values()
            for name in (kind.code, kind.label_nl, kind.label_en)
        }
        step = select(Timebank.step_minutes).where(Timebank.id == by.timebank_id)
        self.step_minutes = session.scalars(step).one()
        self.numbers = set[str]()
        self.keys = Keys(by.timebank_id, bringing.layout)
        self.reach = by.reach(Permission.IMPORT_EXCHANGES)
        self.decides = by.reach(Permission.DECIDE_EXCHANGES)

    def judge(self, number: int, cells: Cells) -> Ready:
        """Return the line as it can be booked, or say what keeps it out."""
        check_counts(cells)
        slip = slip_of(number, cells, self.bringing.layout, self.bringing.category)
        key = self._key(slip)
        helper = self.people.find(slip.helper, "helper")
        helped = self.people.find(slip.helped, "helped")
        codes = (helper.neighbourhood_code, helped.neighbourhood_code)
        if not any(self.reach.covers(code) for code in codes):
            raise NobodyKnown("helper", slip.helper)
        kind = self._check(slip, helper, helped)
        return Ready(
            number=number,
            form_key=key,
            helper_id=helper.member_id,
            helped_id=helped.member_id,
            helper_account_id=helper.account_id,
            helped_account_id=helped.account_id,
            helper_neighbourhood_code=codes[0],
            helped_neighbourhood_code=codes[1],
            category_code=kind.code,
            minutes=slip.minutes,
            helped_on=slip.day,
            note=slip.note,
            may_approve=self._may_approve(slip.minutes, helper, helped),
            own_number=slip.own_number,
        )

    def _key(self, slip: Slip) -> uuid.UUID:
        """Return the key of a line; a number may stand in a file once."""
        if slip.own_number in self.numbers:
            raise NumberUsed(slip.own_number)
        if slip.own_number:
            self.numbers.add(slip.own_number)
        return self.keys.key_of(slip)

    def _check(self, slip: Slip, helper: Resident, helped: Resident) -> HelpCategory:
        """Hold a line against the rules of the form, in their order."""
        if helper.member_id == helped.member_id:
            raise SamePerson
        kind = self.kinds.get(slip.category.casefold())
        if kind is None or not kind.is_open:
            raise UnknownKind(slip.category)
        if kind.boundary is Boundary.PROFESSIONAL_ONLY:
            raise ProfessionalOnly(kind.code)
        check_minutes(slip.minutes, step_minutes=self._step_between(helper, helped))
        first_day = None
        if not self.bringing.layout.history:
            first_day = max(helper.joined_on, helped.joined_on)
        check_day(slip.day, today=self.today, first_day=first_day)
        check_note(slip.note)
        return kind

    def _step_between(self, helper: Resident, helped: Resident) -> int:
        """Return the smallest step: that of the neighbourhoods, else of the timebank."""
        if self.bringing.layout.history:
            return 1
        codes = (helper.neighbourhood_code, helped.neighbourhood_code)
        return between(self.rules, codes).step_minutes or self.step_minutes

    def _may_approve(self, minutes: int, helper: Resident, helped: Resident) -> bool:
        """Nobody decides about their own exchange (policy row L17), or alone where two must."""
        if self.by.member_id in (helper.member_id, helped.member_id):
            return False
        codes = (helper.neighbourhood_code, helped.neighbourhood_code)
        if 0 < between(self.rules, codes).four_eyes_minutes < minutes:
            return False
        return any(self.decides.covers(code) for code in codes)
