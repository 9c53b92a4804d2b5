# SPDX-License-Identifier: EUPL-1.2
"""ROOM rollups: the journal added up by day, so that no page has to read all of it."""
