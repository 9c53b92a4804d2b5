# SPDX-License-Identifier: EUPL-1.2
"""ROOM letters: statements and decisions on paper, for people without e-mail."""
