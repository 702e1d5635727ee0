"""JSON Web Tokens: verified with a local key set, and minted for tests.

A key set is a JWKS file (RFC 7517). One with private keys both signs and verifies, so a laptop
needs no user pool; the public file of a user pool verifies the pool's tokens. PyJWT is imported
when it is first needed: most stages have no authorizer.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openapi_first.core.errors import UserError

if TYPE_CHECKING:
    import jwt


# Never HS256: a shared secret has no place in a public key set, and would let anyone sign.
_ALGORITHMS = (
    *(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "EdDSA",
)
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})


class KeySetError(UserError):
    """The file is not a usable key set; the message names it and says why."""


class TokenError(ValueError):
    """The token cannot be trusted; the message says why, for the log only."""


class TokenExpired(TokenError):
    """The token is no longer valid."""


class KeySet:
    """The keys of a JWKS file."""

    def __init__(self, path: Path) -> None:
        import jwt

        self._keys: dict[str, jwt.PyJWK] = {}
        try:
            members = json.loads(path.read_text(encoding="utf-8"))["keys"]
            self._signing = next((key for key in members if "d" in key), None)
            for key in members:
                if key.get("kty") == "oct":
                    raise KeySetError(f"{path}: a symmetric key must not be in a key set")
                public = {name: value for name, value in key.items() if name not in _PRIVATE}
                self._keys[key["kid"]] = jwt.PyJWK(public)
        except (
            *(KeyError, TypeError, AttributeError, ValueError, RecursionError),
            jwt.PyJWTError,
        ) as error:
            raise KeySetError(
                f"{path} is not a JWKS whose `keys` each have a `kid`: {error}"
            ) from error
        except OSError as error:
            raise KeySetError(
                f"{path}: {error.strerror}; `contract token --jwks {path}` creates one"
            ) from error

    @cached_property
    def _private(self) -> jwt.PyJWK:
        """What signs. To read an RSA key takes 50 ms: its numbers are checked."""
        import jwt

        assert self._signing is not None
        return jwt.PyJWK(self._signing)

    @property
    def can_sign(self) -> bool:
        """Whether it has a private key."""
        return self._signing is not None

    def verify(
        self, token: str, issuers: Sequence[str], *, now: float, algorithms: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The claims of a token that is valid at `now`. Raises TokenError.

        Without `issuers` any issuer is accepted, without `algorithms` any safe algorithm.
        """
        import jwt

        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = self._keys.get(kid or "")
            if key is None:
                raise TokenError(f"signed by the key {kid!r}, which is not in the key set")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(algorithms or _ALGORITHMS),
                issuer=list(issuers) or None,
                # Times are compared below, with the stage's own clock.
                options={
                    "require": ["exp", "iss"],
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError as error:
            raise TokenError(str(error)) from error
        _check_times(claims, now)
        return claims

    def mint(self, claims: Mapping[str, Any], *, issuer: str, seconds: float) -> str:
        """A token with these claims. Raises KeySetError without a private key."""
        import jwt

        if self._signing is None:
            raise KeySetError("the key set has no private key; name a file that is not there yet")
        now = int(time.time())
        whole = {"iss": issuer, "iat": now, "exp": int(now + seconds), **claims}
        try:
            key = self._private
            return jwt.encode(
                whole, key.key, algorithm=key.algorithm_name, headers={"kid": self._signing["kid"]}
            )
        except (TypeError, jwt.PyJWTError) as error:
            raise KeySetError(f"the token cannot be signed: {error}") from error


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    for name in ("exp", "nbf"):
        value = claims.get(name, now)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TokenError(f"{name} is not a number")
    if claims["exp"] <= now:
        raise TokenExpired("the token has expired")
    if claims.get("nbf", now) > now:
        raise TokenError("the token is not valid yet")


def make_key_set(path: Path) -> None:
    """Write a key set with one private RSA key, readable by its owner only."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from jwt.algorithms import RSAAlgorithm

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key = RSAAlgorithm.to_jwk(private, as_dict=True)
    key = {**key, "kid": secrets.token_hex(8), "alg": "RS256", "use": "sig"}
    key.pop("key_ops", None)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"keys": [key]}, file, indent=1)
