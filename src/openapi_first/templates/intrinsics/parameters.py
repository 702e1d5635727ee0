"""The values of a template's parameters (AWS: parameters-section-structure)."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.files.errors import Problems

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SSM = "AWS::SSM::Parameter::Value<"


def parameter_values(
    template: Mapping[str, Any], given: Mapping[str, str], problems: Problems
) -> dict[str, Any]:
    """A string for each parameter, a list of strings for those of a list type.

    Every missing or invalid value is reported.
    """
    values: dict[str, Any] = {}
    declared = template.get("Parameters")
    for name, parameter in declared.items() if isinstance(declared, dict) else ():
        pointer = f"/Parameters/{escaped(name)}"
        if name.startswith("Fn::"):
            detail = f"AWS takes no {name} in Parameters"
            problems.report(pointer, detail, "Write the parameters themselves.")
            continue
        if not isinstance(parameter, dict):
            problems.report(pointer, "a parameter must be an object", "Give it a Type.")
            continue
        written = given.get(name, parameter.get("Default"))
        if written is None:
            problems.report(
                pointer,
                f"the parameter {name} has no value",
                f"Give it one with --parameter {name}=VALUE, or a Default.",
            )
            values[name] = ""
            continue
        values[name] = _checked(name, parameter, written, pointer, problems)
    return values


def unknown_names(
    template: Mapping[str, Any], given: Mapping[str, str], exports: set[str], problems: Problems
) -> None:
    """Reports each value that is given to neither a parameter nor an imported export."""
    declared = template.get("Parameters")
    names = [*(declared if isinstance(declared, dict) else ()), *sorted(exports)]
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            known = f"The template has {', '.join(names)}." if names else "The template has none."
            remedy = f"Did you mean {near[0]}?" if near else known
            problems.report("/Parameters", f"there is no parameter {name}", remedy)


def ssm_parameters(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """The names in the Parameter Store, by the parameters whose values stand there."""
    declared = template.get("Parameters")
    return {
        name: str(parameter.get("Default"))
        for name, parameter in (declared.items() if isinstance(declared, dict) else ())
        if isinstance(parameter, dict)
        and str(parameter.get("Type", "")).startswith(_SSM)
        and name not in given
    }


def text_of(value: Any) -> str:
    """A scalar as CloudFormation writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _checked(
    name: str, parameter: Mapping[str, Any], written: Any, pointer: str, problems: Problems
) -> Any:
    kind, is_list = _kind(parameter)
    if isinstance(written, dict | list) and not (is_list and isinstance(written, list)):
        problems.report(pointer, f"the parameter {name} must be a string", "Write a string.")
        return [] if is_list else ""
    parts = _parts(written, is_list)
    shown = "its value" if parameter.get("NoEcho") else repr(",".join(parts))
    remedy = f"Give another with --parameter {name}=VALUE."
    for reason in _violations(kind, parameter, parts):
        told = parameter.get("ConstraintDescription")
        detail = f"the parameter {name}: {shown} {reason}"
        problems.report(pointer, f"{detail}: {told}" if told else detail, remedy)
    return parts if is_list else parts[0]


def violations(parameter: Mapping[str, Any], written: str) -> list[str]:
    """What a parameter's constraints refuse about a value: "is above MaxValue 28"."""
    kind, is_list = _kind(parameter)
    reasons = _violations(kind, parameter, _parts(written, is_list))
    told = parameter.get("ConstraintDescription")
    return [f"{reason}: {told}" if told else reason for reason in reasons]


def _kind(parameter: Mapping[str, Any]) -> tuple[str, bool]:
    """The type of the value, and whether it is a list."""
    kind = str(parameter.get("Type", "String"))
    if kind.startswith(_SSM):
        kind = kind.removeprefix(_SSM).removesuffix(">")
    return kind, kind == "CommaDelimitedList" or kind.startswith("List<")


def _parts(written: Any, is_list: bool) -> list[str]:
    if isinstance(written, list):
        return [text_of(part) for part in written]
    text = text_of(written)
    return [part.strip() for part in text.split(",")] if is_list else [text]


def _violations(kind: str, parameter: Mapping[str, Any], parts: list[str]) -> list[str]:
    found = _not_allowed(parameter, parts)
    if "Number" in kind:
        if any(_number(part) is None for part in parts):
            return [*found, "is not a number"]
        sizes, low, high = [_number(part) for part in parts], "MinValue", "MaxValue"
    else:
        sizes, low, high = [float(len(part)) for part in parts], "MinLength", "MaxLength"
    least, most = (_number(parameter.get(key)) for key in (low, high))
    for size in sizes:
        assert size is not None
        if least is not None and size < least:
            found.append(f"is below {low} {parameter[low]}")
        if most is not None and size > most:
            found.append(f"is above {high} {parameter[high]}")
    return found


def _not_allowed(parameter: Mapping[str, Any], parts: list[str]) -> list[str]:
    found = []
    allowed = parameter.get("AllowedValues")
    if isinstance(allowed, list):
        names = [text_of(each) for each in allowed]
        if any(part not in names for part in parts):
            found.append(f"is not one of {', '.join(names)}")
    pattern = parameter.get("AllowedPattern")
    if isinstance(pattern, str):
        try:
            if any(re.fullmatch(pattern, part) is None for part in parts):
                found.append(f"does not match {pattern}")
        except re.error as error:
            found.append(f"cannot be checked, since AllowedPattern is invalid: {error}")
    return found


def _number(value: Any) -> float | None:
    # float() also takes 5_12 and the digits of other scripts.
    if isinstance(value, str) and _NUMBER.fullmatch(value) is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
