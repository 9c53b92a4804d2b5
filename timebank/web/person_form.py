# SPDX-License-Identifier: EUPL-1.2
"""The form about a person, as enrolling and applying share it: read it, and say what is wrong."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping

from flask import request
from marshmallow import ValidationError

from timebank.exchanges.errors import UnknownOther
from timebank.extensions import db
from timebank.members.errors import MemberError, NotPermitted, PossibleDuplicate, UnknownMember
from timebank.members.operations import EnrolMember, folded
from timebank.members.queries import MemberName, find_residents
from timebank.schemas.people import NewPerson
from timebank.web.questions import SeveralPeople
from timebank.web.words import explain, explain_codes


@dataclasses.dataclass
class Wrong:
    """What is the matter with a form: words by field."""

    errors: dict[str, str] = dataclasses.field(default_factory=dict)


@contextlib.contextmanager
def finding(elsewhere: str) -> Iterator[Wrong]:
    """Turn what is wrong with a form into words at its fields; nothing of it is saved.

    Args:
        elsewhere: the field for refusals that belong to none.
    """
    wrong = Wrong()
    try:
        yield wrong
    except ValidationError as refusal:
        wrong.errors = explain_codes(refusal)
    except (NotPermitted, PossibleDuplicate, UnknownMember):
        raise
    except (MemberError, UnknownOther, SeveralPeople) as refusal:
        db.session.rollback()
        wrong.errors = {getattr(refusal, "field", None) or elsewhere: explain(refusal)}


def typed_person(timebank_id: int, form: Mapping[str, str]) -> EnrolMember:
    """Return the wish to enrol that the form makes.

    Raises:
        marshmallow.ValidationError: with every field that cannot be kept.
    """
    answers = NewPerson().load(dict(form))
    return EnrolMember(
        timebank_id=timebank_id,
        given_name=answers["given_name"],
        family_name=answers["family_name"],
        neighbourhood_code=answers["neighbourhood"],
        email=answers["email"],
        language=answers["language"],
        phone=answers["phone"],
        birth_year=answers["birth_year"],
    )


def resident_called(timebank_id: int, field: str) -> MemberName | None:
    """Return the resident whose whole name is typed in a field; None when it is empty.

    Raises:
        UnknownOther: nobody is called so, or more than one.
    """
    typed = request.form.get(field, "").strip()
    if not typed:
        return None
    wanted = folded(typed).split()
    found = [
        one
        for one in find_residents(db.session, timebank_id=timebank_id, text=typed)
        if folded(one.full_name).split() == wanted
    ]
    if len(found) != 1:
        raise UnknownOther
    return found[0]
