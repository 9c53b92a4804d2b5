# SPDX-License-Identifier: EUPL-1.2
"""MATCHING: who can give back to whom. Pure: a town comes in, a plan goes out, no database."""
