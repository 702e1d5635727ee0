"""The resource policy of an API: who may call it at all (`x-amazon-apigateway-policy`).

AWS: apigateway-resource-policies. Callers are anonymous here. If there is a policy, everything that
it does not allow is denied, unless the method has an authorizer too (authorization flow).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.aws.extensions import POLICY
from openapi_first.stage.access.caller import Caller
from openapi_first.stage.access.policy import ACTION, PolicyError, decide
from openapi_first.stage.messages.gateway_errors import GatewayError


class ResourcePolicy:
    """A policy document whose `execute-api:/*` resources are those of this API."""

    def __init__(self, document: Mapping[str, Any], account_id: str) -> None:
        statements = document.get("Statement")
        self._statements = [
            statement
            for statement in (statements if isinstance(statements, list) else [statements])
            if not isinstance(statement, dict) or _for_everybody(statement.get("Principal"))
        ]
        self._account_id = account_id

    def check(self, caller: Caller, *, has_authorizer: bool) -> None:
        """Raise ACCESS_DENIED if the policy denies the request.

        A request that the policy neither allows nor denies is left to the method's authorizer, and
        denied if it has none.
        """
        api, _, _ = caller.method_arn.partition("/")
        own = [_with_arn(statement, api) for statement in self._statements]
        try:
            decision = decide({"Statement": own}, caller) if own else "implicit deny"
        except PolicyError as error:
            reason = f"{POLICY}: {error}"
            raise GatewayError.integration_failed(500, reason) from error
        if decision == "allow" or (decision == "implicit deny" and has_authorizer):
            return
        masked = caller.method_arn.replace(self._account_id, "********" + self._account_id[-4:])
        message = f"User: anonymous is not authorized to perform: {ACTION} on resource: {masked}"
        if decision == "explicit deny":
            message += " with an explicit deny in a resource-based policy"
        raise GatewayError.access_denied(message)


def _for_everybody(principal: object) -> bool:
    """Whether a statement applies to anonymous callers."""
    if isinstance(principal, dict):
        principal = principal.get("AWS")
    return principal == "*" or (isinstance(principal, list) and "*" in principal)


def _with_arn(statement: Any, api: str) -> Any:
    if not isinstance(statement, dict):
        return statement
    expanded = dict(statement)
    for name in ("Resource", "NotResource"):
        if name in expanded:
            value = expanded[name]
            values = value if isinstance(value, list) else [value]
            expanded[name] = [_expanded(each, api) for each in values]
    return expanded


def _expanded(resource: object, api: str) -> object:
    """AWS: swagger-extensions-policy. On import, `execute-api:/` is completed to an ARN."""
    if isinstance(resource, str) and resource.startswith("execute-api:/"):
        return api + resource.removeprefix("execute-api:")
    return resource
