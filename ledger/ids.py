# SPDX-License-Identifier: EUPL-1.2
"""Numbers for things: time-ordered ids for rows, random numbers for accounts.

An id is never a secret and never "the highest one plus one": two writers would make the same.
"""

from __future__ import annotations

import datetime
import secrets
import uuid

_MILLISECONDS = 1000
_RANDOM_BITS = 74


def new_id(now: datetime.datetime) -> uuid.UUID:
    """Make a UUID of version 7: 48 bits of time in milliseconds, then 74 random bits.

    Args:
        now: an aware moment; ids made later sort later.

    Source: RFC 9562 section 5.7.
    """
    milliseconds = int(now.timestamp() * _MILLISECONDS) & ((1 << 48) - 1)
    random = secrets.randbits(_RANDOM_BITS)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def new_account_number() -> int:
    """Make a random account number of at most 62 bits that says nothing about its holder.

    Source: docs/adr/0007, measure P1: the journal knows a random number, never a person.
    """
    return secrets.randbits(62) or 1
