# SPDX-License-Identifier: EUPL-1.2
"""ROOM second_looks: help that was not approved, looked at once more."""
