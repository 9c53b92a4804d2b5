# SPDX-License-Identifier: EUPL-1.2
"""ROOM invitations: what somebody saw of their suggestions, and when they want none for a while."""
