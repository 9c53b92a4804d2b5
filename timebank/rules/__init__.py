# SPDX-License-Identifier: EUPL-1.2
"""ROOM rules: what each neighbourhood lets pass by itself, and what asks for a look."""
