# SPDX-License-Identifier: EUPL-1.2
"""ROOM imports: exchanges that come in a file: paper slips, or the past of another system."""
