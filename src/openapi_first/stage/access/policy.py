"""The IAM policy an authorizer returns, evaluated for one method.

AWS: api-gateway-lambda-authorizer-output, reference_policies_evaluation-logic (IAM). A Deny that
matches wins, else an Allow that matches, else nothing is allowed.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from openapi_first.stage.access.caller import Caller

ACTION = "execute-api:Invoke"

Decision = Literal["allow", "explicit deny", "implicit deny"]


class PolicyError(Exception):
    """The document is not a policy, or this stage cannot evaluate it; the message says why."""


def decide(policy: object, caller: Caller) -> Decision:
    """The decision of a policy document on whether a caller may invoke its method."""
    values = caller.condition_keys
    effects = {
        _effect(statement)
        for statement in _statements(policy)
        if _applies(statement, caller.method_arn) and _holds(statement.get("Condition"), values)
    }
    if "Deny" in effects:
        return "explicit deny"
    return "allow" if "Allow" in effects else "implicit deny"


def _statements(policy: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(policy, dict):
        raise PolicyError("policyDocument is not an object")
    statements = policy.get("Statement")
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict):
            raise PolicyError("a Statement of policyDocument is not an object")
        yield statement


def _effect(statement: Mapping[str, Any]) -> str:
    effect = statement.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PolicyError(f"Effect {effect!r} is neither Allow nor Deny")
    return str(effect)


def _applies(statement: Mapping[str, Any], resource: str) -> bool:
    # Actions are case-insensitive, resources are not.
    return _named(statement, "Action", ACTION.lower(), str.lower) and _named(
        statement, "Resource", resource, str
    )


def _named(
    statement: Mapping[str, Any], member: str, value: str, fold: Callable[[str], str]
) -> bool:
    """Whether `Action` or `NotAction` (or `Resource` or `NotResource`) covers a value."""
    for name, wanted in ((member, True), (f"Not{member}", False)):
        if name in statement:
            return wanted == any(_matches(fold(p), value) for p in _strings(statement[name], name))
    raise PolicyError(f"a Statement has no {member}")


def _strings(value: object, name: str) -> list[str]:
    values = value if isinstance(value, list) else [value]
    strings = [each for each in values if isinstance(each, str)]
    if len(strings) < len(values):
        raise PolicyError(f"{name} is neither a string nor a list of strings")
    return strings


@functools.lru_cache(512)
def _piece(text: str) -> re.Pattern[str]:
    """What is between two `*` of a pattern; each match has as many characters."""
    return re.compile("".join("." if char == "?" else re.escape(char) for char in text), re.DOTALL)


def _matches(pattern: str, value: str) -> bool:
    """Takes each piece where it comes first, so that no number of `*` needs backtracking."""
    first, *others = pattern.split("*")
    if not others:
        return _piece(first).fullmatch(value) is not None
    *middle, last = others
    at, end = len(first), len(value) - len(last)
    if at > end or not (_piece(first).match(value) and _piece(last).match(value, end)):
        return False
    for each in middle:
        found = _piece(each).search(value, at, end)
        if found is None:
            return False
        at = found.end()
    return True


def _in_network(expected: str, actual: str) -> bool:
    try:
        network = ipaddress.ip_network(expected, strict=False)
    except ValueError as error:
        raise PolicyError(f"{expected!r} is not an IP address range") from error
    return ipaddress.ip_address(actual) in network


def _equal(expected: str, actual: str) -> bool:
    return expected == actual


_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_equal, True),
    "StringNotEquals": (_equal, False),
    "StringLike": (_matches, True),
    "StringNotLike": (_matches, False),
    "IpAddress": (_in_network, True),
    "NotIpAddress": (_in_network, False),
}


def _holds(condition: object, values: Mapping[str, str | None]) -> bool:
    """Every operator and key must hold; of several expected values for a key, one."""
    if condition is None:
        return True
    if not isinstance(condition, dict):
        raise PolicyError("Condition is not an object")
    for operator, keys in condition.items():
        if operator not in _OPERATORS or not isinstance(keys, dict):
            raise PolicyError(
                f"this stage does not evaluate the condition operator {operator!r}, only "
                f"{', '.join(_OPERATORS)}"
            )
        test, wanted = _OPERATORS[operator]
        for key, expected in keys.items():
            if key.lower() not in values:
                raise PolicyError(f"this stage does not know the condition key {key!r}")
            actual = values[key.lower()]
            hit = actual is not None and any(test(e, actual) for e in _strings(expected, key))
            if hit != wanted:
                return False
    return True
