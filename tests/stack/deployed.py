"""What a template deploys with the values of its parameters, decided apart from the engine's own
reader of templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_PLACE = re.compile(r"\$\{([^}]+)\}")
_NO_VALUE = {"Ref": "AWS::NoValue"}
_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "Fn::Equals": lambda pair: str(pair[0]) == str(pair[1]),
    "Fn::Not": lambda only: not only[0],
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Join": lambda pair: pair[0].join(pair[1]),
    "Fn::Split": lambda pair: pair[1].split(pair[0]),
    "Fn::EachMemberEquals": lambda pair: all(each == pair[1] for each in pair[0]),
}


@dataclass(frozen=True)
class Deployed:
    """`resources` and `outputs` as CloudFormation acts on them: without those whose condition does
    not hold, without `Fn::If`, and with the values of parameters in place of their names."""

    resources: Mapping[str, Any]
    outputs: Mapping[str, Any]

    def properties(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.resources[name].get("Properties", {})
        return found

    def of_type(self, kind: str) -> dict[str, Any]:
        return {name: each for name, each in self.resources.items() if each["Type"] == kind}


def deployed(template: Mapping[str, Any], **given: str) -> Deployed:
    """A parameter that is not given has its default."""
    decisions = _Decisions(template, given)
    resources, outputs = (
        {
            name: decisions.value(each)
            for name, each in template[section].items()
            if "Condition" not in each or decisions.holds(each["Condition"])
        }
        for section in ("Resources", "Outputs")
    )
    return Deployed(resources, outputs)


def refusals(template: Mapping[str, Any], **given: str) -> list[str]:
    """What CloudFormation says to these parameters before it does anything: the Rules."""
    decisions = _Decisions(template, given)
    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        if decisions.value(rule.get("RuleCondition", True))
        for assertion in rule["Assertions"]
        if not decisions.value(assertion["Assert"])
    ]


class _Decisions:
    def __init__(self, template: Mapping[str, Any], given: Mapping[str, str]) -> None:
        declared = template["Parameters"]
        assert given.keys() <= declared.keys(), f"no such parameters: {given.keys() - declared}"
        texts = {name: str(each.get("Default", "")) for name, each in declared.items()}
        self._parameters: dict[str, Any] = {**texts, **given}
        for name, each in declared.items():
            if each["Type"] == "CommaDelimitedList":
                self._parameters[name] = self._parameters[name].split(",")
        self._conditions = template["Conditions"]

    def holds(self, condition: str) -> bool:
        return bool(self.value(self._conditions[condition]))

    def value(self, written: Any) -> Any:
        if isinstance(written, list):
            return [self.value(each) for each in written if not self._is_nothing(each)]
        if not isinstance(written, dict):
            return written
        if len(written) == 1:
            ((name, argument),) = written.items()
            if name == "Fn::If":
                return self.value(self._chosen(argument))
            if name == "Condition" and argument in self._conditions:
                return self.holds(argument)
            if name == "Ref" and argument in self._parameters:
                return self._parameters[argument]
            if name == "Fn::Sub" and self._has_values(argument):
                return _PLACE.sub(lambda found: self._parameters[found[1]], argument)
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self.value(argument))
        return {
            key: self.value(each) for key, each in written.items() if not self._is_nothing(each)
        }

    def _has_values(self, text: Any) -> bool:
        return isinstance(text, str) and set(_PLACE.findall(text)) <= self._parameters.keys()

    def _chosen(self, argument: list[Any]) -> Any:
        condition, then, otherwise = argument
        return then if self.holds(condition) else otherwise

    def _is_nothing(self, written: Any) -> bool:
        while isinstance(written, dict) and "Fn::If" in written:
            written = self._chosen(written["Fn::If"])
        return bool(written == _NO_VALUE)
