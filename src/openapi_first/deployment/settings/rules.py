"""The Rules of a template, which CloudFormation evaluates only after everything is built.

AWS: rules-section-structure, intrinsic-function-reference-rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_FUNCTIONS: Mapping[str, Callable[[Any], bool]] = {
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Not": lambda operands: not operands[0],
    "Fn::Equals": lambda operands: str(operands[0]) == str(operands[1]),
    "Fn::Contains": lambda operands: operands[1] in operands[0],
    "Fn::EachMemberEquals": lambda operands: all(each == operands[1] for each in operands[0]),
    "Fn::EachMemberIn": lambda operands: all(each in operands[1] for each in operands[0]),
}

Rules = Mapping[str, Mapping[str, Any]]


def violated(rules: Rules, values: Mapping[str, str | list[str]]) -> Iterator[str]:
    """The description of each assertion that does not hold. A rule with a function that is not
    known here, e.g. Fn::ValueOf, or with a value that is not, is left to CloudFormation."""
    for name, rule in rules.items():
        try:
            if not _value(rule.get("RuleCondition", True), values):
                continue
            for each in rule["Assertions"]:
                if not _value(each["Assert"], values):
                    yield (
                        each.get("AssertDescription")
                        or f"The template's rule {name} does not hold."
                    )
        except (LookupError, TypeError, ValueError):
            continue


def _value(written: Any, values: Mapping[str, str | list[str]]) -> Any:
    if isinstance(written, list):
        return [_value(each, values) for each in written]
    if not isinstance(written, dict):
        return written
    ((function, argument),) = written.items()
    if function == "Ref":
        return values[argument]
    return _FUNCTIONS[function](_value(argument, values))
