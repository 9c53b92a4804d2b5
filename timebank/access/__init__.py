# SPDX-License-Identifier: EUPL-1.2
"""ROOM access: how somebody proves to be a member."""
