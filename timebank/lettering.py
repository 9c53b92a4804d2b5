# SPDX-License-Identifier: EUPL-1.2
"""Which signs of typed words are kept: those that a person can see. Pure.

Control characters cannot be kept by one database. Signs that turn the direction of a line can make
it read as something else, and letters that show nothing pass as words where there are none.
"""

from __future__ import annotations

import unicodedata

_SHOW_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""The joiner, the fillers of Korean and Khmer, and the empty sign of Braille: no control
characters, and yet nothing to see."""
_ALLOWED = frozenset("\n\r\t")


def readable(words: str) -> str:
    """Return the words as they are kept: what nobody can see is left out.

    Lines stay lines, every kind of space becomes a space. Where no sign is left that shows
    something, the answer is empty: it holds no words.
    """
    kept = "".join(map(_kept, words.replace("\r\n", "\n"))).strip()
    return kept if any(map(_shows, kept)) else ""


def readable_line(words: str) -> str:
    """Return what :func:`readable` keeps on one line, with one space between words."""
    return " ".join(readable(words).split())


def holds_controls(words: str) -> bool:
    """Say whether there are control characters in it, which no person typed."""
    return any(
        sign not in _ALLOWED and unicodedata.category(sign) in ("Cc", "Cs") for sign in words
    )


def _kept(sign: str) -> str:
    if sign == "\n":
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind == "Zs" or sign == "\t":
        return " "
    return "" if kind.startswith("C") or sign in _SHOW_NOTHING else sign


def _shows(sign: str) -> bool:
    """Say whether a sign shows something by itself; an accent alone does not."""
    return unicodedata.category(sign)[0] not in "ZCM"
