# SPDX-License-Identifier: EUPL-1.2
"""Whom one can be in demo mode: the people of the story, with what they are there."""

from __future__ import annotations

import dataclasses
import datetime
import tomllib
import uuid
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.orm import Session

import ledger
from timebank.areas.queries import all_timebanks, neighbourhoods_of
from timebank.members.policy import Role
from timebank.members.queries import everyone, roles_of_everyone


@dataclasses.dataclass(frozen=True)
class DemoPerson:
    """Somebody one can be."""

    slug: str
    member_id: uuid.UUID
    full_name: str
    neighbourhood_name: str
    roles: tuple[Role, ...]
    story_nl: str
    story_en: str

    @property
    def is_staff(self) -> bool:
        """Say whether this person does more than take part."""
        return any(role is not Role.RESIDENT for role in self.roles)


@cache
def script() -> dict[str, Any]:
    """Return the people and timebanks of the demo as data."""
    return tomllib.loads(
        resources.files("timebank.demo").joinpath("people.toml").read_text("utf-8")
    )


def people_to_be(session: Session, *, today: datetime.date) -> list[DemoPerson]:
    """Return everyone of every timebank, staff first, then by name."""
    people: list[DemoPerson] = []
    for timebank in all_timebanks(session):
        ledger.enter_timebank(session, timebank.id)
        people += _people_of(session, timebank.id, timebank.slug, today)
    return people


def _people_of(
    session: Session, timebank_id: int, slug: str, today: datetime.date
) -> Sequence[DemoPerson]:
    names = {n.code: n.name for n in neighbourhoods_of(session, timebank_id=timebank_id)}
    roles: dict[uuid.UUID, set[Role]] = defaultdict(set)
    for grant in roles_of_everyone(session, timebank_id=timebank_id):
        if grant.starts_on <= today and (grant.ends_on is None or grant.ends_on >= today):
            roles[grant.member_id].add(grant.role)
    stories = {(row["given_name"], row["family_name"]): row for row in script()["person"]}
    people = [
        DemoPerson(
            slug=slug,
            member_id=member.id,
            full_name=person.full_name,
            neighbourhood_name=names.get(member.neighbourhood_code or "", ""),
            roles=tuple(sorted(roles[member.id])),
            story_nl=stories.get((person.given_name, person.family_name), {}).get("story_nl", ""),
            story_en=stories.get((person.given_name, person.family_name), {}).get("story_en", ""),
        )
        for member, person in everyone(session, timebank_id=timebank_id)
    ]
    return sorted(people, key=lambda one: (not one.is_staff, not one.story_nl, one.full_name))
