# SPDX-License-Identifier: EUPL-1.2
"""My devices: where somebody is signed in, and how they end it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.roads import see, sign_in
from timebank.web.user_agents import device_name

ANDROID = "Mozilla/5.0 (Android 14; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0"


def test_a_lost_device_is_signed_out_and_this_one_stays(app: Flask) -> None:
    here, lost = sign_in(app, "Jan"), sign_in(app, "Jan")
    fatima = sign_in(app, "Fatima")
    screen = see(here, "/my-devices")
    ends = [form["action"] for form in screen.all("form") if form["action"].endswith("/end")]

    answers = [fatima.post(ends[0]).status_code, here.post(ends[0]).status_code]

    assert len(ends) == 1
    assert answers == [404, 303]
    assert lost.get("/my-hours").status_code == 303
    assert here.get("/my-hours").status_code == 200
    assert here.post(ends[0]).status_code == 404


def test_all_other_devices_are_signed_out_at_once(app: Flask) -> None:
    here, *others = [sign_in(app, "Jan") for _ in range(4)]
    fatima = sign_in(app, "Fatima")

    here.post(see(here, "/my-devices").form("/end-others")["action"])

    assert {other.get("/my-hours").status_code for other in others} == {303}
    assert here.get("/my-hours").status_code == fatima.get("/my-hours").status_code == 200
    assert not see(here, "/my-devices").all("form", action="/my-devices/end-others")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (ANDROID, "Firefox, Android"),
        ("Mozilla/5.0 (iPhone; CPU) AppleWebKit/605 Version/17 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/149.0 Safari/537 Edg/149", "Edge, Windows"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named_in_words_of_ours(said: str, name: str) -> None:
    assert device_name(said) == name
