"""Credentials for the authorizers of an API, signed with a key set of this machine."""

from __future__ import annotations

import base64
import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from openapi_first.aws.authorizers import JWT
from openapi_first.samples.values.pattern_samples import matching
from openapi_first.serving.access.places import OTHER_VALUE, Place, place_of
from openapi_first.stage.access.tokens import KeySet, make_key_set
from openapi_first.stage.api.rest_api import Authorizer, Issuer, Method, RestApi

KEY_FILE = Path("build", "jwks.json")
WITHOUT_SCOPE = "without a scope"
"""What is wrong with a token that only methods with scopes refuse."""
_SECONDS = 12 * 3600
_POOL = Issuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_local")
"""The issuer of tokens for pools that the document does not know yet."""
_LOCAL = Issuer("https://local.invalid/")
"""The issuer of tokens for stand-ins, which accept every issuer."""


@dataclass(frozen=True, slots=True)
class LocalToken:
    """A credential that an authorizer accepts, with all scopes that its methods ask for.

    `refused` are credentials that it refuses, by what is wrong with them. `for_scopes` says whether
    it is for methods with scopes only, or for those without only; None for all. `also` are headers
    and query parameters that the authorizer needs besides: location, name and value.
    """

    authorizer: str
    value: str
    refused: Mapping[str, str] = field(default_factory=dict)
    for_scopes: bool | None = None
    also: tuple[tuple[str, str, str], ...] = ()

    def fits(self, method: Method) -> bool:
        """Whether the method accepts it."""
        authorizer = method.security.authorizer
        if authorizer is None or authorizer.name != self.authorizer:
            return False
        return self.for_scopes in (None, bool(method.security.scopes))


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


def methods_by_authorizer(api: RestApi) -> Mapping[Authorizer, tuple[Method, ...]]:
    """The methods that each authorizer protects."""
    found: dict[Authorizer, tuple[Method, ...]] = {}
    for method in api.methods:
        authorizer = method.security.authorizer
        if authorizer is not None:
            found[authorizer] = (*found.get(authorizer, ()), method)
    return found


def needs_tokens(api: RestApi, stand_ins: Iterable[str] = ()) -> bool:
    """Whether a method has an authorizer that verifies tokens: one of AWS's kinds, or one that
    `stand_ins` names."""
    return any(_is_local(each, stand_ins) for each in methods_by_authorizer(api))


def _is_local(authorizer: Authorizer, stand_ins: Iterable[str]) -> bool:
    return not authorizer.kind.calls_function or authorizer.name in stand_ins


def local_tokens(
    api: RestApi,
    key_set: KeySet,
    *,
    with_refused: bool,
    stand_ins: Iterable[str] = (),
    schemes: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[LocalToken, ...]:
    """Credentials for each authorizer that verifies tokens, and for those that `stand_ins` names;
    two for a user pool whose methods need an access token in part, for their scopes, and an id
    token in part (AWS: apigateway-enable-cognito-user-pool). None for an authorizer whose audience
    or expression cannot be matched. `schemes` are the contract's security schemes by name.

    Raises KeySetError without a private key.
    """
    found: list[LocalToken] = []
    foreign = _foreign() if with_refused else None
    for authorizer, methods in methods_by_authorizer(api).items():
        if not _is_local(authorizer, stand_ins):
            continue
        place = place_of(authorizer, None if schemes is None else schemes.get(authorizer.name, {}))
        also = tuple((where, name, OTHER_VALUE) for where, name in place.others)
        for for_scopes in _kinds(authorizer, methods):
            scopes = frozenset(
                scope
                for each in methods
                if for_scopes in (None, bool(each.security.scopes))
                for scope in each.security.scopes
            )
            maker = _Maker(authorizer, key_set, foreign)
            values = maker.opaque(place) if _is_opaque(authorizer, place) else maker.tokens(scopes)
            made = {reason: value for reason, value in values.items() if value is not None}
            if "" in made:
                valid = made.pop("")
                found.append(LocalToken(authorizer.name, valid, made, for_scopes, also))
    return tuple(found)


def _kinds(authorizer: Authorizer, methods: Iterable[Method]) -> tuple[bool | None, ...]:
    kinds = {bool(each.security.scopes) for each in methods}
    is_pool = authorizer.kind is not JWT and not authorizer.kind.calls_function
    return (False, True) if is_pool and len(kinds) > 1 else (None,)


def _is_opaque(authorizer: Authorizer, place: Place) -> bool:
    """Whether a Lambda authorizer wants something else than a token: a user's name and password, or
    what no token matches."""
    if not authorizer.kind.calls_function:
        return False
    like_a_token = f"{place.prefix}eyJhbGciOiJSUzI1NiJ9.{'Aa0-_' * 40}.{'Aa0-_' * 40}"
    return place.prefix == "Basic " or not authorizer.accepts(like_a_token)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the credential that an authorizer accepts, named "", and those that it refuses, by what
    is wrong with them."""

    authorizer: Authorizer
    key_set: KeySet
    foreign: KeySet | None
    """None if no credential is needed that is refused."""

    def tokens(self, scopes: Iterable[str]) -> dict[str, str | None]:
        authorizer, scopes = self.authorizer, frozenset(scopes)
        claims = _claims(authorizer, scopes)
        if claims is None:
            return {}
        default = _LOCAL if authorizer.kind.calls_function else _POOL
        issuer = next(iter(authorizer.issuers), default).url
        made: dict[str, str | None] = {
            "": self.key_set.mint(claims, issuer=issuer, seconds=_SECONDS)
        }
        if self.foreign is None:
            return made
        made["expired"] = self.key_set.mint(claims, issuer=issuer, seconds=-60)
        if authorizer.issuers:
            other = "https://issuer.invalid/"
            made["of another issuer"] = self.key_set.mint(claims, issuer=other, seconds=_SECONDS)
        made["signed with another key"] = self.foreign.mint(claims, issuer=issuer, seconds=_SECONDS)
        if scopes:
            without = {name: each for name, each in claims.items() if name != "scope"}
            made[WITHOUT_SCOPE] = self.key_set.mint(without, issuer=issuer, seconds=_SECONDS)
        return made

    def opaque(self, place: Place) -> dict[str, str | None]:
        """Credentials of another form than a token; the same at each start."""
        found = _opaque_values(self.authorizer, place)
        made: dict[str, str | None] = {"": next(found, None)}
        if self.foreign is not None:
            made["unknown"] = next(found, None)
        return made


def _opaque_values(authorizer: Authorizer, place: Place) -> Iterator[str]:
    if authorizer.token_pattern is None:
        yield from (
            base64.b64encode(f"{who}:local".encode()).decode() for who in ("local", "other")
        )
        return
    rng = random.Random(authorizer.name)  # noqa: S311 - it protects nothing
    for sent in dict.fromkeys(matching(authorizer.token_pattern, rng)):
        value = sent.removeprefix(place.prefix)
        is_sendable = sent.isascii() and sent.isprintable() and sent.strip() == sent
        is_whole = bool(value) and sent == place.prefix + value
        if is_sendable and is_whole and authorizer.accepts(sent):
            yield value


def _claims(authorizer: Authorizer, scopes: frozenset[str]) -> dict[str, Any] | None:
    """Claims that the authorizer accepts; None if no audience is found that it accepts."""
    scope = " ".join(sorted(scopes))
    claims: dict[str, Any] = {"sub": "local", **({"scope": scope} if scope else {})}
    if authorizer.kind is JWT:
        issuer = authorizer.issuers[0]
        if issuer.audiences:
            claims["aud"] = issuer.audiences[0]
        return {**claims, **{each.name: next(iter(each.values), "local") for each in issuer.claims}}
    if authorizer.kind.calls_function:
        return claims
    claims["token_use"] = "access" if scope else "id"
    pattern = authorizer.token_pattern
    if pattern:
        plain = pattern.removeprefix("^").removesuffix("$").replace("\\", "")
        audience = next((each for each in (plain, "local") if authorizer.accepts(each)), None)
        if audience is None:
            rng = random.Random(authorizer.name)  # noqa: S311 - it protects nothing
            made = matching(pattern, rng)
            audience = next((each for each in made if authorizer.accepts(each)), None)
        if audience is None:
            return None
        claims["aud"] = audience
    return claims


@cache
def _foreign() -> KeySet:
    """Keys that nobody trusts; made once, since that takes long."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "foreign.json")
        make_key_set(path)
        return KeySet(path)
