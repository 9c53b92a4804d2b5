# SPDX-License-Identifier: EUPL-1.2
"""LIBRARY shapes: areas read from GeoJSON of the national division, judged and simplified. Pure."""
