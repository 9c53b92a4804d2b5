# SPDX-License-Identifier: EUPL-1.2
"""ROOM boundaries: the rare exception to work that only a professional does, with its reason."""
