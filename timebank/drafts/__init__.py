# SPDX-License-Identifier: EUPL-1.2
"""ROOM drafts: forms that somebody began and did not finish yet."""
