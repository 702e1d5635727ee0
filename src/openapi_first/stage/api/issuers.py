"""The issuers whose tokens an authorizer trusts, read from its extension.

Each user pool is an issuer. A JWT authorizer of a REST API has the members of CreateAuthorizer:
`issuers` with their audiences and further claims, and `defaultAlgorithms`. No AWS page describes
it in OpenAPI, so the form of HTTP APIs (`issuer` and its `audience`) is read too.
"""

from __future__ import annotations

import re

from openapi_first.aws.authorizers import ALGORITHMS, JWT, USER_POOL, AuthorizerKind
from openapi_first.stage.api.nodes import Node
from openapi_first.stage.api.rest_api import Claim, Issuer

_POOL = re.compile(r"arn:[^:]*:cognito-idp:([^:]+):[^:]*:userpool/([^/\s]+)")
# The id of a pool begins with its region, which the ARN may leave to the deployment.
_POOL_ID = re.compile(r".*:userpool/(([a-z0-9-]+)_[0-9A-Za-z]+)")


def read_issuers(kind: AuthorizerKind, node: Node, warnings: list[str]) -> tuple[Issuer, ...]:
    """The issuers of an authorizer; none if a token of any issuer is accepted."""
    if kind is USER_POOL:
        return _pools(node, warnings)
    if kind is not JWT:
        return ()
    configuration = node.get("jwtConfiguration")
    if configuration.has("issuers"):
        return tuple(_issuer(each) for each in configuration.get("issuers").elements())
    url = configuration.get("issuer")
    if not url.text():
        url.report("a JWT authorizer needs an issuer")
    audiences = tuple(each.text() for each in configuration.get("audience").elements())
    return (Issuer(url.text(), audiences, client_ids=True),)


def read_algorithms(node: Node) -> tuple[str, ...]:
    """The signing algorithms that a JWT authorizer accepts; none for all of the key set."""
    found = []
    for each in node.get("jwtConfiguration").get("defaultAlgorithms").elements():
        if each.text() not in ALGORITHMS:
            each.report(f"must be one of {', '.join(ALGORITHMS)}")
        found.append(each.text())
    return tuple(found)


def _issuer(node: Node) -> Issuer:
    url = node.get("issuer")
    if not url.text().startswith("https://"):
        url.report("must be an https URL")
    audiences = tuple(each.text() for each in node.get("audiences").elements())
    if not audiences:
        node.get("audiences").report("an issuer needs audiences")
    claims = tuple(
        Claim(
            each.get("claimName").text(),
            required=each.get("required").value is True,
            values=tuple(value.text() for value in each.get("expectedValues").elements()),
        )
        for each in node.get("additionalClaims").elements()
    )
    return Issuer(url.text(), audiences, claims=claims)


def _pools(node: Node, warnings: list[str]) -> tuple[Issuer, ...]:
    issuers: list[Issuer] = []
    pools = list(node.get("providerARNs").elements())
    for element in pools:
        arn = element.text()
        if "${" in arn:
            known = _POOL_ID.fullmatch(arn)
            if known is None:
                warnings.append(
                    f"#{element.pointer}: the pool is not known, so any issuer is accepted"
                )
                return ()
            issuers.append(_pool(known[2], known[1]))
        elif pool := _POOL.fullmatch(arn):
            issuers.append(_pool(pool[1], pool[2]))
        else:
            element.report("is not the ARN of a user pool")
    if not pools:
        node.report("a user pool authorizer needs providerARNs")
    return tuple(issuers)


def _pool(region: str, id_: str) -> Issuer:
    return Issuer(f"https://cognito-idp.{region}.amazonaws.com/{id_}")
