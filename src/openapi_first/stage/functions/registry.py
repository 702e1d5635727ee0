"""Finding the function that an invocation URI names.

AWS: api-gateway-swagger-extensions-integration, aws-api-gateway-stage-variables-reference,
response-transfer-mode-lambda.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from openapi_first.aws.names import STAGE_VARIABLE
from openapi_first.stage.messages.invoker import InvocationResult, Invoker, InvokerError

_VARIABLE = re.compile(rf"\$\{{stageVariables\.({STAGE_VARIABLE.pattern})\}}")
_PLACEHOLDER = r"\$\{[A-Za-z0-9_.]+\}"
_INVOCATION = re.compile(
    rf"(?:\bfunction:|/functions/)(?:(?P<name>[A-Za-z0-9_-]+)|(?P<placeholder>{_PLACEHOLDER}))"
    rf"(?::(?:(?P<qualifier>[A-Za-z0-9$_-]+)|{_PLACEHOLDER}))?/(?:response-streaming-)?invocations"
)
_ALIAS = re.compile("(.+?)(?:Alias|Version)[A-Za-z0-9]*")
"""The logical id that SAM gives an alias or version of a function (AWS SAM:
sam-specification-generated-resources-function)."""


def function_name(uri: str, stage_variables: Mapping[str, str]) -> str | None:
    """The function's name in an invocation URI; None if it has none.

    The function may be given by its name or its ARN, each with a version or an alias, or by a
    placeholder of `Fn::Sub`: `${Name.Arn}` names the function `Name`.

    Raises InvokerError if the URI needs a stage variable that is not set: on AWS the call fails.
    """
    return _parsed(uri, frozenset(stage_variables.items()))[0]


def function_qualifier(uri: str, stage_variables: Mapping[str, str]) -> str:
    """The version or alias in an invocation URI; "" if it has none, or only a placeholder.

    Raises InvokerError as `function_name` does.
    """
    return _parsed(uri, frozenset(stage_variables.items()))[1]


@lru_cache
def _parsed(uri: str, stage_variables: frozenset[tuple[str, str]]) -> tuple[str | None, str]:
    variables = dict(stage_variables)

    def value(match: re.Match[str]) -> str:
        if match[1] not in variables:
            raise InvokerError(f"the stage variable {match[1]!r} is not set; {uri} needs it")
        return variables[match[1]]

    found = _INVOCATION.search(_VARIABLE.sub(value, uri))
    if found is None:
        return None, ""
    name = found["name"] or found["placeholder"][2:-1].partition(".")[0]
    return name, found["qualifier"] or ""


class NoFunction:
    """The function of a stage that was given none. `remedy` is how to give it one: `{name}` stands
    for the name of a function, None for what `contract serve` takes."""

    def __init__(self, remedy: str | None = None) -> None:
        self.remedy = remedy or "name it: --function {name}=package.module.handler"
        self.remedy_for_all = remedy or "name it: --handler package.module.handler"

    async def invoke(self, _event: bytes) -> InvocationResult:
        raise InvokerError("no function was given to call; name its handler: --handler")


class FunctionRegistry:
    """The functions of a stage: others by name, and one for all further integrations.

    With `own_name`, the one is only for integrations that name it. `by_name` may change: the
    registry reads it for each invocation.
    """

    def __init__(
        self, default: Invoker, by_name: Mapping[str, Invoker], own_name: str | None = None
    ) -> None:
        self._default = default
        self._by_name = by_name
        self._own_name = own_name

    def for_integration(self, uri: str, stage_variables: Mapping[str, str]) -> Invoker:
        """Raises InvokerError if the integration's function was not given."""
        name = function_name(uri, stage_variables)
        found = self._named(name, uri)
        if found is not None:
            return found
        if not isinstance(self._default, NoFunction) and self._own_name in (None, name):
            return self._default
        raise InvokerError(self._no_handler("function", name, uri))

    def replacements(
        self, uris: Iterable[str], stage_variables: Mapping[str, str]
    ) -> Iterator[str]:
        """A warning for each function in whose place the one without a name runs, if the URIs of
        integrations name several functions."""
        replaced: dict[str | None, bool] = {}
        for uri in uris:
            with contextlib.suppress(InvokerError):
                name = function_name(uri, stage_variables)
                replaced[name] = self.for_integration(uri, stage_variables) is self._default
        replaced.pop(None, None)
        if self._own_name is None and not isinstance(self._default, NoFunction):
            for name in replaced if len(replaced) > 1 else ():
                if replaced[name]:
                    yield (
                        f"the function {name} is run by the handler that was given no name; give "
                        f"it its own: --function {name}=package.module.handler"
                    )

    def for_authorizer(self, uri: str, stage_variables: Mapping[str, str]) -> Invoker:
        """Only a function that was named: the API's own expects requests, not authorizer events.

        Raises InvokerError if there is none.
        """
        name = function_name(uri, stage_variables)
        found = self._named(name, uri)
        if found is None:
            missing = self._no_handler("authorizer function", name, uri)
            raise InvokerError(
                f"{missing}, or start `contract serve` again, which stands in for it"
            )
        return found

    def _named(self, name: str | None, uri: str) -> Invoker | None:
        """The function of that name; for a placeholder, also the one whose alias or version it
        is."""
        if name is None:
            return None
        alias = _ALIAS.fullmatch(name) if f"${{{name}" in uri else None
        if name not in self._by_name and alias is not None:
            name = alias[1]
        return self._by_name.get(name)

    def _no_handler(self, kind: str, name: str | None, uri: str) -> str:
        near = difflib.get_close_matches(name or "", self._by_name, 1)
        meant = f" (there is a function {near[0]!r})" if near else ""
        given = self._default if isinstance(self._default, NoFunction) else NoFunction()
        for_all = given is self._default and not self._by_name and kind == "function"
        remedy = given.remedy_for_all if for_all else given.remedy.format(name=name or "NAME")
        return f"the {kind} {name or uri!r} has no handler here{meant}; {remedy}"
