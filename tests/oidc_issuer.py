"""An issuer of the tests' own (OpenID Connect): a real server with TLS and keys, which answers as told, rightly or not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import trustme
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "helpdesk", "rahasia klien+uji/1"
STATE_BYTES = 16


class OidcIssuer:
    """`with OidcIssuer(folder) as issuer:`; `issuer.wrong` bends the next answers, `issuer.claims` says who comes."""

    def __init__(self, home: Path, is_safe: bool = True) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.ca_file, self.is_safe = home / "issuer-ca.pem", is_safe
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        self.server.issuer = self  # type: ignore[attr-defined]  # for the handler
        if is_safe:
            authority = trustme.CA()
            authority.cert_pem.write_to_path(str(self.ca_file))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("localhost").configure_cert(context)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "https" if is_safe else "http"
        self.address = f"{scheme}://localhost:{self.server.server_address[1]}/kampus"
        self.key = RSAKey.generate_key(2048, {"kid": "satu"})
        self.claims: dict[str, object] = {"sub": "s-001", "email": "sari@kampus.test", "email_verified": True}
        self.wrong: dict[str, object] = {}
        self.scope = "openid email profile"
        self.granted: dict[str, object] = {}  # beside the ID token: what is let in without one
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    def __enter__(self) -> OidcIssuer:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def settings(self) -> dict[str, object]:
        """Of the application that trusts this issuer."""
        return {
            "OIDC_ISSUER": self.address,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_NAME": "Universitas Uji",
            "OIDC_CA_FILE": str(self.ca_file) if self.is_safe else None,
        }

    def rotate(self) -> None:
        """A new key under a new name; the old one is gone."""
        self.key = RSAKey.generate_key(2048, {"kid": "dua"})

    def approve(self, address: str) -> str:
        """What a person's browser does here: the address to which it is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256" and asked["scope"] == self.scope
        code = secrets.token_urlsafe(STATE_BYTES)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.address, **self.wrong.get("back", {})}  # type: ignore[dict-item]
        back = {name: value for name, value in back.items() if value}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def description(self) -> dict[str, object]:
        said = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "authorization_response_iss_parameter_supported": True,
        }
        return said | self.wrong.get("description", {})  # type: ignore[operator]

    def token(self, form: dict[str, str], login: str) -> tuple[int, dict[str, object]]:
        """RFC 6749 4.1.3 and RFC 7636 4.6; a code is good once."""
        named = f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}"
        mine = base64.b64encode(named.encode())
        asked = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        is_right = asked is not None and asked["code_challenge"] == proof.decode()
        if (
            not is_right
            or asked is None
            or not (
                login == f"Basic {mine.decode()}"
                or (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
            )
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        if self.granted:
            return 200, {"token_type": "Bearer", **self.granted}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce} | self.claims
        claims |= self.wrong.get("claims", {})  # type: ignore[arg-type]
        kept = {name: value for name, value in claims.items() if value is not None}
        match self.wrong.get("signature"):
            case "none":
                parts = [{"alg": "none", "typ": "JWT"}, kept]
                return ".".join([*(_b64(json.dumps(part).encode()) for part in parts), ""])
            case "hs256":  # the public key taken for a shared secret
                head = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "satu"}, kept))
                seal = hmac.digest(self.key.as_pem(private=False), head.encode(), "sha256")
                return f"{head}.{_b64(seal)}"
            case "stranger":
                return jwt.encode({"alg": "RS256", "kid": "satu"}, kept, RSAKey.generate_key(2048))
            case "embedded":  # the token brings its own key along
                stranger = RSAKey.generate_key(2048)
                header = {"alg": "RS256", "kid": "satu", "jwk": stranger.as_dict(private=False)}
                return jwt.encode(header, kept, stranger)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid or ""}, kept, self.key)


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        issuer: OidcIssuer = self.server.issuer  # type: ignore[attr-defined]
        path = urlsplit(self.path).path.removeprefix("/kampus")
        issuer.asked.append(path)
        if path in issuer.wrong.get("redirect", ()):  # type: ignore[operator]
            self._say(302, {}, {"Location": f"{issuer.address}/elsewhere"})
            return
        match path:
            case "/.well-known/openid-configuration":
                self._say(200, issuer.description())
            case "/jwks":
                self._say(200, {"keys": [issuer.key.as_dict(private=False, use="sig"), *issuer.wrong.get("keys", ())]})  # type: ignore[misc]
            case "/authorize":
                self._say(302, {}, {"Location": issuer.approve(self.path)})
            case _:
                self._say(404, {})

    def do_POST(self) -> None:
        issuer: OidcIssuer = self.server.issuer  # type: ignore[attr-defined]
        issuer.asked.append("/token")
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(sent).items()}
        self._say(*issuer.token(form, self.headers.get("Authorization", "")))

    def _say(self, status: int, told: dict[str, object], headers: dict[str, str] | None = None) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
