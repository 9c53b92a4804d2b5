# SPDX-License-Identifier: EUPL-1.2
"""What comes in from outside, checked and turned into plain values. Every door uses the same."""
