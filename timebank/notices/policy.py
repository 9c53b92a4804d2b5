# SPDX-License-Identifier: EUPL-1.2
"""What counts as an e-mail address, said in one place, and when a message is tried again."""

from __future__ import annotations

import datetime
import itertools

_FIRST_WAIT = datetime.timedelta(seconds=20)
_LONGEST_WAIT = datetime.timedelta(hours=1)
_TRIED_FOR = datetime.timedelta(days=3)


def _tries() -> tuple[datetime.timedelta, ...]:
    waits = (min(_FIRST_WAIT * 2 ** min(failed, 8), _LONGEST_WAIT) for failed in itertools.count())
    ages = itertools.accumulate(waits, initial=datetime.timedelta(0))
    return tuple(itertools.takewhile(lambda age: age <= _TRIED_FOR, ages))


TRIES = _tries()
"""How old a message is when it is tried, by how often that failed. Each wait is twice the one
before and an hour at most, for three days: a mail server may be away for a weekend."""

LONGEST_ADDRESS = 254
_NOT_IN_ADDRESSES = frozenset('[]<>,;:"()\\')
"""They are grammar in the headers of a mail, so an address with one can break the message."""


def address_of(text: str) -> str | None:
    """Return the e-mail address that was typed, in small letters; None when it is none.

    Stricter than the standard: quoted names and numbers for domains are nobody's address here. The
    length counts after lowering, because some capitals become two characters.
    """
    address = text.strip().lower()
    name, _, domain = address.partition("@")
    possible = (
        len(address) <= LONGEST_ADDRESS
        and name != ""
        and "." in domain
        and all(domain.split("."))
        and "@" not in domain
        and all(_fits(sign) for sign in address)
    )
    return address if possible else None


def _fits(sign: str) -> bool:
    if sign.isascii():
        return sign.isprintable() and sign != " " and sign not in _NOT_IN_ADDRESSES
    return sign.isalpha()
