# SPDX-License-Identifier: EUPL-1.2
"""ROOM service_areas: groups of neighbourhoods that an organisation works in (policy row V17)."""
