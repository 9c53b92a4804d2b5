# SPDX-License-Identifier: EUPL-1.2
"""ROOM disputes: "this is not right", and what a coordinator makes of it."""
