# SPDX-License-Identifier: EUPL-1.2
"""ROOM erasure: letting a person leave without a trace, and the books without a gap."""
