# SPDX-License-Identifier: EUPL-1.2
"""What the people of the story like to do and look for on its last day, by the real operations."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from timebank.categories.queries import open_categories
from timebank.members.policy import Actor, Permission
from timebank.needs.operations import Asked, ask_need
from timebank.preferences.operations import keep_preferences
from timebank.preferences.policy import WEEKDAYS, Preferences
from timebank.talents.operations import keep_talents, note_talents

_NAMESPACE = uuid.UUID("4a0c7f0b-58c4-5a0e-9b0d-0a6f5b6c7d18")
_EVERY = {"talents": 3, "needs": 2, "times": 4}
"""Of so many neighbours one said no talents, one looks for something, one chose times."""
SENTENCES = {
    "groceries": "De zware boodschappen krijg ik niet meer naar boven. Wie helpt een keer?",
    "odd_job_indoors": "Er moet een lamp opgehangen worden, ik durf de trap niet op.",
    "odd_job_garden": "Mijn heg is te hoog geworden. Wie snoeit er mee?",
    "local_lift": "Donderdag moet ik naar de kapper en de bus rijdt niet. Wie brengt me?",
    "company": "Ik zou het fijn vinden als er eens iemand langskomt voor een spelletje.",
    "coffee": "Wie drinkt er een kop koffie met mij?",
    "language_practice": "Ik wil graag Nederlands praten met iemand uit de buurt.",
    "home_paperwork": "Ik kreeg een brief die ik niet begrijp.",
    "neighbourhood_meal": "Alleen eten is zo stil. Wie schuift er aan?",
}
_NOTED = ("neighbourhood_meal",)
LATER = "Kan iemand even meekijken? De achterdeur gaat niet meer goed dicht."
"""What somebody looks for who left the kind of help to the coordinator."""


class Wishing(Protocol):
    """Somebody of the story, as far as wishes go."""

    @property
    def member_id(self) -> uuid.UUID:
        """Return who it is."""

    @property
    def neighbourhood_code(self) -> str:
        """Return where they live."""

    @property
    def good_at(self) -> tuple[str, ...]:
        """Return kinds of help that they like to give."""

    @property
    def looks_for(self) -> tuple[str, ...]:
        """Return kinds of help that they could use."""


def let_people_wish(
    session: Session,
    neighbours: Sequence[Wishing],
    *,
    actor_of: Callable[[uuid.UUID], Actor],
    staff: Sequence[Actor],
    now: datetime.datetime,
) -> None:
    """Let some neighbours say what they like, some look for help, and some choose their times.

    Args:
        staff: of whom one has a talk with the second neighbour.
    """
    timebank_id = staff[0].timebank_id
    offered = {kind.code for kind in open_categories(session, timebank_id=timebank_id)}
    for number, neighbour in enumerate(neighbours):
        by = actor_of(neighbour.member_id)
        if number % _EVERY["talents"]:
            keep_talents(session, neighbour.good_at, "", offered=offered, by=by, now=now)
        if number % _EVERY["times"] == 0:
            keep_preferences(session, Preferences(slots=WEEKDAYS), by=by, now=now)
        if number % _EVERY["needs"] == 0:
            _ask(session, neighbour, by, now - datetime.timedelta(days=number % 9, hours=1))
    _talk(session, neighbours[1], staff, now)


def _talk(
    session: Session, neighbour: Wishing, staff: Sequence[Actor], now: datetime.datetime
) -> None:
    """Let a coordinator note a talent, which waits for the neighbour's own yes."""
    for by in staff:
        reach = by.reach(Permission.HELP_WITH_WISHES)
        if by.member_id != neighbour.member_id and reach.covers(neighbour.neighbourhood_code):
            note_talents(
                session, neighbour.member_id, _NOTED, offered=_NOTED, said_yes=False, by=by, now=now
            )
            return


def _ask(session: Session, neighbour: Wishing, by: Actor, at: datetime.datetime) -> None:
    code = next((one for one in neighbour.looks_for if one in SENTENCES), None)
    asked = Asked(LATER) if code is None else Asked(SENTENCES[code], code)
    key = uuid.uuid5(_NAMESPACE, str(neighbour.member_id))
    ask_need(session, key, asked, about=neighbour.member_id, by=by, now=at)
