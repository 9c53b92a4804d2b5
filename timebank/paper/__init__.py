# SPDX-License-Identifier: EUPL-1.2
"""ROOM paper: numbered slips, short numbers of members, typing a stack of slips, letters."""
