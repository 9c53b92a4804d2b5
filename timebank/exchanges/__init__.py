# SPDX-License-Identifier: EUPL-1.2
"""ROOM exchanges: help that was given, from the form to the coordinator's decision."""
