# SPDX-License-Identifier: EUPL-1.2
"""The list of erasures: one line for each, which names nobody. Pure.

It lives outside the database and its backups. A database that is restored from an older backup
holds people again who were erased since; the list says who (docs/adr/0023).
"""

from __future__ import annotations

import datetime
import hashlib
import re
import uuid

from timebank.erasure.errors import UnreadableList

_LINE = re.compile(r"\d{4}-\d{2}-\d{2} ([0-9a-f]{64})")


def digest_of(timebank_id: int, member_id: uuid.UUID) -> str:
    """Return what stands for a member on the list. Member ids are random: no digest is guessed."""
    return hashlib.sha256(f"{timebank_id}:{member_id}".encode()).hexdigest()


def line_of(digest: str, *, day: datetime.date) -> str:
    """Return the line of one erasure."""
    return f"{day.isoformat()} {digest}"


def digests_on(text: str) -> frozenset[str]:
    """Return who stands on the list.

    Raises:
        UnreadableList: a line is something else. One that a power cut left half written is refused
            too, because the erasure that it stands for must not be forgotten.
    """
    digests = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise UnreadableList(number)
        digests.add(found[1])
    return frozenset(digests)
