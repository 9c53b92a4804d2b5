# SPDX-License-Identifier: EUPL-1.2
"""ROOM audit: who did what to whom, and when; written down, never changed."""
