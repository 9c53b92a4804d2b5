# SPDX-License-Identifier: EUPL-1.2
"""Static files: kept a year, and style sheets without what only their makers read."""

from __future__ import annotations

import pathlib

import pytest
from flask import Flask
from flask.testing import FlaskClient


def test_a_style_sheet_travels_without_comments_and_is_not_sent_twice(
    app: Flask, client: FlaskClient
) -> None:
    written = (pathlib.Path(str(app.static_folder)) / "css" / "timebank.css").read_text("utf-8")

    answer = client.get("/static/css/timebank.css?v=1")
    again = client.get(
        "/static/css/timebank.css?v=1", headers={"If-None-Match": answer.headers["ETag"]}
    )

    assert "/*" in written
    assert "/*" not in answer.text
    assert answer.text.count("{") == written.count("{")
    assert answer.mimetype == "text/css"
    assert (answer.status_code, again.status_code, again.data) == (200, 304, b"")


@pytest.mark.parametrize("name", ["css/none.css", "css/../../__init__.css", "../app.css"])
def test_a_style_sheet_that_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_other_files_are_sent_as_they_are(app: Flask, client: FlaskClient) -> None:
    written = (pathlib.Path(str(app.static_folder)) / "js" / "queue.js").read_bytes()

    with client.get("/static/js/queue.js") as answer:
        assert answer.data == written
