# SPDX-License-Identifier: EUPL-1.2
"""Writing slips: each line of a file goes through the same operation as the form. The door commits.

The key of a line is made of what stands on it, so that a file can be read twice and adds nothing
the second time. Two equal lines in one file are two slips.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import Counter

from sqlalchemy.orm import Session

from timebank.areas.models import Timebank
from timebank.categories.queries import all_categories
from timebank.exchanges.errors import ExchangeError
from timebank.exchanges.operations import LogExchange, log_exchange
from timebank.members.policy import organisation
from timebank.members.queries import residents_by_name
from timebank.slips.policy import Slip, UnreadableLine, read_lines, slip_of

_NAMESPACE = uuid.UUID("b7b7a2f5-5c44-5f0b-9d3e-0a6f8f1f5a77")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What became of one line: ``added``, ``known`` (it was there already) or ``bad``."""

    number: int
    outcome: str
    why: str = ""

    def __str__(self) -> str:
        """Say it on one line, as the command prints it."""
        return f"line {self.number}: {self.outcome}{': ' if self.why else ''}{self.why}"


def import_slips(
    session: Session, content: bytes, *, timebank: Timebank, now: datetime.datetime
) -> list[Verdict]:
    """Log every readable line as an exchange that waits for a coordinator.

    Returns:
        a verdict for each line, in the order of the file. A bad line books nothing.

    Raises:
        UnreadableFile: the file as a whole cannot be read; nothing was logged.
    """
    importer = _Importer(session, timebank, now)
    return [importer.read(number, columns) for number, columns in read_lines(content)]


class _Importer:
    """Reads one file: knows the categories by every name, and counts equal lines."""

    def __init__(self, session: Session, timebank: Timebank, now: datetime.datetime) -> None:
        self.session = session
        self.timebank_id = timebank.id
        self.now = now
        self.seen: Counter[str] = Counter()
        self.categories = {
            name.casefold(): category.code
            for category in all_categories(session, timebank_id=timebank.id).values()
            for name in (category.code, category.label_nl, category.label_en)
        }
        self.people: dict[str, uuid.UUID] = {}

    def read(self, number: int, columns: dict[str, str]) -> Verdict:
        """Log one line, or say why not."""
        try:
            slip = slip_of(number, columns)
            with self.session.begin_nested():
                logged = log_exchange(
                    self.session,
                    self._command(slip),
                    by=organisation(self.timebank_id),
                    now=self.now,
                )
        except UnreadableLine as refusal:
            return Verdict(number, "bad", str(refusal))
        except ExchangeError as refusal:
            return Verdict(number, "bad", f"{refusal.field or 'line'}: {refusal}")
        return Verdict(number, "known" if logged.replayed else "added")

    def _command(self, slip: Slip) -> LogExchange:
        return LogExchange(
            form_key=self._key(slip),
            helper_id=self._person(slip.helper, "helper"),
            helped_id=self._person(slip.helped, "helped"),
            category_code=self.categories.get(slip.category.casefold(), slip.category),
            minutes=slip.minutes,
            helped_on=slip.day,
            note=slip.note,
        )

    def _person(self, name: str, column: str) -> uuid.UUID:
        if name not in self.people:
            found = residents_by_name(self.session, timebank_id=self.timebank_id, full_name=name)
            if not found:
                raise UnreadableLine(f"{column}: nobody here is called {name!r:.60}")
            if len(found) > 1:
                raise UnreadableLine(f"{column}: more than one person is called {name!r:.60}")
            self.people[name] = found[0].member_id
        return self.people[name]

    def _key(self, slip: Slip) -> uuid.UUID:
        """Make the key of a line from what stands on it, and from how often it stood before."""
        written = "|".join(
            (
                str(self.timebank_id),
                slip.day.isoformat(),
                slip.helper.casefold(),
                slip.helped.casefold(),
                str(slip.minutes),
                slip.category.casefold(),
            )
        )
        self.seen[written] += 1
        return uuid.uuid5(_NAMESPACE, f"{written}|{self.seen[written]}")
