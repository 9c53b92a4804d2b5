# SPDX-License-Identifier: EUPL-1.2
"""ROOM desk: the inbox of coordinators, and decisions that can be undone for a moment."""
