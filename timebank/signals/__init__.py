# SPDX-License-Identifier: EUPL-1.2
"""ROOM signals: why help that waits needs a person to look, by rules that anyone can read."""
