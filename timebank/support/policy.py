# SPDX-License-Identifier: EUPL-1.2
"""How much support there can be, as words. Pure."""

from __future__ import annotations

import enum


class Support(enum.StrEnum):
    """How much support somebody wants with taking part."""

    NONE = "none"
    SOME = "some"
    EXTRA = "extra"
