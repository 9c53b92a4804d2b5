# SPDX-License-Identifier: EUPL-1.2
"""ROOM proofs: that the books were checked, when, and what came of it."""
