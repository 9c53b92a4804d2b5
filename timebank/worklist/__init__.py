# SPDX-License-Identifier: EUPL-1.2
"""ROOM worklist: what coordinators can do so that people find each other."""
