"""The alarms of a template with the values of its parameters, as CloudFormation resolves them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stack.alarms.cloudwatch.alarm import Alarm, from_properties
from stack.deployed import deployed

STACK = "shop"
STAGE = "prod"
VERSION = "7"
"""The newest version of the function."""


def alarms(template: Mapping[str, Any], **parameters: str) -> dict[str, Alarm]:
    """Each alarm by its name; a parameter that is not given has its default."""
    return {
        name: from_properties(properties)
        for name, properties in alarm_properties(template, **parameters).items()
    }


def alarm_properties(template: Mapping[str, Any], **parameters: str) -> dict[str, Any]:
    """The properties of each alarm without intrinsic functions."""
    found = deployed(template, StageName=STAGE, **parameters).of_type("AWS::CloudWatch::Alarm")
    return {name: _resolved(resource["Properties"]) for name, resource in found.items()}


def _resolved(value: Any) -> Any:
    """With a name made from that of the resource in place of each reference to one."""
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return referred(value["Ref"])
    if "Fn::Sub" in value:
        return re.sub(r"\$\{([^}]+)\}", lambda found: referred(found[1]), value["Fn::Sub"])
    if "Fn::GetAtt" in value:
        # SAM replaces Function.Version by the version that it makes.
        assert value["Fn::GetAtt"][0].startswith("Function")
        assert value["Fn::GetAtt"][-1].endswith("Version")
        return VERSION
    return {key: _resolved(each) for key, each in value.items()}


def referred(name: str) -> str:
    """What a reference to a resource, or to the name of the stack, is in these tests."""
    return STACK if name == "AWS::StackName" else name.lower()
