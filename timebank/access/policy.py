# SPDX-License-Identifier: EUPL-1.2
"""How long links and codes last, and what a code looks like. Plain values only."""

from __future__ import annotations

import datetime

REQUEST_LIFETIME = datetime.timedelta(minutes=10)
"""A link and its code, at most ten minutes. Source: OWASP ASVS 5.0, 6.5.5."""
CODE_LIFETIME = datetime.timedelta(days=30)
"""A printed code: a letter lies on a table for a while."""
MOST_TRIES = 5
"""So often may a code of six digits be typed for one request. Source: ASVS 5.0, 6.6.3."""
CODE_LETTERS = "2345679ACDEFGHJKMNPQRTUVWXY"
"""What a printed code is made of: nothing that looks like something else (0 O, 1 I L, 8 B)."""
CODE_LENGTH = 8
_LOOKS_LIKE = str.maketrans({"S": "5", "Z": "2"})


def plain_code(typed: str) -> str:
    """Return a printed code as it is stored: in capitals, without spaces and dashes.

    S and Z are never printed, so that they can be read as the 5 and the 2 that they look like.
    """
    kept = "".join(letter for letter in typed.upper() if letter.isalnum())
    return kept.translate(_LOOKS_LIKE)


def printed(code: str) -> str:
    """Return a code in two groups, as it stands on paper."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def plain_digits(typed: str) -> str:
    """Return the digits of what was typed as a code of six digits; spaces do not matter."""
    return "".join(typed.split())
