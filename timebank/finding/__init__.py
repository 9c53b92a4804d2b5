# SPDX-License-Identifier: EUPL-1.2
"""ROOM finding: what suits one person now, and who suits one need, with or without a plan."""
