# SPDX-License-Identifier: EUPL-1.2
"""Small towns for the tests of matching, as JSON: by hand and by chance."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ALWAYS = 2**21 - 1
Described = dict[str, Any]


def kind(code: str = "garden", **changed: Any) -> Described:
    return {"code": code, "easy": False, "certificate": False, "remote": False, **changed}


def resident(name: str, **changed: Any) -> Described:
    return {
        "id": name,
        "neighbourhood": "b1",
        "x": 0.0,
        "y": 0.0,
        "balance_minutes": 0,
        "talents": {},
        "slots": ALWAYS,
        "max_km": 1.0,
        "capacity_minutes": 120,
        "certificate": False,
        "paused": False,
        "muted": [],
        **changed,
    }


def need(name: str, of: str, **changed: Any) -> Described:
    return {
        "id": name,
        "resident": of,
        "category": "garden",
        "minutes": 60,
        "slots": ALWAYS,
        "waiting_days": 7.0,
        "urgent": False,
        **changed,
    }


def town(**changed: Any) -> Described:
    """Fatima can garden and has two hours to give; Jan has a garden."""
    return {
        "format": 1,
        "town": "holten",
        "day": "2026-11-22",
        "rules": {"window_days": 3},
        "categories": [kind()],
        "residents": [
            resident("fatima", talents={"garden": "listed"}, balance_minutes=-120),
            resident("jan", balance_minutes=120),
        ],
        "needs": [need("n1", "jan")],
        "helped": [],
        "avoid": [],
        **changed,
    }


@st.composite
def towns(draw: st.DrawFn, most_people: int = 6, most_needs: int = 5) -> Described:
    """Draw a crowded little town, in which limits clash."""
    kinds = ["garden", "walking", "letters"]
    names = [f"r{i}" for i in range(draw(st.integers(1, most_people)))]
    who = st.sampled_from(names)
    slots = st.one_of(st.integers(0, 7), st.just(ALWAYS))
    pairs = st.lists(st.tuples(who, who), max_size=6).map(
        lambda drawn: [(a, b) for a, b in drawn if a != b]
    )
    return {
        "format": 1,
        "town": "drawn",
        "day": "2026-11-22",
        "rules": {"window_days": draw(st.sampled_from([0, 3, 7]))},
        "categories": [
            kind("garden"),
            kind("walking", easy=True, certificate=draw(st.booleans())),
            kind("letters", remote=True),
        ],
        "residents": [
            resident(
                name,
                x=draw(st.sampled_from([0.0, 0.4, 0.8])),
                balance_minutes=draw(st.sampled_from([-300, -120, -60, 0, 601])),
                talents=draw(
                    st.dictionaries(
                        st.sampled_from(kinds), st.sampled_from(["listed", "talent_talk"])
                    )
                ),
                slots=draw(slots),
                max_km=draw(st.sampled_from([0.0, 0.5, 1.0])),
                capacity_minutes=draw(st.sampled_from([0, 60, 90, 120, 180, 240])),
                certificate=draw(st.booleans()),
                paused=draw(st.integers(0, 9)) == 0,
                muted=draw(st.sampled_from([[], [], ["garden"]])),
            )
            for name in names
        ],
        "needs": [
            need(
                f"n{i}",
                draw(who),
                category=draw(st.sampled_from(kinds)),
                minutes=draw(st.sampled_from([30, 60, 90, 120, 2400])),
                slots=draw(slots),
                waiting_days=draw(st.sampled_from([0.0, 2.625, 6.0, 30.0])),
                urgent=draw(st.booleans()),
            )
            for i in range(draw(st.integers(0, most_needs)))
        ],
        "helped": [
            {"helper": a, "helped": b, "category": draw(st.sampled_from(kinds)), "minutes": 60}
            for a, b in draw(pairs)
        ],
        "avoid": [list(pair) for pair in draw(pairs)],
    }
