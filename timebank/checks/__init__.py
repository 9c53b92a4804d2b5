# SPDX-License-Identifier: EUPL-1.2
"""ROOM checks: what a coordinator saw of a helper before help that asks for it."""
