# SPDX-License-Identifier: EUPL-1.2
"""ROOM asking: what a coordinator asks about help that waits, and what was answered."""
