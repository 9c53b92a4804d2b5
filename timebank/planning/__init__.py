# SPDX-License-Identifier: EUPL-1.2
"""ROOM planning: the plan of a night: once for each timebank and day."""
