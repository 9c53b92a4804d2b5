# SPDX-License-Identifier: EUPL-1.2
"""Timebank: hours of help between neighbours. The map of the rooms is docs/architecture.md."""

__version__ = "0.1.0"
