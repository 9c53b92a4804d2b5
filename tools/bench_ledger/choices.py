# SPDX-License-Identifier: EUPL-1.2
"""What every contestant works with: how many accounts, which moments, which pairs."""

from __future__ import annotations

import datetime
import random

ACCOUNTS = 1000
BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
STEP = datetime.timedelta(minutes=3)
"""Between two transfers of the long history: a million fill almost six years."""
Pair = tuple[int, int]
"""Two accounts, counted from 0: who is helped, who helps."""


def choose(chooser: random.Random) -> Pair:
    """Choose two different accounts."""
    first, second = chooser.sample(range(ACCOUNTS), 2)
    return first, second
