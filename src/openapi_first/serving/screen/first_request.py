"""A request to paste: the first that works, with all that the gateway and an authorizer ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from urllib.parse import quote

from openapi_first.aws.methods import ANY
from openapi_first.conformance.http.curl import curl_command
from openapi_first.conformance.model.messages import Request
from openapi_first.serving.access.local_tokens import LocalToken
from openapi_first.serving.access.places import OTHER_VALUE, place_of
from openapi_first.serving.screen.examples import Examples
from openapi_first.stage.api.rest_api import Method, RestApi

_TOKEN = "$TOKEN"  # noqa: S105 - a placeholder
_KEY_HEADER = "x-api-key"
_SIGNED = ("--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", "local:local")
"""The stage asks for a signature, and verifies none."""


def asks_for_key(api: RestApi, method: Method) -> bool:
    """Whether requests to the method carry an API key."""
    return method.security.api_key_required and api.key_source == "HEADER"


def first_method(api: RestApi, tokens: Sequence[LocalToken]) -> Method | None:
    """The method that is easiest to call: one that reads, needs no values, and whose credential is
    known here."""

    def difficulty(method: Method) -> tuple[bool, ...]:
        authorizer = method.security.authorizer
        return (
            method.http_method == "OPTIONS",
            authorizer is not None and not any(each.fits(method) for each in tokens),
            method.security.signed,
            method.http_method not in ("GET", ANY),
            method.http_method != "POST" and method.http_method not in ("GET", ANY),
            bool(method.required) or "{" in method.resource,
        )

    return min(api.methods, key=difficulty, default=None)


def token_for(method: Method, tokens: Iterable[LocalToken]) -> LocalToken | None:
    """The token that the method accepts."""
    return next((each for each in tokens if each.fits(method)), None)


def first_request(
    method: Method,
    base_url: str,
    key: str | None,
    example: Examples,
    scheme_of: Callable[[str], dict[str, object] | None],
) -> str:
    """A `curl` command with what the gateway asks for: the key, a signature, the credential of an
    authorizer as $TOKEN, and the example of the method, or else NAME=VALUE for required parameters
    and an empty JSON body."""
    request = example(method) or _without_example(method)
    if request.method == ANY:
        request = replace(request, method="GET")
    headers = [(_KEY_HEADER, key)] if key else []
    query: list[str] = []
    authorizer = method.security.authorizer
    if authorizer is not None:
        place = place_of(authorizer, scheme_of(authorizer.name))
        credential = (place.location, place.name, f"{place.prefix}{_TOKEN}")
        others = ((where, name, OTHER_VALUE) for where, name in place.others)
        for location, name, value in (credential, *others):
            if location == "header" and request.header(name) is None:
                headers.append((name, value))
            elif location == "querystring" and not _has_query(request, name):
                query.append(f"{quote(name)}={value}")
    target = request.target
    if query:
        target += f"{'&' if '?' in target else '?'}{'&'.join(query)}"
    request = replace(request, target=target, headers=(*headers, *request.headers))
    signature = _SIGNED if method.security.signed else ()
    return curl_command(request, base_url, {_TOKEN: ""}, signature)


def _has_query(request: Request, name: str) -> bool:
    pairs = request.target.partition("?")[2].split("&")
    return any(each.partition("=")[0] == quote(name) for each in pairs)


def _without_example(method: Method) -> Request:
    names = sorted({(each.location, each.name) for each in method.required})
    read = {
        source.removeprefix("method.request.").lower()
        for source in (method.security.authorizer.identity if method.security.authorizer else ())
    }
    asked = [
        (location, name)
        for location, name in names
        if name.lower() != _KEY_HEADER and f"{location}.{name}".lower() not in read
    ]
    query = "&".join(
        f"{quote(name)}=VALUE" for location, name in asked if location == "querystring"
    )
    headers = [(name, "VALUE") for location, name in asked if location == "header"]
    body = None
    if method.body_required:
        headers.append(("Content-Type", "application/json"))
        body = b"{}"
    target = f"{method.resource}?{query}" if query else method.resource
    return Request(method.http_method, target, tuple(headers), body)
