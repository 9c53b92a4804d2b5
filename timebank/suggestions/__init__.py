# SPDX-License-Identifier: EUPL-1.2
"""ROOM suggestions: what somebody could do for a neighbour, and what both said to it."""
