# SPDX-License-Identifier: EUPL-1.2
"""ROOM rates: how often something may be tried, counted in the database for all processes."""
