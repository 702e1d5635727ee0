"""The Rules of a template, which CloudFormation evaluates before it makes anything.

AWS: rules-section-structure, intrinsic-function-reference-rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.aws_account.messages import invalid


def check_rules(rules: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Raises AwsError ValidationError with the descriptions of the assertions that do not hold."""
    broken = [
        f"{name}: {each.get('AssertDescription', each['Assert'])}"
        for name, rule in rules.items()
        if _value(rule.get("RuleCondition", True), parameters)
        for each in rule["Assertions"]
        if not _value(each["Assert"], parameters)
    ]
    if broken:
        raise invalid(f"Template error: rules are violated: {'; '.join(broken)}")


def _value(written: Any, parameters: Mapping[str, Any]) -> Any:
    if isinstance(written, list):
        return [_value(each, parameters) for each in written]
    if not isinstance(written, dict):
        return written
    ((name, argument),) = written.items()
    if name == "Ref":
        return parameters[argument]
    values = _value(argument, parameters)
    if name == "Fn::Equals":
        return str(values[0]) == str(values[1])
    if name == "Fn::Not":
        return not values[0]
    if name in ("Fn::And", "Fn::Or"):
        return (all if name == "Fn::And" else any)(values)
    if name == "Fn::Contains":
        return values[1] in values[0]
    if name == "Fn::EachMemberEquals":
        return all(each == values[1] for each in values[0])
    if name == "Fn::EachMemberIn":
        return all(each in values[1] for each in values[0])
    raise LookupError(f"{name} in Rules")
