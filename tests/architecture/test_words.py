# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import importlib.util
import inspect
import pathlib
import re
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from tests.conftest import ROOT
from timebank.approvals import errors as approval_errors
from timebank.calls.models import CallReason
from timebank.exchanges import errors as exchange_errors
from timebank.exchanges.workflow import Action, RejectionReason
from timebank.joining import errors as joining_errors
from timebank.members import errors as member_errors
from timebank.members.policy import Role
from timebank.schemas import answers, people
from timebank.support import errors as support_errors
from timebank.support.policy import Support
from timebank.trust import errors as trust_errors
from timebank.web import appointment_form, words

CATALOGUE = ROOT / "timebank" / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
NEVER_ON_A_SCREEN = re.compile(
    r"\b(saldo|schuld\w*|transacties?|betal\w*|indien|middels|betreffende|verstrek\w*"
    r"|wederkerigheid|participatie|rood staan|kopen|kwetsba\w*|hulpbehoevend\w*)\b",
    re.IGNORECASE,
)
NAMES = ("given_name", "family_name")
NEVER_EXPLAINED = {
    "MemberError",
    "NotPermitted",
    "UnknownMember",
    "PossibleDuplicate",
    "UnknownApplication",
    "NoApplications",
    "UnknownCall",
}
"""They answer with a page of their own, or as if the page did not exist."""
LONGEST_SENTENCE, MEAN_SENTENCE = 20, 15


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _catalogue(path: pathlib.Path = CATALOGUE) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _messages() -> list[Message]:
    return [message for message in _catalogue() if message.id]


def _texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string]


def test_every_sentence_on_the_screens_stands_in_the_catalogue(tmp_path: pathlib.Path) -> None:
    template = tmp_path / "messages.pot"

    _tool().extract(template)

    assert {m.id for m in _catalogue(template) if m.id} == {m.id for m in _messages()}


def test_every_sentence_is_translated() -> None:
    untranslated = [m.id for m in _messages() if m.fuzzy or not all(_texts(m))]

    assert untranslated == []


def test_translations_keep_their_placeholders() -> None:
    for message in _messages():
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for text in _texts(message):
            wanted = set(re.findall(r"%\(\w+\)s", source))
            assert set(re.findall(r"%\(\w+\)s", text)) <= wanted, source
        assert set(re.findall(r"%\(\w+\)s", _texts(message)[-1])) == wanted, source


def test_dutch_sentences_are_short_and_plain() -> None:
    sentences = [
        sentence
        for message in _messages()
        for text in _texts(message)
        for sentence in re.split(r"(?<=[.?!:])\s+|\n+", text)
        if sentence
    ]
    lengths = [len(sentence.split()) for sentence in sentences]

    assert max(lengths) <= LONGEST_SENTENCE
    assert sum(lengths) / len(lengths) <= MEAN_SENTENCE
    assert [s for s in sentences if NEVER_ON_A_SCREEN.search(s)] == []
    assert [s for s in sentences if re.search(r"\b(je|jij|jouw|jullie)\b", s, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_refusal_has_words(language: str, app: Flask) -> None:
    refusals = {
        kind
        for module in (exchange_errors, approval_errors)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, exchange_errors.ExchangeError)
        and kind is not exchange_errors.ExchangeError
    }
    explained = set(re.findall(r"case errors\.(\w+)\(\)", inspect.getsource(words.explain)))

    with app.test_request_context(), force_locale(language):
        for kind in refusals:
            assert kind.__name__ in explained or str(words.REFUSALS[kind])


def test_every_code_reason_action_and_role_has_words() -> None:
    codes = set(
        re.findall(
            r'"(\w+_(?:missing|too_long|too_short|impossible|not_a_number))"',
            "".join(map(inspect.getsource, (answers, people, appointment_form))),
        )
    )
    codes |= {f"{name}_{what}" for name in NAMES for what in ("missing", "too_long")}

    assert codes == set(words.CODES)
    assert set(words.REASONS) == set(RejectionReason)
    assert set(words.ACTIONS) == set(Action)
    assert set(words.ROLES) == set(Role)
    assert set(words.SUPPORT) == set(Support)
    assert set(words.CALLS) == set(CallReason)


def test_every_refusal_about_people_has_words() -> None:
    refusals = {
        kind
        for module in (member_errors, joining_errors, support_errors, trust_errors)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, member_errors.MemberError) and kind.__name__ not in NEVER_EXPLAINED
    }

    assert {kind.__name__ for kind in refusals} == {
        kind.__name__ for kind in words.REFUSALS if issubclass(kind, member_errors.MemberError)
    }
