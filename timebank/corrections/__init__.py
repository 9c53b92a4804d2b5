# SPDX-License-Identifier: EUPL-1.2
"""ROOM corrections: what members change about themselves: name, address, pause."""
