# SPDX-License-Identifier: EUPL-1.2
"""ROOM statements: what the books say, per member and per neighbourhood."""
