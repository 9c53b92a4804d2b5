# SPDX-License-Identifier: EUPL-1.2
"""ROOM introductions: bringing two people together: asking, the yes of both, and after."""
