# SPDX-License-Identifier: EUPL-1.2
"""ROOM referrals: helping somebody to a professional, with consent, a hand-over and an outcome."""
