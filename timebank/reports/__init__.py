# SPDX-License-Identifier: EUPL-1.2
"""ROOM reports: what leaves the house: figures of a period and an area, as one document."""
