# SPDX-License-Identifier: EUPL-1.2
"""ROOM trust: whom a member lets in: stand-ins who fill in for them, professionals who see them."""
