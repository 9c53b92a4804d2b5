# SPDX-License-Identifier: EUPL-1.2
"""ROOM personal: the register of what is kept about people, and forgetting it in time."""
