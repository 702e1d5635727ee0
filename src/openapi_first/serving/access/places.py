"""Where a client puts the credential that an authorizer reads, and what else it has to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from openapi_first.stage.api.rest_api import Authorizer

Location = Literal["header", "querystring"]

_AUTHORIZATION = "Authorization"
OTHER_VALUE = "local"
"""For identity sources that are not the credential."""


@dataclass(frozen=True, slots=True)
class Place:
    """`prefix` stands before the credential there, as in `Bearer `. `others` are the further
    identity sources that clients send, by location and name: an authorizer that caches its results
    refuses requests without them (AWS: apigateway-use-lambda-authorizer)."""

    location: Location
    name: str
    prefix: str = ""
    others: tuple[tuple[Location, str], ...] = ()


def place_of(authorizer: Authorizer, scheme: Mapping[str, Any] | None) -> Place:
    """The place that the contract's security scheme names. `scheme` is None for an import document,
    which has no other scheme than apiKey: there an Authorization header gets a bearer token."""
    sources = _sent_by_clients(authorizer)
    location, name, prefix = _written(scheme or {}, sources)
    if scheme is None and name.lower() == _AUTHORIZATION.lower():
        prefix = "Bearer "
    rest = tuple(
        (where, other)
        for where, other in sources
        if (where, other.lower()) != (location, name.lower()) and other.lower() != "x-api-key"
    )
    return Place(location, name, prefix, rest)


def _sent_by_clients(authorizer: Authorizer) -> list[tuple[Location, str]]:
    """Its identity sources that are headers or query parameters, such as
    `method.request.header.Authorization`."""
    found: list[tuple[Location, str]] = []
    for source in authorizer.identity:
        location, _, name = source.removeprefix("method.request.").partition(".")
        if location == "header":
            found.append(("header", name))
        elif location == "querystring":
            found.append(("querystring", name))
    return found


def _written(
    scheme: Mapping[str, Any], sources: list[tuple[Location, str]]
) -> tuple[Location, str, str]:
    if scheme.get("type") == "apiKey":
        name = str(scheme.get("name", _AUTHORIZATION))
        if scheme.get("in") == "query":
            return "querystring", name, ""
        if scheme.get("in") == "cookie":
            return "header", "Cookie", f"{name}="
        return "header", name, ""
    if scheme:
        basic = str(scheme.get("scheme", "bearer")).lower() == "basic"
        return "header", _AUTHORIZATION, "Basic " if basic else "Bearer "
    bearer = next((each for each in sources if each[1].lower() == _AUTHORIZATION.lower()), None)
    location, name = bearer or next(iter(sources), ("header", _AUTHORIZATION))
    return location, name, ""
