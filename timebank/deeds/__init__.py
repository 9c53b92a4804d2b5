# SPDX-License-Identifier: EUPL-1.2
"""ROOM deeds: who did what, read with names."""
