# SPDX-License-Identifier: EUPL-1.2
"""ROOM concerns: "I am worried", from a resident to coordinators, and what was done about it."""
