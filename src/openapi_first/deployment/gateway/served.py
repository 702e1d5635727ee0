"""What the stage of a stack serves: a deployment of the API, and a version of the function."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.stack.description import Stack, resources

_ATTEMPTS = 6
_PAUSE = 5.0
"""API Gateway takes one CreateDeployment in five seconds (AWS: limits)."""
_BUSY = ("TooManyRequestsException", "ConflictException")


@dataclass(frozen=True)
class Served:
    """`api` and `stage` name the stage, `deployment` is the id of what it serves. `function` and
    `alias` are those that its methods call; empty if its stage variable does not name them."""

    account: Account
    stack: str
    api: str
    stage: str
    deployment: str
    function: str
    alias: str

    def __str__(self) -> str:
        return f"stage {self.stage} of {self.stack}"

    @property
    def options(self) -> str:
        """Names the API for a command of the AWS CLI."""
        return f"--rest-api-id {self.api} {' '.join(self.account.options)}"

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Calls API Gateway about this API; waits where it is throttled. Raises Refused."""
        return patient(
            lambda: self.account.call("apigateway", operation, restApiId=self.api, **parameters)
        )

    def version(self) -> str:
        """The version of the function at the alias; "" if nothing names it. Raises Refused."""
        if not self.function:
            return ""
        found = self.account.call(
            "lambda", "get_alias", FunctionName=self.function, Name=self.alias
        )
        return str(found["FunctionVersion"])


def served(account: Account, stack: Stack) -> Served:
    """Raises Refused if the stack has no API, or the API not its stage."""
    api = stack.outputs.get("RestApiId") or _only(account, stack, "AWS::ApiGateway::RestApi")
    name = stack.parameters.get("StageName") or _only(account, stack, "AWS::ApiGateway::Stage")
    try:
        found = account.call("apigateway", "get_stage", restApiId=api, stageName=name)
    except Refused as refused:
        if refused.code != "NotFoundException":
            raise
        _check_exists(account, stack, api)
        raise Refused(
            f"The API {api} of the stack {stack.name} has no stage {name}: it was deleted outside "
            f"of CloudFormation. Make it again: `make deploy STACK={stack.name} "
            "PARAMETERS=StageName=OTHER`, then once more with the old name."
        ) from refused
    function, _, alias = found.get("variables", {}).get("function", "").partition(":")
    return Served(account, stack.name, api, name, found["deploymentId"], function, alias)


def _only(account: Account, stack: Stack, kind: str) -> str:
    """The id of the only resource of a type: a template that was edited may not name it."""
    found = [each.id for each in resources(account, stack.id) if each.type == kind]
    if len(found) != 1:
        raise Refused(
            f"The stack {stack.name} has {len(found)} resources of the type {kind}: its template "
            "needs the output RestApiId and the parameter StageName, which say which one is meant."
        )
    return found[0]


def _check_exists(account: Account, stack: Stack, api: str) -> None:
    try:
        account.call("apigateway", "get_rest_api", restApiId=api)
    except Refused as refused:
        if refused.code != "NotFoundException":
            raise
        raise Refused(
            f"The API {api} of the stack {stack.name} was deleted outside of CloudFormation, which "
            f"cannot update it any more: `make undeploy STACK={stack.name}`, then deploy it again, "
            "with another id and other keys."
        ) from refused


def patient(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result of the call, repeated while API Gateway throttles its control plane."""
    for attempt in range(_ATTEMPTS):
        try:
            return call()
        except Refused as refused:
            if refused.code not in _BUSY or attempt + 1 == _ATTEMPTS:
                raise
            time.sleep(_PAUSE)
    raise AssertionError
