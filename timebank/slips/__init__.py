# SPDX-License-Identifier: EUPL-1.2
"""ROOM slips: exchanges that come on paper, typed into a file."""
