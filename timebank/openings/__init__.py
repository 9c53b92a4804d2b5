# SPDX-License-Identifier: EUPL-1.2
"""ROOM openings: the hours with which people come from another system, booked once for each."""
