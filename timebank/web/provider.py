# SPDX-License-Identifier: EUPL-1.2
"""What we say to an OpenID provider, and what of its answer we believe. Knows no Flask.

Nothing is kept between two people who sign in: where the provider is and which keys it signs with
are asked each time, so that a key it has withdrawn counts no more. Its tokens are read and let go.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any
from urllib.parse import quote_plus

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from timebank.access.errors import NotVouchedFor

SECONDS_TO_ANSWER = 5
"""For each question; somebody waits before a screen."""
LEEWAY_SECONDS = 60
"""The clocks of two machines differ a little."""
ALGORITHMS = [family + bits for family in ("RS", "PS", "ES") for bits in ("256", "384", "512")]
"""Signatures that only the provider can make; never "none", never a secret that two share."""
SECOND_FACTORS = frozenset({"mfa", "otp", "hwk"})
"""Values of amr that tell of a second factor. Source: RFC 8176."""
_CLAIMS = ("iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash")
_CODES = ("invalid_client", "invalid_grant", "invalid_request", "unauthorized_client")
TELLING = frozenset((*_CLAIMS, *_CODES))
"""Names of claims and codes of refusals that help an operator and say nothing about anybody."""
_DISCOVERY = "/.well-known/openid-configuration"
Claims = dict[str, Any]
Client = Any
"""An OAuth2Session: the package has no types."""


class ProviderAway(Exception):
    """The provider did not answer, or not as a provider does.

    Attributes:
        reason: a word of ours, for the log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the provider does not answer: {reason}")
        self.reason = reason


@dataclasses.dataclass(frozen=True)
class Provider:
    """An OpenID provider and who we are there.

    Attributes:
        issuer: as the provider spells itself; ``back``: our address, as it is known there.
        second_factor_acr: values of acr that stand for two factors.
    """

    issuer: str
    client_id: str
    client_secret: str
    back: str
    second_factor_acr: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Attempt:
    """What one browser holds from leaving until coming back; all three are secrets.

    Attributes:
        state: comes back with the answer; ``nonce``: inside the signed token.
        verifier: shows that who fetches the token is who asked for it (PKCE).
    """

    state: str
    nonce: str
    verifier: str


@dataclasses.dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for.

    Attributes:
        email: proven by the provider to be theirs.
        second_factor: the provider says that it saw two factors.
    """

    email: str
    second_factor: bool


def address_to_ask(provider: Provider, attempt: Attempt, *, language: str) -> str:
    """Return the address at the provider to which the browser goes.

    Raises:
        ProviderAway: it does not say where that is.
    """
    with _client(provider) as client:
        metadata = _metadata(client, provider)
        wishes = {"nonce": attempt.nonce, "ui_locales": language}
        if provider.second_factor_acr:
            wishes["acr_values"] = " ".join(provider.second_factor_acr)
        address, _state = client.create_authorization_url(
            metadata["authorization_endpoint"],
            state=attempt.state,
            code_verifier=attempt.verifier,
            **wishes,
        )
    return str(address)


def vouched_for(
    provider: Provider, attempt: Attempt, *, code: str, now: datetime.datetime
) -> Vouched:
    """Fetch the token for a code, and return whom it is about.

    Raises:
        ProviderAway: the provider does not answer.
        NotVouchedFor: the code or the token is not what it should be, or the address not proven.
    """
    with _client(provider) as client:
        metadata = _metadata(client, provider)
        try:
            token = _token(client, provider, metadata, attempt, code)
            keys = _json(client, metadata["jwks_uri"])
            claims = _claims(token, keys, provider, attempt, now)
            person = _person(client, metadata, claims)
        except requests.RequestException as error:
            raise ProviderAway(type(error).__name__) from error
        except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            raise NotVouchedFor(_reason(error)) from error
    if person.get("email_verified") is not True or not isinstance(person.get("email"), str):
        raise NotVouchedFor("the address is not proven")
    return Vouched(person["email"].strip(), _two_factors(claims, provider))


def _client(provider: Provider) -> Client:
    client = OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope="openid email",
        redirect_uri=provider.back,
        code_challenge_method="S256",
        default_timeout=SECONDS_TO_ANSWER,
    )
    client.max_redirects = 0  # A provider says where it is; whoever sends us on is not it.
    return client


def _json(client: Client, address: str) -> Claims:
    answer = client.get(address, withhold_token=True)
    answer.raise_for_status()
    found: Claims = answer.json()
    return found


def _metadata(client: Client, provider: Provider) -> Claims:
    """Return what the provider says about itself; one that spells itself otherwise is another."""
    try:
        metadata = _json(client, provider.issuer.rstrip("/") + _DISCOVERY)
        secure = provider.issuer.startswith("https://")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if secure and not metadata[name].startswith("https://"):
                raise ProviderAway("it leads away from HTTPS")
    except (requests.RequestException, KeyError, TypeError, AttributeError) as error:
        raise ProviderAway(type(error).__name__) from error
    if metadata.get("issuer") != provider.issuer:
        raise ProviderAway("it spells itself otherwise than it is set here")
    return metadata


def _token(
    client: Client, provider: Provider, metadata: Claims, attempt: Attempt, code: str
) -> Claims:
    """Fetch the tokens. Raises OAuthError when the provider refuses the code."""
    # The package puts both into the header as they are; RFC 6749, 2.3.1 wants them encoded.
    auth: Any = (quote_plus(provider.client_id), quote_plus(provider.client_secret))
    if "client_secret_basic" not in metadata.get(
        "token_endpoint_auth_methods_supported", ["client_secret_basic"]
    ):
        auth = client.client_auth("client_secret_post")
    token: Claims = client.fetch_token(
        metadata["token_endpoint"], auth=auth, code=code, code_verifier=attempt.verifier
    )
    return token


def _claims(
    token: Claims, keys: Claims, provider: Provider, attempt: Attempt, now: datetime.datetime
) -> Claims:
    """Return what the signed token says. Raises JoseError when any of it is not right."""
    signed = jwt.decode(
        token["id_token"],
        KeySet.import_key_set(keys),  # type: ignore[arg-type]
        registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False),
    )
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        },
        {
            "nonce": attempt.nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    return dict(claims)


def _person(client: Client, metadata: Claims, claims: Claims) -> Claims:
    """Return the claims with the address: those of the token, or else of who it is about."""
    if "email" in claims or "userinfo_endpoint" not in metadata:
        return claims
    answer = client.get(metadata["userinfo_endpoint"])
    answer.raise_for_status()
    person: Claims = answer.json()
    if person["sub"] != claims["sub"]:
        raise NotVouchedFor("the address is of somebody else")
    return person


def _reason(error: Exception) -> str:
    """Return what the log may say: names that we know, never words that came in."""
    told = [getattr(error, name, None) for name in ("claim", "error")]
    names = [name for name in told if isinstance(name, str) and name in TELLING]
    return " ".join([type(error).__name__, *names])


def _two_factors(claims: Claims, provider: Provider) -> bool:
    methods = claims.get("amr") or []
    return claims.get("acr") in provider.second_factor_acr or any(
        method in SECOND_FACTORS for method in methods if isinstance(method, str)
    )
