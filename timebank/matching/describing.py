# SPDX-License-Identifier: EUPL-1.2
"""A town of the simulation as a town file, to try a plan on."""

from __future__ import annotations

from typing import Any

import numpy as np

from timebank.matching.towns import FORMAT, LISTED, Ints, Town
from timebank.matching.world import World


def describe(world: World) -> dict[str, Any]:
    """Return what a timebank knows of a world at its start, as the town format says."""
    town, asked = world.town, world.asked
    now = np.flatnonzero(asked.posted <= 0)
    return {
        "format": FORMAT,
        "town": town.name,
        "day": town.day,
        "rules": {"window_days": town.window_days},
        "categories": _categories(town),
        "residents": [_resident(town, person) for person in range(len(town.residents))],
        "needs": _needs(world, now),
        "helped": _helped(world),
        "avoid": [[town.residents[a], town.residents[b]] for a, b in town.avoid.tolist()],
    }


def _categories(town: Town) -> list[dict[str, Any]]:
    columns = (town.easy.tolist(), town.needs_certificate.tolist(), town.remote.tolist())
    return [
        {"code": code, "easy": easy, "certificate": certificate, "remote": remote}
        for code, easy, certificate, remote in zip(town.categories, *columns, strict=True)
    ]


def _resident(town: Town, person: int) -> dict[str, Any]:
    known = town.known[person]
    return {
        "id": town.residents[person],
        "neighbourhood": town.neighbourhoods[person],
        "x": float(town.x[person]),
        "y": float(town.y[person]),
        "balance_minutes": int(town.balance[person]),
        "talents": {
            town.categories[kind]: "listed" if known[kind] >= LISTED else "talent_talk"
            for kind in np.flatnonzero(known).tolist()
        },
        "slots": int(town.slots[person]),
        "max_km": float(town.max_km[person]),
        "capacity_minutes": int(town.capacity[person]),
        "certificate": bool(town.certificate[person]),
        "paused": bool(town.paused[person]),
        "muted": [town.categories[kind] for kind in np.flatnonzero(town.muted[person]).tolist()],
    }


def _needs(world: World, now: Ints) -> list[dict[str, Any]]:
    town, asked = world.town, world.asked
    return [
        {
            "id": f"n{need}",
            "resident": town.residents[asked.owner[need]],
            "category": town.categories[asked.category[need]],
            "minutes": int(asked.minutes[need]),
            "slots": int(asked.slots[need]),
            "waiting_days": round(float(-asked.posted[need]), 2),
            "urgent": bool(asked.urgent[need]),
        }
        for need in now.tolist()
    ]


def _helped(world: World) -> list[dict[str, Any]]:
    town, history = world.town, world.history
    return [
        {
            "helper": town.residents[history.helper[row]],
            "helped": town.residents[history.helped[row]],
            "category": town.categories[history.category[row]],
            "minutes": int(history.minutes[row]),
        }
        for row in np.flatnonzero(history.good).tolist()
    ]
