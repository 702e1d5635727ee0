"""Runs a command of the AWS CLI, as a message prints it, through boto3.

The names and types of options come from the same models as the CLI's (AWS CLI User Guide,
"Specifying parameter values", "Using shorthand syntax").
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name
from botocore.model import Shape


def run_aws(command: str) -> Any:
    """Raises LookupError for an option that the operation does not have."""
    program, service, operation, *words = shlex.split(command)
    assert program == "aws"
    options = _options(words)
    client: Any = boto3.client(service, region_name=options.pop("region")[0])  # type: ignore[call-overload]
    name = client.meta.method_to_api_mapping[operation.replace("-", "_")]
    members = client.meta.service_model.operation_model(name).input_shape.members
    by_option = {xform_name(member, "-"): (member, shape) for member, shape in members.items()}
    arguments = {}
    for option, values in options.items():
        member, shape = by_option[option]
        arguments[member] = _value(shape, values)
    return getattr(client, operation.replace("-", "_"))(**arguments)


def _options(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            found[word[2:]] = last = []
        else:
            last.append(word)
    return found


def _value(shape: Shape | Any, values: list[str]) -> Any:
    if shape.type_name == "boolean":
        assert not values, "a flag has no value"
        return True
    if shape.type_name == "list":
        return [dict(pair.split("=", 1) for pair in each.split(",")) for each in values]
    (value,) = values
    if shape.type_name == "structure":
        name, _, written = value.partition("=")
        assert written == "{}", "an empty map"
        return {name: {}}
    if shape.type_name == "blob":
        assert value.startswith("fileb://")
        return Path(value.removeprefix("fileb://")).read_bytes()
    return value
