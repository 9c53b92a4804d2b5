# SPDX-License-Identifier: EUPL-1.2
"""ROOM thanks: a few words of thanks, read by a coordinator first. There are no scores."""
