# SPDX-License-Identifier: EUPL-1.2
"""ROOM months: a month is closed once; what it said then, it says for ever."""
