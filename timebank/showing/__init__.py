# SPDX-License-Identifier: EUPL-1.2
"""ROOM showing: what everyone may read of a timebank, and how strict it chose to be."""
