"""Stands in for the function of a Lambda authorizer that a project does not have.

It accepts tokens of the local key set and the other credentials that it was given, and refuses the
rest as a function would: with the error `Unauthorized` (401) for a caller that it does not know,
with a policy (403) for a method whose scopes a token lacks (AWS: apigateway-use-lambda-authorizer,
api-gateway-lambda-authorizer-output).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.stage.access.tokens import KeySet, TokenError
from openapi_first.stage.api.rest_api import Method
from openapi_first.stage.messages.invoker import InvocationResult

_PREFIX = re.compile(r"(?:Bearer|Basic) +", re.IGNORECASE)
_UNAUTHORIZED = {"errorMessage": "Unauthorized", "errorType": "Exception"}


@dataclass(frozen=True, slots=True)
class StandIn:
    """`methods` are those that the authorizer protects, `accepted` are credentials,
    as they are sent without `Bearer` or `Basic`."""

    name: str
    key_set: KeySet
    methods: tuple[Method, ...]
    accepted: frozenset[str] = frozenset()

    async def invoke(self, event: bytes) -> InvocationResult:
        """The policy for the caller of a TOKEN or REQUEST event, or the error."""
        read = json.loads(event)
        scopes = self._scopes(_credentials(read))
        if scopes is None:
            return InvocationResult(json.dumps(_UNAUTHORIZED).encode(), function_error=True)
        output = {
            "principalId": "local",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": list(self._statements(read["methodArn"], scopes)),
            },
            "context": {"scope": " ".join(sorted(scopes))},
        }
        return InvocationResult(json.dumps(output).encode())

    def _scopes(self, credentials: Iterable[str]) -> frozenset[str] | None:
        """What the first known credential grants; None if none is known."""
        for each in credentials:
            if each in self.accepted:
                return frozenset(
                    scope for method in self.methods for scope in method.security.scopes
                )
            try:
                claims = self.key_set.verify(each, (), now=time.time())
            except TokenError:
                continue
            granted = claims.get("scope", "")
            return frozenset(granted.split() if isinstance(granted, str) else ())
        return None

    def _statements(self, method_arn: str, scopes: frozenset[str]) -> Iterator[dict[str, Any]]:
        """The policy holds for every method, since API Gateway caches it for the caller."""
        stage_arn = "/".join(method_arn.split("/")[:2])
        action = "execute-api:Invoke"
        yield {"Effect": "Allow", "Action": action, "Resource": f"{stage_arn}/*"}
        for method in self.methods:
            wanted = method.security.scopes
            if wanted and scopes.isdisjoint(wanted):
                path = re.sub(r"\{[^}]*\}", "*", method.resource)
                name = "*" if method.http_method == "ANY" else method.http_method
                yield {"Effect": "Deny", "Action": action, "Resource": f"{stage_arn}/{name}{path}"}


def _credentials(event: Mapping[str, Any]) -> Iterator[str]:
    """Every value that may be one: the token, or headers, cookies and query parameters."""
    values = [event.get("authorizationToken")]
    values += (event.get("headers") or {}).values()
    values += (event.get("queryStringParameters") or {}).values()
    for value in values:
        if isinstance(value, str) and value:
            yield value
            yield _PREFIX.sub("", value, count=1)
            yield from (part.partition("=")[2].strip() for part in value.split(";") if "=" in part)
