# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from timebank.cli import demo


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Keep what the story was told with, instead of telling it: tests/demo tells it."""
    moments: list[object] = []

    def tell(_: object, *, now: object, progress: Callable[[], object]) -> None:
        moments.append(now)
        progress()

    monkeypatch.setattr(demo, "tell_story", tell)
    return moments


def test_outside_demo_mode_no_invented_people_are_loaded(
    runner: FlaskCliRunner, app: Flask, told: list[object]
) -> None:
    app.config["TIMEBANK_DEMO_MODE"] = False

    result = runner.invoke(args=["demo", "load"])

    assert result.exit_code == 1
    assert result.output.startswith("Error: this is no demo")
    assert told == []


def test_where_timebanks_are_already_nothing_is_loaded(
    runner: FlaskCliRunner, told: list[object]
) -> None:
    result = runner.invoke(args=["demo", "load"])

    assert result.exit_code == 0
    assert result.output == "there are timebanks here already; nothing was loaded\n"
    assert told == []


def test_into_an_empty_database_the_story_is_told_up_to_now(
    runner: FlaskCliRunner, told: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "all_timebanks", lambda _: [])

    result = runner.invoke(args=["demo", "load"])

    assert result.exit_code == 0
    assert len(told) == 1
