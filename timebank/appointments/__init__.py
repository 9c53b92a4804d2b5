# SPDX-License-Identifier: EUPL-1.2
"""ROOM appointments: what a helper and a helped resident agree beforehand. It never books."""
