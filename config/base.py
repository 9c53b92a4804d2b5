# SPDX-License-Identifier: EUPL-1.2
"""Each setting once: its unit in its name, the reason for its value. Imports nothing of ours."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

from environs import Env

PROJECT = pathlib.Path(__file__).absolute().parent.parent


@dataclasses.dataclass(frozen=True)
class Settings:
    """What an operator can set; ``docs/operating.md`` lists them, and a test holds it to that."""

    environment: str
    """development, testing or production."""
    secret_key: str
    """Signs the session cookie and form tokens; production refuses the default."""
    database_url: str
    """SQLite in one file, or PostgreSQL; one file suits a small timebank."""
    demo_mode: bool
    """Everyone may sign in as anyone from a list; production refuses it."""
    host: str = "127.0.0.1"
    """Only this machine: a proxy in front is what faces the network."""
    port: int = 8000
    """Free on most machines."""
    public_url: str = ""
    """How links in mails begin; empty means http://host:port."""
    mail_host: str = ""
    """The SMTP server; empty writes mails to ``mail_folder``."""
    mail_port: int = 587
    """Submission with STARTTLS."""
    mail_user: str = ""
    """Signs in to the SMTP server; empty means without."""
    mail_password: str = ""
    """Goes with ``mail_user``."""
    mail_starttls: bool = True
    """Off only for a server on this machine."""
    mail_from: str = "tijdbank@example.org"
    """The address that mails come from."""
    mail_folder: str = "var/mail"
    """Where mails go as .eml files when there is no SMTP server."""
    max_body_bytes: int = 64 * 1024
    """A form of words fits many times; a flood does not."""
    session_days: int = 30
    """A resident's own phone need not sign in again within a month."""
    secure_cookies: bool = False
    """Cookies over HTTPS only; production insists."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names that are answered; empty answers any, for development."""
    proxy_count: int = 0
    """How many proxies of our own stand in front; their headers are believed, no others."""
    theme_css: str = ""
    """A municipality's own design tokens, a CSS file on this machine laid over ours."""
    oidc_issuer: str = ""
    """The OpenID provider through which staff may sign in, as it spells itself; empty: none."""
    oidc_client_id: str = ""
    """Our name at the provider."""
    oidc_client_secret: str = ""
    """What proves there that it is us."""
    oidc_timebank: str = ""
    """The short name of the one timebank that the provider is for."""
    oidc_name: str = ""
    """What the button calls the provider, such as Gemeente Leiden."""
    oidc_second_factor_acr: tuple[str, ...] = ()
    """Values of acr that stand for two factors there; we ask for them, and then ask no digits."""
    undo_seconds: int = 10
    """How long a decision of the desk can be undone before it is carried out; 0: at once."""
    digest_to: str = ""
    """Where each night's digest of the books is mailed, out of the house; empty: nowhere."""
    security_contact: str = ""
    """Where weak spots are reported (mailto:, https: or tel:); empty: no security.txt."""
    security_expires: datetime.date | None = None
    """The day on which security.txt goes out of date; at most a year ahead."""
    privacy_officer: str = ""
    """Address of the data protection officer, on the privacy page; empty: there is none."""
    accessibility_statement_url: str = ""
    """The organisation's own statement in the official register; empty: there is none yet."""
    erasure_list: str = "var/erased.txt"
    """Who was erased, as digests: outside the database, so that a restore cannot undo it."""
    unsafe_database: bool = False
    """Serve from a database that may lose hours in a power cut: for tests only."""
    separate_roles: bool = False
    """Start only as a PostgreSQL role that owns nothing; off warns, for who has one role."""
    scheduler_in_process: bool = False
    """Run the scheduled jobs inside the web process: for the one-command start only."""

    def flask_mapping(self) -> dict[str, Any]:
        """Return the settings under the names that Flask and its extensions read."""
        own = {f"TIMEBANK_{name.upper()}": value for name, value in vars(self).items()}
        return own | {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(self.database_url),
            "MAX_CONTENT_LENGTH": self.max_body_bytes,
            "MAX_FORM_MEMORY_SIZE": self.max_body_bytes,
            "MAX_FORM_PARTS": 100,
            "SESSION_COOKIE_NAME": "__Host-timebank" if self.secure_cookies else "timebank",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": self.session_days * 24 * 60 * 60,
            "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 60 * 60,
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": self.secure_cookies,
            "BABEL_DEFAULT_LOCALE": "nl",
            "BABEL_DEFAULT_TIMEZONE": "Europe/Amsterdam",
        }


def engine_options(database_url: str) -> dict[str, Any]:
    """Return how the connection pool behaves for this database."""
    # Parameters hold names and notes: they stay out of error messages and logs.
    options: dict[str, Any] = {"hide_parameters": True}
    if ":memory:" in database_url:
        return options
    if database_url.startswith("postgresql"):
        options |= {"pool_size": 8, "max_overflow": 32, "pool_pre_ping": True}
    else:
        options |= {"pool_size": 8, "max_overflow": 32, "connect_args": {"timeout": 30}}
    return options


def database_url(text: str) -> str:
    """Spell a database address the way SQLAlchemy wants it, with the driver that we ship.

    A SQLite file is meant from the folder of the project, so that every process, and every command
    from whatever folder, means the same file.
    """
    for prefix in ("postgres://", "postgresql://"):
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text.removeprefix(prefix)
    if text.startswith("sqlite:///") and text != "sqlite:///:memory:":
        return "sqlite:///" + str(PROJECT / text.removeprefix("sqlite:///"))
    return text


def read_settings(defaults: Mapping[str, Any]) -> Settings:
    """Read the settings from the environment, over the defaults of a kind of installation.

    ``PORT`` and ``DATABASE_URL`` are read by those names, every other setting as ``TIMEBANK_NAME``.

    Raises:
        environs.EnvError: a value is not of the right kind; the message names the variable.
    """
    env = Env()
    readers: dict[str, Callable[..., Any]] = {
        "bool": env.bool,
        "int": env.int,
        "str": env.str,
        "tuple[str, ...]": env.list,
        "datetime.date | None": env.date,
    }
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Settings):
        name = variable_name(field.name)
        default = defaults.get(field.name, field.default)
        value = readers[str(field.type)](name, default)
        values[field.name] = tuple(value) if isinstance(value, list) else value
    values["database_url"] = database_url(values["database_url"])
    values["erasure_list"] = str(PROJECT / values["erasure_list"])
    return Settings(**values)


def variable_name(setting: str) -> str:
    """Return the name of the environment variable of a setting."""
    return {"port": "PORT", "database_url": "DATABASE_URL"}.get(
        setting, f"TIMEBANK_{setting.upper()}"
    )
