# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import pathlib

import pytest
from environs import EnvError

from config import KINDS, UnsafeSettings, settings_for
from config.base import database_url, engine_options, variable_name


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no setting of this machine to the tests."""
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.parametrize("kind", ["development", "testing"])
def test_a_kind_of_installation_has_its_defaults(kind: str) -> None:
    settings = settings_for(kind)

    assert settings.environment == kind
    assert settings.secret_key == KINDS[kind]["secret_key"]
    assert settings.demo_mode
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize("kind", ["", "staging", "Production"])
def test_an_unknown_kind_of_installation_is_refused(kind: str) -> None:
    with pytest.raises(UnsafeSettings, match="development, testing, production"):
        settings_for(kind)


def test_settings_are_read_from_the_environment_with_their_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "PORT": "8080",
        "TIMEBANK_DEMO_MODE": "no",
        "TIMEBANK_MAIL_STARTTLS": "false",
        "TIMEBANK_MAIL_PORT": "25",
        "TIMEBANK_TRUSTED_HOSTS": "a.example.org,b.example.org",
        "TIMEBANK_MAIL_HOST": "mail.example.org",
        "TIMEBANK_PUBLIC_URL": "http://timebank.example.org",
    }.items():
        monkeypatch.setenv(name, value)

    settings = settings_for("development")

    assert settings.port == 8080
    assert settings.demo_mode is False
    assert settings.mail_starttls is False
    assert settings.mail_port == 25
    assert settings.trusted_hosts == ("a.example.org", "b.example.org")
    assert settings.mail_host == "mail.example.org"


def test_mails_that_really_leave_need_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEBANK_MAIL_HOST", "mail.example.org")

    with pytest.raises(UnsafeSettings, match="TIMEBANK_PUBLIC_URL"):
        settings_for("development")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eight"), ("TIMEBANK_DEMO_MODE", "perhaps"), ("TIMEBANK_SESSION_DAYS", "1.5")],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(EnvError, match=name):
        settings_for("development")


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("postgres://me:pw@db/bank", "postgresql+psycopg://me:pw@db/bank"),
        ("postgresql://db/bank", "postgresql+psycopg://db/bank"),
        ("postgresql+psycopg://db/bank", "postgresql+psycopg://db/bank"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:////srv/bank.db", "sqlite:////srv/bank.db"),
        ("", ""),
    ],
)
def test_an_address_of_a_database_is_spelled_with_the_driver_we_ship(
    written: str, spelled: str
) -> None:
    assert database_url(written) == spelled


def test_a_sqlite_file_means_the_same_file_from_whatever_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///var/bank.db")
    here = settings_for("development").database_url

    monkeypatch.chdir(tmp_path)

    assert settings_for("development").database_url == here
    path = pathlib.Path(here.removeprefix("sqlite:///"))
    assert path.is_absolute()
    assert path.parts[-2:] == ("var", "bank.db")


@pytest.mark.parametrize(
    ("setting", "variable"),
    [
        ("port", "PORT"),
        ("database_url", "DATABASE_URL"),
        ("mail_host", "TIMEBANK_MAIL_HOST"),
    ],
)
def test_a_setting_is_read_by_its_name(setting: str, variable: str) -> None:
    assert variable_name(setting) == variable


def test_names_and_notes_stay_out_of_the_messages_of_both_databases() -> None:
    sqlite, postgresql = (engine_options(url) for url in ("sqlite:///a.db", "postgresql://db/a"))

    assert sqlite["hide_parameters"]
    assert postgresql["hide_parameters"]
    assert sqlite["connect_args"] == {"timeout": 30}
    assert postgresql["pool_pre_ping"]


def test_flask_reads_the_settings_under_its_own_names() -> None:
    settings = settings_for("development")

    mapping = settings.flask_mapping()

    assert mapping["SECRET_KEY"] == settings.secret_key
    assert mapping["SQLALCHEMY_DATABASE_URI"] == settings.database_url
    assert mapping["TIMEBANK_MAIL_FOLDER"] == "var/mail"
    assert mapping["MAX_CONTENT_LENGTH"] == 65536
    assert mapping["PERMANENT_SESSION_LIFETIME"] == 30 * 86400
    assert (mapping["SESSION_COOKIE_NAME"], mapping["SESSION_COOKIE_SECURE"]) == ("timebank", False)
    assert mapping["SESSION_COOKIE_HTTPONLY"]
    assert mapping["TRUSTED_HOSTS"] is None


@pytest.mark.parametrize(
    "variables",
    [
        {"TIMEBANK_SECURITY_CONTACT": "mailto:security@example.org"},
        {"TIMEBANK_SECURITY_EXPIRES": "2027-06-30"},
    ],
)
def test_half_a_security_txt_is_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(UnsafeSettings, match="set together"):
        settings_for("development")


def test_an_address_for_reports_that_no_program_can_open_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIMEBANK_SECURITY_CONTACT", "security@example.org")
    monkeypatch.setenv("TIMEBANK_SECURITY_EXPIRES", "2027-06-30")

    with pytest.raises(UnsafeSettings, match="mailto"):
        settings_for("development")


def test_the_day_on_which_security_txt_expires_is_read_as_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIMEBANK_SECURITY_CONTACT", "https://example.org/report")
    monkeypatch.setenv("TIMEBANK_SECURITY_EXPIRES", "2027-06-30")

    assert settings_for("development").security_expires == datetime.date(2027, 6, 30)


def test_a_day_that_is_no_day_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEBANK_SECURITY_EXPIRES", "next summer")

    with pytest.raises(EnvError, match="TIMEBANK_SECURITY_EXPIRES"):
        settings_for("development")


PROVIDER = {
    "TIMEBANK_OIDC_ISSUER": "https://login.example.org",
    "TIMEBANK_OIDC_CLIENT_ID": "timebank",
    "TIMEBANK_OIDC_CLIENT_SECRET": "a secret",
    "TIMEBANK_OIDC_TIMEBANK": "leiden",
    "TIMEBANK_OIDC_NAME": "Gemeente Leiden",
}


def test_a_provider_that_is_set_whole_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PROVIDER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TIMEBANK_OIDC_SECOND_FACTOR_ACR", "one,two")

    assert settings_for("development").oidc_second_factor_acr == ("one", "two")


@pytest.mark.parametrize("lacking", PROVIDER)
def test_a_provider_that_is_set_in_part_is_refused(
    monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    for name, value in PROVIDER.items():
        monkeypatch.setenv(name, "" if name == lacking else value)

    with pytest.raises(UnsafeSettings, match=f"provider {lacking} must be set"):
        settings_for("development")


@pytest.mark.parametrize(
    "issuer", ["http://login.example.org", "login.example.org", "ftp://localhost.example.org"]
)
def test_a_provider_is_never_asked_in_the_open(
    monkeypatch: pytest.MonkeyPatch, issuer: str
) -> None:
    for name, value in (PROVIDER | {"TIMEBANK_OIDC_ISSUER": issuer}).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(UnsafeSettings, match="https://"):
        settings_for("development")
