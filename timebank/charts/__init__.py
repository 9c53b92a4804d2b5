# SPDX-License-Identifier: EUPL-1.2
"""LIBRARY charts: numbers placed on a drawing; the templates write the SVG. Pure."""
