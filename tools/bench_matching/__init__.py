# SPDX-License-Identifier: EUPL-1.2
"""``make bench-matching``: how good and how fast the plan is, on invented towns."""
