# SPDX-License-Identifier: EUPL-1.2
"""Fetches, trims and checks the front-end files that lie in the repository."""
