# SPDX-License-Identifier: EUPL-1.2
"""ROOM members: people of a timebank, their neighbourhood, their roles and what those allow."""
