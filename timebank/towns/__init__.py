# SPDX-License-Identifier: EUPL-1.2
"""ROOM towns: where people live, what they can do and need, as the matcher reads it."""
