# SPDX-License-Identifier: EUPL-1.2
"""Values only. ``settings_for`` is the only door; nothing of ours is imported here."""

from __future__ import annotations

from urllib.parse import urlsplit

from config import development, production, testing
from config.base import Settings, read_settings, variable_name

KINDS = {
    "development": development.DEFAULTS,
    "testing": testing.DEFAULTS,
    "production": production.DEFAULTS,
}

OWN_MACHINE = ("127.0.0.1", "::1", "localhost")
"""Where a provider may be asked without HTTPS."""

__all__ = ["Settings", "UnsafeSettings", "settings_for"]


class UnsafeSettings(ValueError):
    """The settings would let strangers in or lose hours; the message says which and why."""


def settings_for(environment: str) -> Settings:
    """Return the settings of a kind of installation.

    Raises:
        UnsafeSettings: there is no such kind, or production lacks or loosens what it must have.
        environs.EnvError: a variable has a value of the wrong kind.
    """
    if environment not in KINDS:
        raise UnsafeSettings(f"TIMEBANK_ENVIRONMENT must be one of {', '.join(KINDS)}")
    settings = read_settings(KINDS[environment])
    if settings.mail_host and not settings.public_url:
        raise UnsafeSettings("TIMEBANK_PUBLIC_URL must be set when mails really leave")
    _refuse_half_a_security_txt(settings)
    _refuse_half_a_provider(settings)
    if environment == "production":
        _refuse_unsafe(settings)
    return settings


def _refuse_half_a_security_txt(settings: Settings) -> None:
    """Refuse a security.txt that RFC 9116 would call invalid."""
    if bool(settings.security_contact) != (settings.security_expires is not None):
        raise UnsafeSettings(
            "TIMEBANK_SECURITY_CONTACT and TIMEBANK_SECURITY_EXPIRES are set together or not at all"
        )
    if settings.security_contact and not settings.security_contact.startswith(
        ("mailto:", "https://", "tel:")
    ):
        raise UnsafeSettings("TIMEBANK_SECURITY_CONTACT must begin with mailto:, https:// or tel:")


def _refuse_half_a_provider(settings: Settings) -> None:
    """Refuse a provider that is set in part, or that is asked in the open."""
    names = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_timebank", "oidc_name")
    lacking = [name for name in names if not getattr(settings, name)]
    if lacking == list(names):
        return
    if lacking:
        variables = ", ".join(variable_name(name) for name in lacking)
        raise UnsafeSettings(f"with an OpenID provider {variables} must be set too")
    address = urlsplit(settings.oidc_issuer)
    if address.scheme != "https" and address.hostname not in OWN_MACHINE:
        raise UnsafeSettings("TIMEBANK_OIDC_ISSUER must begin with https://")


def _refuse_unsafe(settings: Settings) -> None:
    defaults = {kind["secret_key"] for kind in KINDS.values()}
    if settings.secret_key in defaults or len(settings.secret_key) < production.SHORTEST_SECRET:
        raise UnsafeSettings("TIMEBANK_SECRET_KEY must be a secret of at least 32 characters")
    if settings.demo_mode:
        raise UnsafeSettings("TIMEBANK_DEMO_MODE lets anyone in as anyone: not in production")
    if settings.unsafe_database:
        raise UnsafeSettings("TIMEBANK_UNSAFE_DATABASE may lose hours: not in production")
    if not settings.database_url:
        raise UnsafeSettings("DATABASE_URL must be set in production")
    if not settings.secure_cookies:
        raise UnsafeSettings("TIMEBANK_SECURE_COOKIES may not be off in production")
    if not settings.public_url.startswith("https://"):
        raise UnsafeSettings("TIMEBANK_PUBLIC_URL must begin with https:// in production")
