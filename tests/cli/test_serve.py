# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import os
import pathlib
import socket
import sys
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from timebank.cli import serve

HIGHEST_PORT = 32767


@pytest.fixture
def taken_port() -> Iterator[int]:
    for port in range(25_000, HIGHEST_PORT):
        with socket.socket() as holder:
            try:
                holder.bind(("127.0.0.1", port))
            except OSError:
                continue
            holder.listen()
            yield port
            return


@pytest.fixture
def free_port(taken_port: int) -> int:
    for port in range(taken_port + 1, HIGHEST_PORT):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    pytest.fail("no port is free")


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Keep the program that would have taken our place, and restore the environment."""
    programs: list[list[str]] = []
    for name in ("PORT", "TIMEBANK_HOST", "DATABASE_URL"):
        monkeypatch.setenv(name, "before")
    monkeypatch.setattr(os, "execv", lambda path, arguments: programs.append([path, *arguments]))
    return programs


def test_a_port_that_is_taken_is_refused_in_one_sentence_before_anything_is_done(
    runner: FlaskCliRunner,
    app: Flask,
    taken_port: int,
    executed: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app.config["TIMEBANK_PORT"] = taken_port
    monkeypatch.setattr(serve, "upgrade", lambda **_: pytest.fail("migrated"))

    result = runner.invoke(args=["serve"])

    assert result.exit_code == 1
    assert result.output == (
        f"Error: Port {taken_port} cannot be used:"
        " stop what uses it, or choose another with PORT=8001.\n"
    )
    assert executed == []


def test_on_a_free_port_the_web_server_takes_over_with_the_settings(
    runner: FlaskCliRunner, app: Flask, free_port: int, executed: list[list[str]]
) -> None:
    app.config["TIMEBANK_PORT"] = free_port

    result = runner.invoke(args=["serve"])

    assert result.exit_code == 0, result.output
    gunicorn = str(pathlib.Path(sys.executable).with_name("gunicorn"))
    assert executed == [[gunicorn, gunicorn, "-c", "python:config.gunicorn", "wsgi:app"]]
    assert (os.environ["PORT"], os.environ["TIMEBANK_HOST"]) == (str(free_port), "127.0.0.1")
    assert os.environ["DATABASE_URL"] == app.config["TIMEBANK_DATABASE_URL"]


def test_it_says_where_it_is_whom_one_can_be_and_where_mails_go(
    runner: FlaskCliRunner, app: Flask, free_port: int, executed: list[list[str]]
) -> None:
    app.config["TIMEBANK_PORT"] = free_port

    output = runner.invoke(args=["serve"]).output

    assert f"Timebank is on http://127.0.0.1:{free_port}" in output
    assert "  Fatima El Amrani (leiden): log help, read your hours" in output
    assert "  Nadia Benali (leiden): approve it, read the figures" in output
    assert f"mails are written to {app.config['TIMEBANK_MAIL_FOLDER']}" in output
    assert executed


def test_outside_demo_mode_nobody_is_named_and_no_story_is_told(
    runner: FlaskCliRunner,
    app: Flask,
    free_port: int,
    executed: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app.config.update(
        TIMEBANK_PORT=free_port, TIMEBANK_DEMO_MODE=False, TIMEBANK_MAIL_HOST="mail.example.org"
    )
    monkeypatch.setattr(serve, "all_timebanks", lambda _: [])
    monkeypatch.setattr(serve, "load_story", lambda: pytest.fail("told"))

    output = runner.invoke(args=["serve"]).output

    assert "Fatima" not in output
    assert "mails are written" not in output
    assert executed


def test_a_demo_without_timebanks_begins_with_the_story(
    runner: FlaskCliRunner,
    app: Flask,
    free_port: int,
    executed: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bool] = []
    app.config["TIMEBANK_PORT"] = free_port
    monkeypatch.setattr(serve, "all_timebanks", lambda _: [])
    monkeypatch.setattr(serve, "load_story", lambda: told.append(True))

    result = runner.invoke(args=["serve"])

    assert result.exit_code == 0
    assert told == [True]
    assert executed


def test_an_address_of_six_is_tried_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    families: list[int] = []
    real = socket.socket

    def remember(family: int = socket.AF_INET) -> socket.socket:
        families.append(family)
        return real(socket.AF_INET)

    monkeypatch.setattr(serve.socket, "socket", remember)
    with pytest.raises(serve.click.ClickException):
        serve._refuse_taken_port("::1", 0)

    assert families == [socket.AF_INET6]


def test_a_port_that_no_machine_has_is_refused_in_one_sentence(
    runner: FlaskCliRunner, app: Flask, executed: list[list[str]]
) -> None:
    app.config["TIMEBANK_PORT"] = 99_999

    result = runner.invoke(args=["serve"])

    assert result.exit_code == 1
    assert result.output.startswith("Error: Port 99999 cannot be used")
    assert executed == []
