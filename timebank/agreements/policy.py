# SPDX-License-Identifier: EUPL-1.2
"""Whether both sides agree. Pure."""

from __future__ import annotations

import uuid


def both_agree(two: set[uuid.UUID], said: set[uuid.UUID | None]) -> bool:
    """Say whether helper and helped both said that it is right, by logging or by confirming."""
    return two <= said
