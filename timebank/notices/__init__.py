# SPDX-License-Identifier: EUPL-1.2
"""ROOM notices: messages that wait, written in the same transaction as their cause."""
