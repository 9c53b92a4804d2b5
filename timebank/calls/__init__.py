# SPDX-License-Identifier: EUPL-1.2
"""ROOM calls: telling a member something: by mail, or by a person who calls or writes a letter."""
