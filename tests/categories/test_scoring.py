# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import time
import tomllib
from importlib import resources

import pytest

from timebank.categories.scoring import KNOWN, LONGEST_READ, MOST, suggested_kinds

# fmt: off
UNSEEN = {
    "Het gras komt tot mijn knieën, wie helpt me maaien?": "odd_job_garden",
    "Ik moet dinsdag naar het ziekenhuis en ga liever niet alleen": "hospital_escort",
    "Zware tassen tillen gaat niet meer, wie doet mee boodschappen": "groceries",
    "Kan iemand mij zaterdag naar het station brengen?": "local_lift",
    "Een schilderijtje ophangen in de gang": "odd_job_indoors",
    "Ik ben vaak alleen en zou graag met iemand eten": "neighbourhood_meal",
    "De heg moet nodig gesnoeid": "odd_job_garden",
    "Wie wil met mij een blokje om in het park?": "walk_together",
    "Somebody to hang up a lamp": "odd_job_indoors",
}
# fmt: on


def codes() -> list[str]:
    seed = resources.files("timebank.categories").joinpath("seed.toml").read_text("utf-8")
    return [row["code"] for row in tomllib.loads(seed)["category"]]


def test_every_kind_has_words_but_the_one_for_all_the_rest() -> None:
    assert set(codes()) - KNOWN == {"something_else"}
    assert set(codes()) >= KNOWN


@pytest.mark.parametrize("sentence", UNSEEN)
def test_a_plain_sentence_finds_its_kind_among_the_suggestions(sentence: str) -> None:
    found = suggested_kinds(sentence, codes())

    assert UNSEEN[sentence] in found
    assert len(found) <= MOST


@pytest.mark.parametrize("sentence", ["", "   ", "het", "qwxz", "\0", "123 456", "🙂🙂🙂"])
def test_nothing_is_suggested_when_nothing_fits(sentence: str) -> None:
    assert suggested_kinds(sentence, codes()) == ()


def test_accents_capitals_and_typing_mistakes_hardly_matter() -> None:
    plain = suggested_kinds("boodschappen halen", codes())

    assert plain[0] == "groceries"
    assert suggested_kinds("BOODSCHÁPPEN halen", codes()) == plain
    assert suggested_kinds("bodschappen hallen", codes())[0] == "groceries"


def test_only_what_is_on_offer_is_suggested() -> None:
    offered = [code for code in codes() if code != "odd_job_garden"]

    assert "odd_job_garden" not in suggested_kinds("gras maaien in de tuin", offered)
    assert suggested_kinds("gras maaien in de tuin", []) == ()


def test_the_same_sentence_always_gets_the_same_answer() -> None:
    long = "boodschappen en koffie " * 40

    assert suggested_kinds(long, codes()) == suggested_kinds(long[:LONGEST_READ], codes())
    assert suggested_kinds(long, codes()) == suggested_kinds(long, reversed(codes()))  # type: ignore[arg-type]


def test_a_long_sentence_takes_a_millisecond_at_most() -> None:
    """The best of ten tries: the others say how busy the machine was."""
    sentence = "Ik zoek iemand die mij helpt met boodschappen en in de tuin. " * 5
    offered = codes()

    def seconds() -> float:
        begun = time.process_time()
        for _ in range(10):
            suggested_kinds(sentence, offered)
        return (time.process_time() - begun) / 10

    assert min(seconds() for _ in range(10)) < 0.001
