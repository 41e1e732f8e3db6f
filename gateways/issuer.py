"""Asks the campus's issuer who somebody is (OpenID Connect Core 1.0): code flow with PKCE, every answer checked.

How one sign-in goes:
 1. the issuer's own description is read anew each time (Discovery 1.0): it must name exactly the configured issuer, and
    every address in it must be as safe as the issuer's own;
 2. the browser is sent there with state, nonce and the challenge of a secret that we keep (RFC 7636, S256);
 3. the code that it brings back is exchanged over a checked connection, without following a redirect;
 4. the token is opened with the issuer's public keys of this moment, so that a changed key is known at once: asymmetric
    signatures alone, then issuer, audience, authorised party, times and nonce.
Nothing that was asked or answered stands in a log or a fault.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit

from models.base.columns.json_value import Json
from models.base.db import utcnow

if TYPE_CHECKING:
    import httpx
    from joserfc.jwk import Key

SECONDS = 10
LONGEST_ANSWER = 256 * 1024
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
LEEWAY = 60  # seconds that two clocks may differ
WEAKEST_RSA, BITS_OF_LETTER = 2048, 6  # its modulus is written in base64
MOST_KEYS = 50


class IssuerUnreachable(Exception):
    """The issuer does not answer, or not as one; the words name the kind of fault alone."""


class IssuerRefused(Exception):
    """What came back does not prove who somebody is; the words name what failed."""


@dataclass(frozen=True)
class IssuerSettings:
    """Which issuer, and what we are called there."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    ca_file: str | None = None
    number_claim: str = ""  # the claim that holds the number of the staff register
    seconds: float = SECONDS


@dataclass(frozen=True)
class IssuerQuestion:
    """What one browser was sent away with; it must come back with the same."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True)
class IssuerIdentity:
    """Who somebody is in the issuer's words. `methods` is its `amr`: by what the person proved it."""

    issuer: str
    subject: str
    mail: str
    is_mail_verified: bool
    hosted_domain: str
    number: str
    methods: frozenset[str]

    def is_of(self, domain: str) -> bool:
        """Does the person belong to this domain? By the issuer's own word, else by a mail address that it verified."""
        if self.hosted_domain:
            return self.hosted_domain == domain
        return self.is_mail_verified and self.mail.rpartition("@")[2] == domain


class Issuer:
    """One issuer; each call asks it anew and keeps nothing."""

    def __init__(self, settings: IssuerSettings) -> None:
        self.settings = settings

    def address_to_ask(self, asked: IssuerQuestion) -> str:
        """Where the browser is sent. Raises IssuerUnreachable."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415  # for who signs in so alone
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415  # as above

        with self._client() as client:
            said = self._description(client)
        return str(
            prepare_grant_uri(
                _word(said, "authorization_endpoint"),
                client_id=self.settings.client_id,
                response_type="code",
                redirect_uri=asked.redirect_uri,
                scope="openid email profile",
                state=asked.state,
                nonce=asked.nonce,
                code_challenge=create_s256_code_challenge(asked.verifier),
                code_challenge_method="S256",
            )
        )

    def identity(self, asked: IssuerQuestion, code: str, says_issuer: str | None) -> IssuerIdentity:
        """Who it is that came back. `says_issuer` is the answer's own `iss` (RFC 9207).

        Raises IssuerUnreachable, IssuerRefused.
        """
        with self._client() as client:
            said = self._description(client)
            if says_issuer != self.settings.issuer and (
                says_issuer is not None or said.get("authorization_response_iss_parameter_supported") is True
            ):
                raise IssuerRefused("another issuer answered")
            token = self._token(client, said, asked, code)
            keys = self._read(client.get(_word(said, "jwks_uri")))
        return self._opened(token, keys, asked.nonce)

    def is_well(self) -> None:
        """Description and keys are there. Raises IssuerUnreachable."""
        with self._client() as client:
            if not _keys(self._read(client.get(_word(self._description(client), "jwks_uri")))):
                raise IssuerUnreachable("no key that we take")

    def _client(self) -> _Reaching:
        return _Reaching(self.settings)

    def _description(self, client: httpx.Client) -> Mapping[str, Json]:
        issuer = self.settings.issuer
        said = self._read(client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
        if said.get("issuer") != issuer:
            raise IssuerUnreachable("the description names another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(_word(said, name)).scheme not in ("https", urlsplit(issuer).scheme):
                raise IssuerUnreachable(f"{name} is no https address")
        return said

    def _token(self, client: httpx.Client, said: Mapping[str, Json], asked: IssuerQuestion, code: str) -> str:
        """The ID token for this code (Core 3.1.3)."""
        mine, secret = self.settings.client_id, self.settings.client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.redirect_uri,
            "code_verifier": asked.verifier,
        }
        ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_header = isinstance(ways, list) and "client_secret_basic" in ways
        if not by_header:
            form |= {"client_id": mine, "client_secret": secret}
        header = {"Authorization": f"Basic {_basic(mine, secret)}"} if by_header else {}
        answer = client.post(_word(said, "token_endpoint"), data=form, headers=header)
        if 400 <= answer.status_code < 500:  # noqa: PLR2004  # of HTTP: the request is at fault, here the code
            raise IssuerRefused("the code was refused")
        token = self._read(answer).get("id_token")
        if not isinstance(token, str):
            raise IssuerRefused("no ID token came")
        return token

    def _opened(self, token: str, keys: Mapping[str, Json], nonce: str) -> IssuerIdentity:
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415  # for who signs in so alone
        from joserfc import jwt  # noqa: PLC0415  # as above
        from joserfc.errors import JoseError  # noqa: PLC0415  # as above
        from joserfc.jwk import KeySet  # noqa: PLC0415  # as above

        issuer, mine = self.settings.issuer, self.settings.client_id
        rules = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": mine}}
        try:
            opened = jwt.decode(token, KeySet(_keys(keys)), algorithms=SIGNATURES)
            claims = CodeIDToken(opened.claims, opened.header, rules, {"nonce": nonce, "client_id": mine})
            claims.validate(now=int(utcnow().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            raise IssuerRefused(f"ID token: {type(fault).__name__}") from None
        return self._identity(opened.claims)

    def _identity(self, claims: Mapping[str, Json]) -> IssuerIdentity:
        subject, said = claims.get("sub"), claims.get("amr")
        if not isinstance(subject, str) or not subject:
            raise IssuerRefused("ID token: no subject")
        methods = said if isinstance(said, list) else []
        return IssuerIdentity(
            issuer=self.settings.issuer,
            subject=subject,
            mail=_text(claims, "email").lower(),
            is_mail_verified=claims.get("email_verified") is True,
            hosted_domain=_text(claims, "hd").lower(),
            number=_text(claims, self.settings.number_claim) if self.settings.number_claim else "",
            methods=frozenset(one for one in methods if isinstance(one, str)),
        )

    @staticmethod
    def _read(answer: httpx.Response) -> Mapping[str, Json]:
        if answer.status_code != 200:  # noqa: PLR2004  # of HTTP: a redirect is no answer either
            raise IssuerUnreachable(f"answer {answer.status_code}")
        try:
            told: Json = answer.json() if len(answer.content) <= LONGEST_ANSWER else None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise IssuerUnreachable("an answer that is no description")
        return told


class _Reaching:
    """A connection to the issuer; what goes wrong in it comes out as IssuerUnreachable."""

    def __init__(self, settings: IssuerSettings) -> None:
        import httpx  # noqa: PLC0415  # 5 MB, for who asks an issuer alone

        self.faults = (httpx.HTTPError, httpx.InvalidURL, OSError)
        context = ssl.create_default_context(cafile=settings.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.client = httpx.Client(verify=context, timeout=settings.seconds, follow_redirects=False, trust_env=False)

    def __enter__(self) -> httpx.Client:
        return self.client

    def __exit__(
        self, _kind: type[BaseException] | None, fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.client.close()
        if isinstance(fault, self.faults):
            raise IssuerUnreachable(type(fault).__name__) from None


def _keys(said: Mapping[str, Json]) -> list[Key]:
    """The public keys that we take: those for signing, none that is shared, none that is weak."""
    from joserfc.errors import JoseError  # noqa: PLC0415  # for who signs in so alone
    from joserfc.jwk import ECKey, OKPKey, RSAKey  # noqa: PLC0415  # as above

    kinds: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    listed = said.get("keys")
    found: list[Key] = []
    for one in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("kty") not in kinds or one.get("use", "sig") != "sig":
            continue
        if one["kty"] == "RSA" and len(str(one.get("n", ""))) * BITS_OF_LETTER < WEAKEST_RSA:
            continue
        try:
            parts: dict[str, str | list[str]] = {str(name): str(value) for name, value in one.items() if name in PARTS}
            found.append(kinds[str(one["kty"])].import_key(parts))
        except (JoseError, ValueError, TypeError):
            continue
    return found


PARTS = ("kty", "kid", "alg", "use", "n", "e", "crv", "x", "y")  # of a public key (RFC 7517, 7518)


def _basic(name: str, secret: str) -> str:
    """Both encoded as in a form before they are joined (RFC 6749, 2.3.1)."""
    return base64.b64encode(f"{quote_plus(name)}:{quote_plus(secret)}".encode()).decode()


def _word(said: Mapping[str, Json], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise IssuerUnreachable(f"the description has no {name}")
    return value


def _text(claims: Mapping[str, Json], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
