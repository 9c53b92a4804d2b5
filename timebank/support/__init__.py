# SPDX-License-Identifier: EUPL-1.2
"""ROOM support: what somebody needs to take part; for coordinators only."""
