# SPDX-License-Identifier: EUPL-1.2
"""What is typed about a person: enrolling, applying, support, roles. A message is a code.

Only what the timebank needs: no address, no day of birth, nothing about health.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load

from timebank.lettering import holds_controls, readable_line
from timebank.members.policy import Role
from timebank.notices.policy import address_of
from timebank.support.policy import Support

LONGEST_GIVEN, LONGEST_FAMILY, LONGEST_PHONE = 60, 80, 20
LANGUAGES = ("nl", "en")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{7,}")
_NAMES = ("given_name", "family_name")
_YEAR = re.compile(r"[0-9]{4}")


class _Typed(Schema):
    """A form whose every field is a text; what is left out is empty."""

    class Meta:
        """Ignore what belongs to other forms."""

        unknown = EXCLUDE

    @pre_load
    def tidy(self, data: Mapping[str, str], **_: object) -> dict[str, str]:
        """Return the texts in one spelling, without spaces around them."""
        texts = dict.fromkeys(self.fields, "") | dict(data)
        texts |= {
            name: readable_line(texts[name])
            for name in _NAMES
            if name in texts and not holds_controls(texts[name])
        }
        return {name: unicodedata.normalize("NFC", text).strip() for name, text in texts.items()}


class NewPerson(_Typed):
    """Who is enrolled, or who applies."""

    given_name = fields.String()
    family_name = fields.String()
    neighbourhood = fields.String()
    birth_year = fields.String()
    email = fields.String()
    phone = fields.String()
    language = fields.String()

    @post_load
    def value(self, data: Mapping[str, str], **_: object) -> Mapping[str, Any]:
        """Return the answers, or every code of what is the matter."""
        wrong = {
            field: code
            for field, code in (
                ("given_name", _name_code("given_name", data["given_name"], LONGEST_GIVEN)),
                ("family_name", _name_code("family_name", data["family_name"], LONGEST_FAMILY)),
                ("neighbourhood", _place_code(data["neighbourhood"])),
                ("birth_year", _year_code(data["birth_year"])),
                ("email", _email_code(data["email"])),
                ("phone", _phone_code(data["phone"])),
                ("language", "" if data["language"] in LANGUAGES else "language_missing"),
            )
            if code
        }
        if wrong:
            raise ValidationError({field: [code] for field, code in wrong.items()})
        return {
            **data,
            "birth_year": int(data["birth_year"]),
            "email": address_of(data["email"]),
            "phone": data["phone"] or None,
        }


class SupportAnswer(_Typed):
    """How much support somebody wants."""

    support = fields.String()

    @post_load
    def value(self, data: Mapping[str, str], **_: object) -> Support:
        """Return the word for it."""
        if data["support"] not in set(Support):
            raise ValidationError("support_missing", "support")
        return Support(data["support"])


class RoleAnswer(_Typed):
    """Which role, and for a coordinator where."""

    role = fields.String()
    neighbourhood = fields.String()

    @post_load
    def value(self, data: Mapping[str, str], **_: object) -> tuple[Role, str | None]:
        """Return the role and the neighbourhood, which other roles leave aside."""
        if data["role"] not in set(Role):
            raise ValidationError("role_missing", "role")
        role = Role(data["role"])
        wanted = role is Role.COORDINATOR and not _place_code(data["neighbourhood"])
        return role, data["neighbourhood"] if wanted else None


def _name_code(field: str, name: str, longest: int) -> str:
    if not any(letter.isalpha() for letter in name) or not name.isprintable():
        return f"{field}_missing"
    return f"{field}_too_long" if len(name) > longest else ""


def _year_code(year: str) -> str:
    if not year:
        return "birth_year_missing"
    return "" if _YEAR.fullmatch(year) else "birth_year_not_a_number"


def _place_code(code: str) -> str:
    # PostgreSQL keeps no NUL, so a code with one cannot even be looked for.
    return "" if code and code.isprintable() else "neighbourhood_missing"


def _email_code(text: str) -> str:
    return "" if not text or address_of(text) else "email_impossible"


def _phone_code(text: str) -> str:
    if not text or (_PHONE.fullmatch(text) and len(text) <= LONGEST_PHONE and text.isprintable()):
        return ""
    return "phone_impossible"
