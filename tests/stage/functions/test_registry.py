"""Which function an integration calls."""

from __future__ import annotations

import asyncio

import pytest

from openapi_first.stage.functions.registry import FunctionRegistry, NoFunction
from openapi_first.stage.messages.invoker import InvocationResult, InvokerError

OWN = "arn:aws:lambda:function:${stageVariables.function}/invocations"
OTHER = "arn:aws:lambda:function:other:live/invocations"
VARIABLES = {"function": "local"}


class Named:
    def __init__(self, name: str) -> None:
        self.name = name

    async def invoke(self, _event: bytes) -> InvocationResult:
        return InvocationResult(self.name.encode())


def called(registry: FunctionRegistry, uri: str) -> str:
    result = asyncio.run(registry.for_integration(uri, VARIABLES).invoke(b""))
    return result.payload.decode()


def test_the_function_without_a_name_is_every_function_that_was_not_given() -> None:
    registry = FunctionRegistry(Named("default"), {"given": Named("given")})
    assert called(registry, OWN) == called(registry, OTHER) == "default"
    assert called(registry, OTHER.replace("other", "given")) == "given"


@pytest.mark.parametrize("uri", [OTHER, "${uri_of_terraform}"])
def test_the_function_with_a_name_is_no_other_function(uri: str) -> None:
    registry = FunctionRegistry(Named("default"), {}, "local")
    assert called(registry, OWN) == "default"
    with pytest.raises(InvokerError, match="has no handler here; name it: --function"):
        registry.for_integration(uri, VARIABLES)


def test_no_function_answers_with_what_to_give() -> None:
    with pytest.raises(InvokerError, match="--handler"):
        called(FunctionRegistry(NoFunction(), {}), OWN)
