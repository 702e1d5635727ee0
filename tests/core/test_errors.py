"""The docstring of `core.errors` shows every error that a command reports, and no other."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import openapi_first
from openapi_first.core import errors
from openapi_first.core.errors import UserError

RUNS_ON_IMPORT = ("openapi_first.__main__",)
OF_SAM = ("openapi_first.deployment.sam_with_triggers",)
"""SAM's own Python imports it, and raises nothing of the engine's."""

INTERNAL = {
    "_TooLong": "`contract test` writes another string",
    "BodyError": "the Lambda answers 400",
    "CodingError": "the Lambda answers 400 to a request, 500 for a response",
    "CannotDebug": "raised in the function, and reported as an InitError",
    "ConnectionLost": "`contract test` records it as not judged",
    "ExpressionError": "becomes an error of the contract",
    "DecodedSizeError": "the Lambda answers 413 to a request; a response is not decoded",
    "Exhausted": "`contract test` leaves the case out",
    "FunctionFailed": "the stage answers 502, or breaks a stream off",
    "FunctionThrottled": "the stage answers",
    "GenerationFailed": "`contract test` records it as not judged",
    "GatewayError": "the stage answers",
    "InvokerError": "the stage answers",
    "InvalidArgument": "becomes an error of the template",
    "JSONTextError": "the Lambda answers 400",
    "Malformed": "the stage answers 502",
    "MalformedEvent": "the Lambda answers 500",
    "NotCalled": "the stage answers 500",
    "NotDecodedError": "a response whose body is not decoded",
    "MalformedResponse": "`contract test` records it as not judged",
    "NotImplementedYet": "the Lambda answers 501",
    "NotJson": "becomes an error of the contract",
    "NoSample": "`contract test` records it as not judged",
    "NoValue": "`contract test` leaves the link out",
    "NotSendable": "`contract test` leaves the case out",
    "PatternError": "becomes an error of the contract",
    "PolicyError": "the stage answers",
    "NoAnswer": "a mock answers 400 or 501",
    "NotApplicable": "a mock refuses the patch",
    "Problem": "the Lambda answers",
    "SearchLimitError": "the stage and the Lambda answer 400",
    "StartError": "raised in the function, and reported as an InitError",
    "StopAtFinding": "`contract test --fail-fast` ends there",
    "ChannelClosed": "becomes an _Ended",
    "ClientGone": "the stage drops the request",
    "ClientLeft": "the stage drops the request",
    "TimeLimit": "the stage answers 504, or 500 for an authorizer",
    "TokenError": "the stage answers 401",
    "TokenExpired": "the stage answers 401",
    "UnusableCode": "the stage answers 500, or an InitError",
    "UnsendableError": "the Lambda answers 500",
    "StreamBroken": "the stage closes the connection",
    "UnsupportedCodingError": "the Lambda answers 415 to a request; a response is not decoded",
    "_Constant": "becomes an error of the contract",
    "_Undecided": "the reasons are found in a thread",
    "_Ended": "the stage answers, or an InitError",
}


def engine() -> list[type[Exception]]:
    for module in pkgutil.walk_packages(openapi_first.__path__, f"{openapi_first.__name__}."):
        if module.name not in RUNS_ON_IMPORT + OF_SAM:
            importlib.import_module(module.name)
    found: dict[type[Exception], None] = {}
    below: list[type[Exception]] = [Exception]
    while below:
        for each in below.pop().__subclasses__():
            below.append(each)
            if each.__module__.startswith(f"{openapi_first.__name__}."):
                found[each] = None
    return list(found)


def drawn() -> set[tuple[str, str]]:
    """Each class of the tree with its base."""
    pairs, above = set(), [UserError.__name__]
    for indent, name in re.findall(r"(?m)^([│ ]*)[├└]── (\w+)", errors.__doc__ or ""):
        depth = len(indent) // 4
        del above[depth + 1 :]
        pairs.add((name, above[-1]))
        above.append(name)
    return pairs


def test_the_tree_is_what_there_is() -> None:
    users = {each for each in engine() if issubclass(each, UserError)} - {UserError}
    assert drawn() == {(each.__name__, each.__bases__[0].__name__) for each in users}


def test_every_other_exception_is_handled_inside_the_engine() -> None:
    assert {each.__name__ for each in engine() if not issubclass(each, UserError)} == set(INTERNAL)


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, OSError])
def test_no_error_of_a_library_passes_for_one_of_the_user(kind: type[Exception]) -> None:
    assert not [each for each in engine() if issubclass(each, UserError) and issubclass(each, kind)]
