"""The alarms of a template with the values of its parameters, as CloudFormation resolves them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stack.alarms.cloudwatch.alarm import Alarm, from_properties

STACK = "shop"
VERSION = "7"
"""The newest version of the function."""
_ABSENT = object()


def alarms(template: Mapping[str, Any], **parameters: object) -> dict[str, Alarm]:
    """Each alarm by its name; a parameter that is not given has its default."""
    return {
        name: from_properties(properties)
        for name, properties in alarm_properties(template, **parameters).items()
    }


def alarm_properties(template: Mapping[str, Any], **parameters: object) -> dict[str, Any]:
    """The properties of each alarm without intrinsic functions."""
    resolver = _Resolver(template, parameters)
    return {
        name: resolver.resolve(resource["Properties"])
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


class _Resolver:
    def __init__(self, template: Mapping[str, Any], given: Mapping[str, object]) -> None:
        stated = template["Parameters"]
        assert given.keys() <= stated.keys()
        defaults = {name: each["Default"] for name, each in stated.items() if "Default" in each}
        self._values = {**defaults, **given, "AWS::StackName": STACK}
        self._template = template

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            found = [self.resolve(each) for each in value]
            return [each for each in found if each is not _ABSENT]
        if not isinstance(value, dict):
            return value
        (name, argument), *others = value.items()
        if others or not (name == "Ref" or name.startswith("Fn::")):
            return {key: self.resolve(each) for key, each in value.items()}
        return getattr(self, "_" + name.removeprefix("Fn::").lower())(argument)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _ABSENT
        if name in self._values:
            return self._values[name]
        assert name in self._template["Resources"], name
        return name.lower()

    def _sub(self, text: str) -> str:
        return re.sub(r"\$\{([^}]+)\}", lambda found: str(self._ref(found[1])), text)

    def _getatt(self, path: list[str]) -> str:
        # SAM gives Function.Version the name of the version that it makes.
        assert path[0].startswith("Function"), path
        assert path[-1].endswith("Version"), path
        return VERSION

    def _if(self, arguments: list[Any]) -> Any:
        condition, then, otherwise = arguments
        return self.resolve(then if self._holds(condition) else otherwise)

    def _holds(self, name: str) -> bool:
        holds: bool = self.resolve(self._template["Conditions"][name])
        return holds

    def _equals(self, arguments: list[Any]) -> bool:
        left, right = (str(self.resolve(each)) for each in arguments)
        return left == right

    def _not(self, arguments: list[Any]) -> bool:
        return not self.resolve(arguments)[0]

    def _join(self, arguments: list[Any]) -> str:
        separator, parts = arguments
        return str(separator).join(self.resolve(parts))

    def _split(self, arguments: list[Any]) -> list[str]:
        separator, text = arguments
        return str(self.resolve(text)).split(separator)
