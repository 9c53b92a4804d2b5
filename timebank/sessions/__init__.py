# SPDX-License-Identifier: EUPL-1.2
"""ROOM sessions: who is signed in on which device, and until when."""
