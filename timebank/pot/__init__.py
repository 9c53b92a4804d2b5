# SPDX-License-Identifier: EUPL-1.2
"""ROOM pot: the account of the timebank itself, for hours that no member gives or receives."""
