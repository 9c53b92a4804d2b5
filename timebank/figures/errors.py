# SPDX-License-Identifier: EUPL-1.2
"""What the room of figures refuses."""

from __future__ import annotations


class FigureError(Exception):
    """Anything this room refuses."""


class UnknownPlace(FigureError):
    """There is no such area that this reader may see exactly."""
