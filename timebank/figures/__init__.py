# SPDX-License-Identifier: EUPL-1.2
"""ROOM figures: each figure defined once: balances and flows of neighbourhoods, indicators."""
