# SPDX-License-Identifier: EUPL-1.2
"""The questions of the logging form: their order, their fields, and how an answer is checked.

Each question is checked twice by the same rules: when it is answered, and all together when the
form is sent. A check returns the value, or raises what the rooms and schemas raise.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import uuid
from collections.abc import Mapping, Sequence

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from timebank import clock
from timebank.areas.models import Timebank
from timebank.categories.models import Boundary, HelpCategory
from timebank.exchanges.errors import ExchangeError, SamePerson, UnknownKind, UnknownOther
from timebank.exchanges.operations import LogExchange
from timebank.exchanges.policy import check_day, check_minutes, check_note
from timebank.members.operations import folded
from timebank.members.policy import Actor
from timebank.members.queries import MemberName, find_residents, residents_by_id
from timebank.rules.policy import Rules
from timebank.rules.queries import rules_between
from timebank.schemas.answers import (
    CategoryAnswer,
    DayAnswer,
    MinutesAnswer,
    NoteAnswer,
    OtherAnswer,
    OwnWordsAnswer,
)

QUESTIONS: dict[str, tuple[str, ...]] = {
    "other": ("other", "other_text"),
    "category": ("category", "category_words"),
    "day": ("helped_on", "other_day_day", "other_day_month", "other_day_year"),
    "minutes": ("minutes", "minutes_hours", "minutes_rest"),
    "note": ("note",),
}
"""Every question with the fields it reads; after the last one comes the page ``check``."""

DONT_KNOW, WITHOUT_A_KIND = "dont_know", "something_else"
"""Who does not know the kind of help sends words only; a coordinator gives it a kind later."""
STEPS = (*QUESTIONS, "check")
FIELDS = tuple(field for fields in QUESTIONS.values() for field in fields)

Answers = Mapping[str, str]


class SeveralPeople(Exception):
    """Only the beginning of a name was typed: a person must choose, even when one resident fits.

    Two letters are soon typed wrong, and hours on the wrong neighbour are soon booked.
    """

    field = "other"

    def __init__(self, candidates: Sequence[MemberName]) -> None:
        self.candidates = candidates
        super().__init__(f"{len(candidates)} residents fit")


@dataclasses.dataclass(frozen=True)
class Context:
    """What the checks need to know: who asks, where, and what time it is."""

    session: Session
    actor: Actor
    timebank: Timebank
    now: datetime.datetime
    acting_for: MemberName | None = None
    """The member for whom the form is filled in; None for the actor themselves."""

    @functools.cached_property
    def rules(self) -> Rules:
        """Return the rules of the actor's own neighbourhood; sending asks those of both."""
        return rules_between(
            self.session,
            timebank_id=self.actor.timebank_id,
            codes=[self.actor.neighbourhood_code],
        )

    @property
    def own_id(self) -> uuid.UUID | None:
        """Return who this form is about, beside the other person."""
        return self.acting_for.member_id if self.acting_for else self.actor.member_id

    @property
    def own_name(self) -> str:
        """Return the name of who this form is about."""
        return self.acting_for.full_name if self.acting_for else self.actor.full_name

    @property
    def today(self) -> datetime.date:
        """Return the day in the Netherlands."""
        return clock.day_of(self.now)


def other_of(context: Context, answers: Answers) -> MemberName:
    """Return the other person.

    Raises:
        UnknownOther: nobody of this timebank fits.
        SamePerson: the actor means themselves.
        SeveralPeople: the letters are only the beginning of one name or more.
        marshmallow.ValidationError: what was typed is no name.
    """
    given = {name: text for name, text in _only(answers, "other").items() if text}
    answer = OtherAnswer().load(given)
    if not answer["other_text"].strip():
        return _chosen(context, answer["other"])
    found = find_residents(
        context.session,
        timebank_id=context.actor.timebank_id,
        text=answer["other_text"],
        today=context.today,
    )
    # A button that was pressed before must not silently win over a name that is typed now.
    if answer["other"] in {person.member_id for person in found}:
        return _chosen(context, answer["other"])
    others = [person for person in found if person.member_id != context.own_id]
    if found and not others:
        raise SamePerson
    if not others:
        raise UnknownOther
    typed = folded(answer["other_text"]).split()
    if len(others) > 1 or folded(others[0].full_name).split() != typed:
        raise SeveralPeople(others)
    return others[0]


def category_of(answers: Answers, categories: Mapping[str, HelpCategory]) -> HelpCategory:
    """Return the kind of help, which may be one that only a professional gives.

    Raises:
        UnknownKind: the timebank does not offer it.
        marshmallow.ValidationError: nothing was chosen.
    """
    code: str = CategoryAnswer().load(_only(answers, "category"))
    if code not in categories or not categories[code].is_open:
        raise UnknownKind(code)
    return categories[code]


def kind_and_words(answers: Answers, categories: Mapping[str, HelpCategory]) -> dict[str, str]:
    """Return the kind of help as the draft keeps it; own words become the note (policy row D14).

    Words without a choice are enough. Words beside a choice are kept too: nothing typed is lost.

    Raises:
        UnknownKind: the timebank does not offer it.
        marshmallow.ValidationError: nothing was chosen and nothing was written, or too much.
    """
    chosen = answers.get("category", "")
    words = answers.get("category_words", "").replace("\r\n", "\n").strip()
    if chosen == DONT_KNOW or words:
        words = OwnWordsAnswer().load({"category_words": words})
    if chosen == DONT_KNOW or (words and not chosen):
        chosen = WITHOUT_A_KIND
    code = category_of({"category": chosen}, categories).code
    return {"category": code, "category_words": ""} | ({"note": words} if words else {})


def day_of(context: Context, answers: Answers) -> datetime.date:
    """Return the day of the help.

    Raises:
        DayInFuture, DayTooLongAgo, DayBeforeJoining: it has not come yet, is too long ago, or one
            of the two was no member yet.
        marshmallow.ValidationError: it is no day on the calendar, or nothing was chosen.
    """
    day: datetime.date = DayAnswer().load(_only(answers, "day"))
    check_day(
        day,
        today=context.today,
        first_day=_first_day(context, answers),
        days_back=context.rules.days_back,
    )
    return day


def minutes_of(context: Context, answers: Answers) -> int:
    """Return the minutes.

    Raises:
        InvalidDuration, NotAWholeStep: they do not fit the timebank.
        marshmallow.ValidationError: they are no number, or nothing was chosen.
    """
    minutes: int = MinutesAnswer().load(_only(answers, "minutes"))
    step = context.rules.step_minutes or context.timebank.step_minutes
    check_minutes(minutes, step_minutes=step)
    return minutes


def note_of(answers: Answers) -> str:
    """Return the note, perhaps empty.

    Raises:
        NoteTooLong, NoteNotReadable: it cannot be kept.
    """
    note: str = NoteAnswer().load(_only(answers, "note"))
    check_note(note)
    return note


def command_of(
    context: Context,
    side: str,
    form_key: uuid.UUID,
    answers: Answers,
    categories: Mapping[str, HelpCategory],
) -> LogExchange:
    """Return the wish to log that all answers together make. Raises what each question raises."""
    other = other_of(context, answers).member_id
    own = context.own_id
    if own is None:
        raise UnknownOther
    return LogExchange(
        form_key=form_key,
        helper_id=own if side == "gave" else other,
        helped_id=other if side == "gave" else own,
        category_code=category_of(answers, categories).code,
        minutes=minutes_of(context, answers),
        helped_on=day_of(context, answers),
        note=note_of(answers),
        acting_for_id=context.acting_for.member_id if context.acting_for else None,
    )


def is_professional(category: HelpCategory) -> bool:
    """Say whether this kind of help leads to whom to call, unless an exception stands."""
    return category.boundary is Boundary.PROFESSIONAL_ONLY


def first_unanswered(answers: Answers, before: str) -> str | None:
    """Return the first question before this step that has no answer yet."""
    for question in STEPS[: STEPS.index(before)]:
        if question != "note" and not any(answers.get(name) for name in QUESTIONS[question]):
            return question
    return None


def _only(answers: Answers, question: str) -> dict[str, str]:
    return {name: answers[name] for name in QUESTIONS[question] if name in answers}


def _first_day(context: Context, answers: Answers) -> datetime.date | None:
    """Return the day from which both take part; None while the other person is not chosen."""
    own = context.own_id
    with contextlib.suppress(ExchangeError, ValidationError, SeveralPeople):
        other = other_of(context, {"other": answers.get("other", "")})
        people = residents_by_id(
            context.session,
            timebank_id=context.actor.timebank_id,
            member_ids=[member_id for member_id in (own, other.member_id) if member_id],
        )
        return max(person.joined_on for person in people.values())
    return None


def _chosen(context: Context, member_id: uuid.UUID) -> MemberName:
    if member_id == context.own_id:
        raise SamePerson
    found = residents_by_id(
        context.session, timebank_id=context.actor.timebank_id, member_ids=[member_id]
    )
    if member_id not in found:
        raise UnknownOther
    return found[member_id]


def answers_about(
    *,
    about: uuid.UUID | None,
    own_id: uuid.UUID | None,
    two: tuple[uuid.UUID, uuid.UUID],
    category_code: str,
    day: datetime.date,
    minutes: int | None,
    note: str = "",
) -> dict[str, str]:
    """Return what is known of some help as the answers of the form, as a draft keeps them.

    Args:
        two: the helper and the helped.
        about: the one of the two for whom the form is filled in.
        own_id: who fills it in.
        minutes: None leaves the question open.
    """
    helper_id, helped_id = two
    gave = helper_id == about
    answers = {
        "side": "gave" if gave else "received",
        "other": str(helped_id if gave else helper_id),
        "category": category_code,
        "helped_on": day.isoformat(),
        "minutes": str(minutes) if minutes else "",
        "note": note,
    }
    return answers if about == own_id else answers | {"acting_for": str(about)}
