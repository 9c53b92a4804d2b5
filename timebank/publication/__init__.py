# SPDX-License-Identifier: EUPL-1.2
"""LIBRARY publication: what everyone may read about areas and flows. Pure, see docs/adr/0039."""
