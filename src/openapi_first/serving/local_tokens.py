"""Tokens for the authorizers of an API that verify them, signed with a key set of this machine."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.aws.authorizers import JWT
from openapi_first.stage.access.tokens import KeySet, make_key_set
from openapi_first.stage.api.rest_api import Authorizer, Issuer, RestApi

KEY_FILE = Path("build", "jwks.json")
WITHOUT_SCOPE = "without a scope"
"""What is wrong with a token that only methods with scopes refuse."""
_SECONDS = 12 * 3600
_POOL = Issuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_local")
"""The issuer of tokens for pools that the document does not know yet."""


@dataclass(frozen=True, slots=True)
class LocalToken:
    """A token that an authorizer accepts, with all scopes that its methods ask for.

    `refused` are tokens that it refuses, by what is wrong with them.
    """

    authorizer: str
    value: str
    refused: Mapping[str, str] = field(default_factory=dict)


def local_key_set(folder: Path, fallback: Path) -> KeySet:
    """The key set `build/jwks.json` of a project, made if it does not exist; in the folder
    `fallback` if nothing can be written there. Raises KeySetError."""
    path = folder / KEY_FILE
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            make_key_set(path)
        except OSError:
            path = fallback / KEY_FILE.name
            make_key_set(path)
    return KeySet(path)


def needs_tokens(api: RestApi) -> bool:
    """Whether a method has an authorizer that verifies tokens."""
    return bool(_scopes_by_authorizer(api))


def local_tokens(api: RestApi, key_set: KeySet, *, with_refused: bool) -> tuple[LocalToken, ...]:
    """A token for each authorizer that verifies them; none for one whose audience cannot be
    guessed, or whose methods accept no token in common. Raises KeySetError without a private key.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        foreign = _foreign(Path(folder)) if with_refused else None
        for authorizer, scopes in _scopes_by_authorizer(api).items():
            claims = _claims(authorizer, scopes)
            if claims is None or _needs_both_kinds(api, authorizer):
                continue
            issuer = next(iter(authorizer.issuers), _POOL).url
            refused = {}
            if foreign is not None:
                refused["expired"] = key_set.mint(claims, issuer=issuer, seconds=-60)
                if authorizer.issuers:
                    refused["of another issuer"] = key_set.mint(
                        claims, issuer="https://issuer.invalid/", seconds=_SECONDS
                    )
                refused["signed with another key"] = foreign.mint(
                    claims, issuer=issuer, seconds=_SECONDS
                )
                if scopes:
                    without = {name: each for name, each in claims.items() if name != "scope"}
                    refused[WITHOUT_SCOPE] = key_set.mint(without, issuer=issuer, seconds=_SECONDS)
            valid = key_set.mint(claims, issuer=issuer, seconds=_SECONDS)
            found.append(LocalToken(authorizer.name, valid, refused))
    return tuple(found)


def _scopes_by_authorizer(api: RestApi) -> Mapping[Authorizer, frozenset[str]]:
    found: dict[Authorizer, frozenset[str]] = {}
    for method in api.methods:
        authorizer = method.security.authorizer
        if authorizer is not None and not authorizer.kind.calls_function:
            scopes = found.get(authorizer, frozenset())
            found[authorizer] = scopes | frozenset(method.security.scopes)
    return found


def _needs_both_kinds(api: RestApi, authorizer: Authorizer) -> bool:
    """Whether a user pool's methods need an access token in part, for their scopes, and an id token
    in part (AWS: apigateway-enable-cognito-user-pool)."""
    kinds = {
        bool(each.security.scopes) for each in api.methods if each.security.authorizer == authorizer
    }
    return authorizer.kind is not JWT and len(kinds) > 1


def _claims(authorizer: Authorizer, scopes: Iterable[str]) -> dict[str, Any] | None:
    """Claims that the authorizer accepts; None if no audience is found that it accepts."""
    scope = " ".join(sorted(scopes))
    claims: dict[str, Any] = {"sub": "local", **({"scope": scope} if scope else {})}
    if authorizer.kind is JWT:
        issuer = authorizer.issuers[0]
        if issuer.audiences:
            claims["aud"] = issuer.audiences[0]
        return {**claims, **{each.name: next(iter(each.values), "local") for each in issuer.claims}}
    claims["token_use"] = "access" if scope else "id"
    pattern = authorizer.token_pattern
    if pattern:
        plain = pattern.removeprefix("^").removesuffix("$").replace("\\", "")
        audience = next((each for each in (plain, "local") if re.fullmatch(pattern, each)), None)
        if audience is None:
            return None
        claims["aud"] = audience
    return claims


def _foreign(folder: Path) -> KeySet:
    path = folder / "foreign.json"
    make_key_set(path)
    return KeySet(path)
