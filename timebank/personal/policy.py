# SPDX-License-Identifier: EUPL-1.2
"""The register of what is kept about people: one place (``register.toml``), read by all. Pure.

Every table stands in ``REGISTER`` or in ``NOT_ABOUT_PEOPLE``, every column of a registered table is
``personal`` or ``plain``: a test holds this to the tables, so that nothing new goes unnoticed. The
page with one's own data, erasure, and the job that forgets all follow this list.
"""

from __future__ import annotations

import dataclasses
import enum
import pathlib
import tomllib
from typing import Any


class OnErasure(enum.StrEnum):
    """What becomes of a row when the person whom it concerns is erased."""

    DELETED = "deleted"
    """Every row that names the member in one of the columns ``whose`` goes."""
    OWN_WORDS = "own words deleted"
    """Which rows go is a rule of its own, in the room ``erasure``."""
    STAYS = "stays, without a name"
    """It holds numbers only; they lead to nobody once the person is gone."""


@dataclasses.dataclass(frozen=True)
class Kept:
    """What one table keeps about people.

    Attributes:
        personal: columns that say something about a person.
        plain: every other column.
        whose: columns with the id of the member whom a row concerns.
        section: where one finds it among one's own data.
        days: how long, from the moment in ``since``; None: as long as ``why`` says.
        since: a column of the table, or ``exchange_event.happened_at`` for the latest event.
        only_without: the term is for rows only in which this column is empty; None: for all rows.
    """

    table: str
    personal: tuple[str, ...]
    plain: tuple[str, ...]
    whose: tuple[str, ...]
    section: str
    on_erasure: OnErasure
    why: str
    days: int | None = None
    since: str | None = None
    only_without: str | None = None

    @property
    def term(self) -> str:
        """How long, as docs/privacy/retention.md says it."""
        if self.days is None:
            return "no term"
        only = f", without `{self.only_without}`" if self.only_without else ""
        return f"{self.days} days after `{self.since}`{only}"


LATEST_EVENT = "exchange_event.happened_at"


def _read(path: pathlib.Path) -> tuple[tuple[Kept, ...], dict[str, str]]:
    """Read the register; a word that it does not know stops the program."""
    data = tomllib.loads(path.read_text("utf-8"))
    return tuple(_kept(entry) for entry in data["kept"]), data["not_about_people"]


def _kept(entry: dict[str, Any]) -> Kept:
    columns = {name: tuple(entry[name]) for name in ("personal", "plain", "whose")}
    return Kept(**(entry | columns | {"on_erasure": OnErasure(entry["on_erasure"])}))


REGISTER, NOT_ABOUT_PEOPLE = _read(pathlib.Path(__file__).with_name("register.toml"))
"""What is kept about people, in the order in which erasure deletes; and the other tables."""


def sections() -> tuple[str, ...]:
    """Return the sections of one's own data, in the order of the register, each once."""
    return tuple(dict.fromkeys(kept.section for kept in REGISTER))
