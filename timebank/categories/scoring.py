# SPDX-License-Identifier: EUPL-1.2
"""Which kinds of help a sentence seems to be about. Pure, offline, and never more than advice.

Pieces of three to five letters of what is typed are compared with those of our own word lists
(``words.toml``). Rare pieces weigh more. People pick; the first guess is right for one sentence in
three only, so several are shown and nothing is chosen for anybody (docs/adr/0036).
"""

from __future__ import annotations

import collections
import math
import pathlib
import tomllib
import unicodedata
from collections.abc import Collection, Iterator

MOST = 4
"""So many kinds are suggested at most."""
LONGEST_READ = 300
"""So many letters of a sentence are looked at."""
_SHORTEST, _LONGEST = 3, 5
_LENGTH_COUNTS = 0.3
"""How much a long word list is held back: half would be fair to words, less is fair to kinds."""
_LEAST = 0.3
"""Who has less in common than this is not suggested: a guess that is no guess only distracts."""


def suggested_kinds(sentence: str, codes: Collection[str], *, limit: int = MOST) -> tuple[str, ...]:
    """Return the codes that fit a sentence best, the best first; none when nothing fits.

    Args:
        sentence: what somebody typed, in Dutch or English;
            the first ``LONGEST_READ`` letters count.
        codes: the kinds that may be suggested.
        limit: at most this many.
    """
    scores: dict[str, float] = collections.defaultdict(float)
    length = 0.0
    for piece in set(_pieces(sentence[:LONGEST_READ])):
        found = _INDEX.get(piece)
        if found is None:
            continue
        length += _RARITY[piece] ** 2
        for code, weight in found:
            scores[code] += weight
    if not length:
        return ()
    scale = math.sqrt(length)
    allowed = set(codes)
    ranked = sorted(
        ((-score / scale, code) for code, score in scores.items() if code in allowed),
    )
    return tuple(code for score, code in ranked if -score >= _LEAST)[:limit]


def _pieces(text: str) -> Iterator[str]:
    """Yield the pieces of each word, its edges marked, without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    marks = {ord(sign): None for sign in plain if unicodedata.combining(sign)}
    letters = "".join(sign if sign.isalnum() else " " for sign in plain.translate(marks))
    for word in letters.split():
        if word in _IN_EVERY_SENTENCE:
            continue
        marked = f" {word} "
        for size in range(_SHORTEST, _LONGEST + 1):
            for start in range(len(marked) - size + 1):
                yield marked[start : start + size]


def _lists() -> dict[str, set[str]]:
    """Return the pieces by kind."""
    kinds = (code for code in _WORDS if code != _EVERY)
    return {code: set(_pieces(f"{_WORDS[code]['nl']} {_WORDS[code]['en']}")) for code in kinds}


def _rarity(lists: dict[str, set[str]]) -> dict[str, float]:
    counts = collections.Counter(piece for pieces in lists.values() for piece in pieces)
    return {piece: math.log(1 + len(lists) / count) for piece, count in counts.items()}


def _index(
    lists: dict[str, set[str]], rarity: dict[str, float]
) -> dict[str, tuple[tuple[str, float], ...]]:
    """Return by piece which kinds have it, and how much it weighs for each."""
    found: dict[str, list[tuple[str, float]]] = collections.defaultdict(list)
    for code, pieces in lists.items():
        length = sum(rarity[piece] ** 2 for piece in pieces) ** _LENGTH_COUNTS
        for piece in pieces:
            found[piece].append((code, rarity[piece] ** 2 / length))
    return {piece: tuple(kinds) for piece, kinds in found.items()}


_WORDS = tomllib.loads(pathlib.Path(__file__).with_name("words.toml").read_text("utf-8"))
_EVERY = "in_every_sentence"
_IN_EVERY_SENTENCE = frozenset(f"{_WORDS[_EVERY]['nl']} {_WORDS[_EVERY]['en']}".split())
_LISTS = _lists()
_RARITY = _rarity(_LISTS)
_INDEX = _index(_LISTS, _RARITY)
KNOWN = frozenset(_LISTS)
"""The kinds that have words."""
