# SPDX-License-Identifier: EUPL-1.2
"""ROOM notes: what coordinators write about a member, and who may read it."""
