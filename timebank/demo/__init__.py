# SPDX-License-Identifier: EUPL-1.2
"""The demo: invented neighbours, and half a year of help told through the real operations."""
