# SPDX-License-Identifier: EUPL-1.2
"""ROOM exports: exchanges and hours as tables, for who may see them on the screen too."""
