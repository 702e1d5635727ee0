"""Who may call an operation: its `security`, and the authorizers that it names.

AWS: api-gateway-swagger-extensions-authorizer, -authtype, -auth; api-key-usage-plan-oas. Imports
were seen to apply an authorizer in the root's `security` to operations without `security`; an API
key is only required by an operation's own (known issues).
"""

from __future__ import annotations

import re

from openapi_first.aws.authorizers import (
    AUTHORIZERS,
    DEFAULT_TTL_SECONDS,
    IAM,
    LONGEST_TTL_SECONDS,
    REQUEST,
    SIGV4,
    TOKEN,
    AuthorizerKind,
)
from openapi_first.aws.extensions import AUTH, AUTHORIZER, AUTHTYPE
from openapi_first.aws.names import API_KEY_HEADER
from openapi_first.patterns.whole_match import whole_match
from openapi_first.stage.api.issuers import read_algorithms, read_issuers
from openapi_first.stage.api.nodes import Node
from openapi_first.stage.api.rest_api import Authorizer, MethodSecurity

_SOURCE = re.compile(
    r"method\.request\.(?:header|querystring)\.[^\s,]+|stageVariables\.\w+|context(?:\.\w+)+"
)


def read_security(operation: Node, root: Node, warnings: list[str]) -> MethodSecurity:
    """What the requests of an operation must carry."""
    schemes = root.get("components").get("securitySchemes")
    keyed, authorizer = False, None
    scopes: tuple[str, ...] = ()
    signed = operation.get(AUTH).get("type").text().upper() == IAM
    inherited = not operation.has("security")
    for requirement in (root if inherited else operation).get("security").elements():
        for name, node in requirement.items():
            scheme = schemes.get(name)
            if inherited and not scheme.has(AUTHORIZER):
                warnings.append(f"#{node.pointer}: only authorizers are used at the root")
            elif scheme.value is None:
                node.report(f"the security scheme {name!r} is not defined")
            elif scheme.has(AUTHORIZER):
                if authorizer is not None:
                    node.report("a method has one authorizer")
                authorizer = _authorizer(name, scheme, warnings)
                scopes = tuple(scope.text() for scope in node.elements())
            elif scheme.get(AUTHTYPE).text().lower() == SIGV4.lower():
                signed = True
            elif scheme.get("type").text() == "apiKey" and not scheme.has(AUTHTYPE):
                keyed |= scheme.get("name").text().lower() == API_KEY_HEADER
            else:
                warnings.append(f"#{node.pointer}: {_why_not_checked(scheme)}")
    if signed:
        warnings.append(
            f"#{operation.pointer}: {IAM}: a signature is required, but it is not verified"
        )
    return MethodSecurity(keyed, authorizer, scopes, signed)


def _why_not_checked(scheme: Node) -> str:
    if scheme.has(AUTHTYPE):
        return f"the scheme has no {AUTHORIZER}, so it is not checked"
    return "only apiKey schemes and authorizers protect a REST API"


def _authorizer(name: str, scheme: Node, warnings: list[str]) -> Authorizer | None:
    node = scheme.get(AUTHORIZER)
    kind = AUTHORIZERS.get(node.get("type").text().lower())
    if kind is None:
        node.get("type").report(f"must be one of {', '.join(AUTHORIZERS)}")
        return None
    uri = node.get("authorizerUri").text()
    if kind.calls_function and not uri:
        node.report("a Lambda authorizer needs an authorizerUri")
    pattern = node.get("identityValidationExpression").text() or None
    try:
        whole_match(pattern or "")
    except re.error as error:
        node.get("identityValidationExpression").report(f"cannot be compiled: {error}")
        pattern = None
    return Authorizer(
        name=name,
        kind=kind,
        uri=uri,
        identity=_identity(kind, scheme, node),
        ttl_seconds=_ttl(node.get("authorizerResultTtlInSeconds")),
        token_pattern=pattern,
        issuers=read_issuers(kind, node, warnings),
        algorithms=read_algorithms(node),
    )


def _identity(kind: AuthorizerKind, scheme: Node, node: Node) -> tuple[str, ...]:
    """The mapping expressions of the identity sources; by default the scheme's header."""
    text = node.get("identitySource").text().replace("$request.", "method.request.")
    sources = tuple(part.strip() for part in text.split(",") if part.strip())
    for source in sources:
        if not _SOURCE.fullmatch(source):
            node.get("identitySource").report(
                f"{source!r} is not a header, query parameter, stage variable or context variable"
            )
    if sources and kind is not TOKEN:
        return sources
    name = scheme.get("name").text("Authorization")
    location = "querystring" if scheme.get("in").text() == "query" else "header"
    if kind is REQUEST:
        return () if name == "Unused" else (f"method.request.{location}.{name}",)
    return sources or (f"method.request.{location}.{name}",)


def _ttl(node: Node) -> int:
    value = DEFAULT_TTL_SECONDS if node.value is None else node.value
    if isinstance(value, str) and value.isdigit():
        value = int(value)  # the extension's page calls it a string
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not (0 <= value <= LONGEST_TTL_SECONDS)
    ):
        node.report(f"must be a whole number of seconds from 0 to {LONGEST_TTL_SECONDS}")
        return DEFAULT_TTL_SECONDS
    return value
