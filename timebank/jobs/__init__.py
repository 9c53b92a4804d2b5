# SPDX-License-Identifier: EUPL-1.2
"""DOOR jobs: what runs by itself. The table is in ``schedule``, the process in ``runner``."""
