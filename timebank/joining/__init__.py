# SPDX-License-Identifier: EUPL-1.2
"""ROOM joining: people who ask to take part or are enrolled by a coordinator."""
