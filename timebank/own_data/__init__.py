# SPDX-License-Identifier: EUPL-1.2
"""ROOM own_data: what is kept and done about members, for those who may read it."""
