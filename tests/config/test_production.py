# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest

from config import UnsafeSettings, settings_for

SECRET = "0123456789abcdef0123456789abcdef"
SAFE = {
    "TIMEBANK_SECRET_KEY": SECRET,
    "DATABASE_URL": "postgres://db/bank",
    "TIMEBANK_PUBLIC_URL": "https://tijdbank.example.org",
    "TIMEBANK_TRUSTED_HOSTS": "tijdbank.example.org",
}


@pytest.fixture(autouse=True)
def safe_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)


def test_with_all_that_it_needs_production_is_accepted() -> None:
    settings = settings_for("production")

    assert settings.database_url == "postgresql+psycopg://db/bank"
    assert not settings.demo_mode
    mapping = settings.flask_mapping()
    assert mapping["SESSION_COOKIE_NAME"] == "__Host-timebank"
    assert mapping["SESSION_COOKIE_SECURE"]
    assert mapping["WTF_CSRF_SSL_STRICT"]
    assert mapping["TRUSTED_HOSTS"] == ["tijdbank.example.org"]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("TIMEBANK_SECRET_KEY", "", "TIMEBANK_SECRET_KEY"),
        ("TIMEBANK_SECRET_KEY", "only-for-development", "TIMEBANK_SECRET_KEY"),
        ("TIMEBANK_SECRET_KEY", SECRET[:-1], "TIMEBANK_SECRET_KEY"),
        ("TIMEBANK_DEMO_MODE", "true", "TIMEBANK_DEMO_MODE"),
        ("TIMEBANK_UNSAFE_DATABASE", "true", "TIMEBANK_UNSAFE_DATABASE"),
        ("DATABASE_URL", "", "DATABASE_URL"),
        ("TIMEBANK_SECURE_COOKIES", "false", "TIMEBANK_SECURE_COOKIES"),
        ("TIMEBANK_PUBLIC_URL", "http://tijdbank.example.org", "TIMEBANK_PUBLIC_URL"),
        ("TIMEBANK_PUBLIC_URL", "", "TIMEBANK_PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(UnsafeSettings, match=why):
        settings_for("production")


@pytest.mark.parametrize("name", ["TIMEBANK_SECRET_KEY", "DATABASE_URL", "TIMEBANK_PUBLIC_URL"])
def test_production_refuses_what_is_missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(UnsafeSettings, match=name):
        settings_for("production")


def test_a_long_secret_that_ships_with_the_program_is_still_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("config.production.SHORTEST_SECRET", 5)
    monkeypatch.setenv("TIMEBANK_SECRET_KEY", "only-for-tests")

    with pytest.raises(UnsafeSettings, match="TIMEBANK_SECRET_KEY"):
        settings_for("production")
