# SPDX-License-Identifier: EUPL-1.2
"""ROOM staffing: hours of staff, kept apart from the hours of residents (policy row V16)."""
