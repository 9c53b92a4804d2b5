# SPDX-License-Identifier: EUPL-1.2
"""ROOM activities: doing something with a group; helpers get hours, guests are counted only."""
