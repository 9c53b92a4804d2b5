# SPDX-License-Identifier: EUPL-1.2
"""Clients and servers that are killed at random moments, and what the books say afterwards."""
