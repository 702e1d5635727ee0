"""The resource policy of an API: who may call it at all (`x-amazon-apigateway-policy`).

AWS: apigateway-resource-policies. Callers are anonymous here; where a policy stands, what it does
not allow is denied, unless an authorizer is asked as well (authorization flow).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.stage.access.policy import ACTION, PolicyError, decide
from openapi_first.stage.messages.gateway_errors import Fault, GatewayError


class ResourcePolicy:
    """A policy document, its `execute-api:/*` resources standing for this API's own ARN."""

    def __init__(self, document: Mapping[str, Any], account_id: str) -> None:
        statements = document.get("Statement")
        self._statements = [
            statement
            for statement in (statements if isinstance(statements, list) else [statements])
            if not isinstance(statement, dict) or _for_everybody(statement.get("Principal"))
        ]
        self._account_id = account_id

    def check(self, method_arn: str, facts: Mapping[str, str | None], *, authorized: bool) -> None:
        """ACCESS_DENIED for a request that the policy denies, or does not allow.

        `authorized` says that an authorizer has its say too: then silence denies nothing.
        """
        api, _, _ = method_arn.partition("/")
        own = [_with_arn(statement, api) for statement in self._statements]
        try:
            decision = decide({"Statement": own}, method_arn, facts) if own else "implicit deny"
        except PolicyError as error:
            fault = Fault.integration_failed(500, f"x-amazon-apigateway-policy: {error}")
            raise GatewayError(fault) from error
        if decision == "allow" or (decision == "implicit deny" and authorized):
            return
        masked = method_arn.replace(self._account_id, "********" + self._account_id[-4:])
        text = f"User: anonymous is not authorized to perform: {ACTION} on resource: {masked}"
        if decision == "explicit deny":
            text += " with an explicit deny in a resource-based policy"
        raise GatewayError(Fault.access_denied(text))


def _for_everybody(principal: object) -> bool:
    """Whether a statement is about callers without a name of their own."""
    if isinstance(principal, dict):
        principal = principal.get("AWS")
    return principal == "*" or (isinstance(principal, list) and "*" in principal)


def _with_arn(statement: Any, api: str) -> Any:
    if not isinstance(statement, dict):
        return statement
    whole = dict(statement)
    for name in ("Resource", "NotResource"):
        if name in whole:
            value = whole[name]
            values = value if isinstance(value, list) else [value]
            whole[name] = [_expanded(each, api) for each in values]
    return whole


def _expanded(resource: object, api: str) -> object:
    """AWS: swagger-extensions-policy. On import `execute-api:/` is completed to an ARN."""
    if isinstance(resource, str) and resource.startswith("execute-api:/"):
        return api + resource.removeprefix("execute-api:")
    return resource
