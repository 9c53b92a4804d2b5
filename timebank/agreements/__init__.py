# SPDX-License-Identifier: EUPL-1.2
"""ROOM agreements: both say that it is right, and what may then pass by itself."""
