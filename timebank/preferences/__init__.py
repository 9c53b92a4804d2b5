# SPDX-License-Identifier: EUPL-1.2
"""ROOM preferences: when, how far and how often somebody wants to help, and with what not."""
