# SPDX-License-Identifier: EUPL-1.2
"""ROOM amendments: correct an exchange, take it back, give it another kind of help."""
