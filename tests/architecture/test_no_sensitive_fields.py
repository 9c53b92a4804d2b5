# SPDX-License-Identifier: EUPL-1.2
"""Nowhere is there a place to keep what we never ask: no column, field, code or setting for it.

The words are looked for in names. What people type in their own words is another matter: notes have
a short life and a warning (docs/privacy/dpia.md).
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources

import marshmallow
import pytest
import sqlalchemy as sa

import timebank.app
import timebank.schemas
from config.base import Settings
from ledger import Base
from tests.conftest import ROOT

# fmt: off
ABOUT_PEOPLE = {
    "health": "health illness ill disease diagnos sick disab handicap patient medic medicine"
              " mental psych addict allerg therap gezond ziek aandoening beperking medicijn"
              " verslav dement zorgzwaarte hospital",
    "benefit": "benefit allowance income salary debt poverty uitkering bijstand inkomen salaris"
               " schuld schulden armoede minima wajong wia ww tegenprestatie unemploy werkloos",
    "number": "bsn citizen national_id social_security passport burgerservice sofi paspoort"
              " identiteitsbewijs",
    "vulnerability": "vulnerab fragile needy kwetsba hulpbehoev zelfredzaam",
    "other special data": "religio church ethnic race nationalit sexual etnic geloof afkomst"
                          " seksu vakbond",
}
WHERE_AND_WHEN_BORN = {
    "address": "address street house_number postcode postal zip adres straat huisnummer woonplaats"
               " latitude longitude",
    "full birth date": "birth birthday dob born geboorte geboren verjaardag",
}
# fmt: on
HARMLESS = re.compile(
    r"^(birth_year|year_of_birth|geboortejaar|to_address|new_address|e?mail_address)$"
)
"""A year of birth is enough and allowed; an address for mail is no home."""

GIVEN_REASONS = {
    "hospital_escort": "policy row V5 asks for it; it says where to, not why or with what illness",
}
"""Codes of kinds of help that bear such a word nevertheless."""

_SHORT = 3
"""Words this short must stand alone: "ill" is no part of "till"."""


def _pattern(*lists: dict[str, str]) -> re.Pattern[str]:
    words = [word for one in lists for text in one.values() for word in text.split()]
    whole = [rf"{word}(?![a-z])" if len(word) <= _SHORT else word for word in words]
    return re.compile(rf"(?<![a-z])(?:{'|'.join(whole)})", re.IGNORECASE)


ANYWHERE = _pattern(ABOUT_PEOPLE, WHERE_AND_WHEN_BORN)
IN_KINDS_OF_HELP = _pattern(ABOUT_PEOPLE)
"""Kinds of help may name a street: it is swept together."""


def sensitive(names: Iterable[str], pattern: re.Pattern[str] = ANYWHERE) -> list[str]:
    """Return the names that hold such a word; of "table.column" both parts are read."""
    return [
        name
        for name in names
        if any(
            pattern.search(_spelled(part)) and not HARMLESS.match(_spelled(part))
            for part in name.split(".")
        )
    ]


def _spelled(name: str) -> str:
    """Spell ``birthDate`` as ``birth_date``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def columns(metadata: sa.MetaData) -> Iterator[str]:
    for table in metadata.tables.values():
        yield table.name
        for column in table.columns:
            yield f"{table.name}.{column.name}"
            yield from getattr(column.type, "enums", ())


def schema_fields() -> Iterator[str]:
    """Name every field of every marshmallow schema."""
    for module in pkgutil.walk_packages(timebank.schemas.__path__, "timebank.schemas."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, marshmallow.Schema):
                yield from (f"{kind.__name__}.{name}" for name in kind._declared_fields)


def form_fields() -> Iterator[str]:
    """Name every field that a page writes or a view reads."""
    templates = ROOT / "timebank" / "web" / "templates"
    forms = (templates / "components" / "_forms.html").read_text("utf-8")
    macros = "|".join(re.findall(r"macro (\w+)\(name", forms))
    for path in templates.rglob("*.html"):
        text = path.read_text("utf-8")
        yield from re.findall(r'\bname="([\w.-]+)"', text)
        yield from re.findall(rf"\b(?:{macros})\(\s*['\"]([\w.-]+)", text)
    for path in (ROOT / "timebank" / "web").rglob("*.py"):
        text = path.read_text("utf-8")
        read = r"request\.(?:form|args|values|files)(?:\.get|\.getlist)?[(\[]\s*\"([\w.-]+)"
        yield from re.findall(read, text)


def kinds_of_help() -> Iterator[str]:
    """Name every kind of help that becomes an exchange; what is for professionals never does."""
    seed = resources.files("timebank.categories").joinpath("seed.toml").read_text("utf-8")
    for row in tomllib.loads(seed)["category"]:
        if row["boundary"] != "professional_only" and row["code"] not in GIVEN_REASONS:
            yield row["code"]
            yield from (row[name] for name in ("group", "label_nl", "label_en"))


@pytest.mark.policy("K7", "L13")
def test_no_column_holds_what_we_never_ask() -> None:
    names = list(columns(Base.metadata))

    assert len(names) > 100
    assert sensitive(names) == []


@pytest.mark.policy("K7", "L13")
def test_no_field_that_comes_in_holds_what_we_never_ask() -> None:
    of_schemas, of_forms = set(schema_fields()), set(form_fields())

    assert {"NoteAnswer.note", "MinutesAnswer.minutes"} <= of_schemas
    assert {"email", "words", "csrf_token"} <= of_forms
    assert sensitive(of_schemas | of_forms) == []


@pytest.mark.policy("K7")
def test_no_kind_of_help_that_is_kept_says_how_somebody_is() -> None:
    names = list(kinds_of_help())

    assert len(names) > 100
    assert sensitive(names, IN_KINDS_OF_HELP) == []


def test_every_exception_is_needed() -> None:
    assert sensitive(GIVEN_REASONS, IN_KINDS_OF_HELP) == list(GIVEN_REASONS)


def test_no_setting_holds_what_we_never_ask() -> None:
    assert sensitive(field.name for field in dataclasses.fields(Settings)) == []


@pytest.mark.parametrize(
    "planted",
    [
        "health_note",
        "diagnosis",
        "is_disabled",
        "benefit_status",
        "uitkering",
        "debts",
        "bsn",
        "birth_date",
        "dateOfBirth",
        "geboortedatum",
        "home_address",
        "street",
        "huisnummer",
        "is_vulnerable",
        "kwetsbaar",
        "wia",
    ],
)
def test_a_planted_column_is_found(planted: str) -> None:
    metadata = sa.MetaData()
    sa.Table("person", metadata, sa.Column("given_name", sa.String), sa.Column(planted, sa.String))

    assert sensitive(columns(metadata)) == [f"person.{planted}"]


def test_a_planted_word_among_the_values_of_a_column_is_found() -> None:
    metadata = sa.MetaData()
    sa.Table("member", metadata, sa.Column("kind", sa.Enum("resident", "patient")))

    assert sensitive(columns(metadata)) == ["patient"]


@pytest.mark.parametrize("name", ["birth_year", "to_address", "skilled", "www", "traced", "wiald"])
def test_what_only_looks_like_it_is_left_alone(name: str) -> None:
    assert sensitive([f"person.{name}"]) == []
