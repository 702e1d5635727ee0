"""Which function an integration calls."""

from __future__ import annotations

import asyncio

import pytest

from openapi_first.stage.functions.registry import (
    FunctionRegistry,
    NoFunction,
    function_qualifier,
)
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


def test_a_function_that_nobody_gave_is_known_before_it_is_called() -> None:
    for remedy, said in ((None, "name it: --handler"), ("declare it", "here; declare it")):
        with pytest.raises(InvokerError, match=f"'other' has no handler .*{said}"):
            FunctionRegistry(NoFunction(remedy), {}).for_integration(OTHER, VARIABLES)


PATH = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("arn:aws:lambda:eu-west-1:123456789012:function:given", "given"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:given:live", "given"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:given:7", "given"),
        ("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:given", "given"),
        (
            "arn:aws:lambda:eu-west-1:123456789012:function:${given}:${stageVariables.alias}",
            "given",
        ),
        ("arn:aws:lambda:eu-west-1:123456789012:function:${stageVariables.qualified}", "given"),
        ("${stageVariables.arn}", "given"),
        ("given", "given"),
        ("given:$LATEST", "given"),
        ("${given.Arn}", "given"),
        ("${given.Arn}:live", "given"),
        ("${givenAliaslive}", "given"),
        ("${given.Alias}", "given"),
        ("${givenVersion1a2b3c}", "given"),
        ("${AliasesFunction.Arn}", "AliasesFunction"),
    ],
)
def test_every_form_in_which_an_invocation_names_its_function(target: str, name: str) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:given"
    variables = {"alias": "live", "qualified": "given:live", "arn": arn}
    registry = FunctionRegistry(NoFunction(), {name: Named(name)})
    streamed = PATH.replace("2015-03-31", "2021-11-15") + f"{target}/response-streaming-invocations"
    for uri in (f"{PATH}{target}/invocations", streamed):
        for find in (registry.for_integration, registry.for_authorizer):
            found = find(uri, variables)
            assert isinstance(found, Named)
            assert found.name == name


@pytest.mark.parametrize(
    ("target", "qualifier"),
    [
        ("given", ""),
        ("given:$LATEST", "$LATEST"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:given:7", "7"),
        ("${given.Arn}:${stageVariables.alias}", "live"),
        ("${given.Arn}:${Alias}", ""),
        ("${stageVariables.qualified}", "live"),
    ],
)
def test_an_invocation_has_the_version_or_alias_of_its_uri(target: str, qualifier: str) -> None:
    variables = {"alias": "live", "qualified": "given:live"}
    assert function_qualifier(f"{PATH}{target}/invocations", variables) == qualifier


def test_an_unknown_name_is_an_error_where_only_functions_with_names_are_given() -> None:
    registry = FunctionRegistry(NoFunction(), {"given": Named("given")})
    with pytest.raises(InvokerError, match=r"'givn' has no handler here \(there is .* 'given'\)"):
        registry.for_integration(f"{PATH}givn/invocations", {})


def test_functions_may_appear_and_disappear_while_the_stage_runs() -> None:
    functions = {"given": Named("given")}
    registry = FunctionRegistry(NoFunction(), functions)
    functions["late"] = Named("late")
    assert called(registry, f"{PATH}late/invocations") == "late"
    del functions["given"]
    with pytest.raises(InvokerError):
        registry.for_integration(f"{PATH}given/invocations", {})


def test_a_warning_names_each_function_for_which_the_one_without_a_name_runs() -> None:
    uris = [f"{PATH}{name}/invocations" for name in ("given", "other", "other")]
    registry = FunctionRegistry(Named("default"), {"given": Named("given")})
    (warning,) = registry.replacements([*uris, "http://elsewhere"], {})
    assert "the function other is run by the handler that was given no name" in warning
    assert not list(registry.replacements(uris[1:], {}))  # it is all that there is
    assert not list(FunctionRegistry(NoFunction(), {}).replacements(uris, {}))
    assert not list(FunctionRegistry(Named("own"), {}, "other").replacements(uris, {}))
