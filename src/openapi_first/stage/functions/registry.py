"""Finding the function that an invocation URI names.

AWS: api-gateway-swagger-extensions-integration, aws-api-gateway-stage-variables-reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from openapi_first.aws.names import STAGE_VARIABLE
from openapi_first.stage.messages.invoker import InvocationResult, Invoker, InvokerError

_VARIABLE = re.compile(rf"\$\{{stageVariables\.({STAGE_VARIABLE.pattern})\}}")
_NAME = re.compile(
    r"(?:\bfunction:|/functions/)([A-Za-z0-9_-]+)(?::[A-Za-z0-9$_-]+)?/"
    r"(?:response-streaming-)?invocations"
)


def function_name(uri: str, stage_variables: Mapping[str, str]) -> str | None:
    """The function's name in an invocation URI; None if it has none.

    Raises InvokerError if the URI needs a stage variable that is not set: on AWS the call fails.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in stage_variables:
            raise InvokerError(f"the stage variable {match[1]!r} is not set; {uri} needs it")
        return stage_variables[match[1]]

    found = _NAME.search(_VARIABLE.sub(value, uri))
    return None if found is None else found[1]


@lru_cache
def _function_name(uri: str, stage_variables: frozenset[tuple[str, str]]) -> str | None:
    return function_name(uri, dict(stage_variables))


class NoFunction:
    """The function of a stage that was given none."""

    async def invoke(self, _event: bytes) -> InvocationResult:
        raise InvokerError("no function was given to call; name its handler: --handler")


class FunctionRegistry:
    """The functions of a stage: others by name, and one for all further integrations.

    With `own_name`, the one is only for integrations that name it.
    """

    def __init__(
        self, default: Invoker, by_name: Mapping[str, Invoker], own_name: str | None = None
    ) -> None:
        self._default = default
        self._by_name = dict(by_name)
        self._own_name = own_name

    def for_integration(self, uri: str, stage_variables: Mapping[str, str]) -> Invoker:
        """Raises InvokerError if the integration's function was not given."""
        name = _function_name(uri, frozenset(stage_variables.items()))
        if name in self._by_name:
            return self._by_name[name]
        if self._own_name in (None, name):
            return self._default
        raise InvokerError(_no_handler(f"function {name or uri!r}", name))

    def for_authorizer(self, uri: str, stage_variables: Mapping[str, str]) -> Invoker:
        """Only a function that was named: the API's own expects requests, not authorizer events.

        Raises InvokerError if there is none.
        """
        name = function_name(uri, stage_variables)
        if name is None or name not in self._by_name:
            missing = _no_handler(f"authorizer function {name or uri!r}", name)
            raise InvokerError(
                f"{missing}, or start `contract serve` again, which stands in for it"
            )
        return self._by_name[name]


def _no_handler(what: str, name: str | None) -> str:
    return (
        f"the {what} has no handler here; "
        f"name it: --function {name or 'NAME'}=package.module.handler"
    )
