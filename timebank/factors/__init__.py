# SPDX-License-Identifier: EUPL-1.2
"""ROOM factors: the second thing that who sees other people's data proves to have."""
