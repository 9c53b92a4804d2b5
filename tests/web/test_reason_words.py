# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import re

from flask import Flask
from flask_babel import force_locale

from tests.conftest import ROOT
from timebank.matching.scoring import Reason
from timebank.web.reason_words import REASONS


def test_every_reason_has_a_sentence_in_both_languages_with_the_same_blanks(app: Flask) -> None:
    assert list(REASONS) == list(Reason)
    said: dict[str, list[str]] = {}
    for language in ("nl", "en"):
        with app.test_request_context(), force_locale(language):
            said[language] = [str(sentence) for sentence in REASONS.values()]

    blanks = {language: re.findall(r"%\(\w+\)s", " ".join(said[language])) for language in said}
    assert blanks["nl"] == blanks["en"]
    assert len(blanks["nl"]) == 4
    assert not set(said["nl"]) & set(said["en"])


def test_the_document_has_the_points_of_every_reason() -> None:
    page = (ROOT / "docs" / "matching.md").read_text("utf-8")

    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(Reason)
