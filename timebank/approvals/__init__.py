# SPDX-License-Identifier: EUPL-1.2
"""ROOM approvals: what waits for a coordinator, and the decision."""
