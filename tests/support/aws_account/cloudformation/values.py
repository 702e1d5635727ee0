"""The values in a template of one stack: references, conditions, and the order of its resources.

AWS: intrinsic-function-reference, aws-attribute-dependson.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.templates.intrinsics.parameters import text_of
from openapi_first.templates.intrinsics.resolver import Resolver
from openapi_first.templates.intrinsics.resources import Resources
from openapi_first.templates.intrinsics.scope import Scope
from support.aws_account.cloudformation.kind import Made
from support.aws_account.cloudformation.stacks import Stack
from support.aws_account.cloudformation.templates import Template, raise_errors
from support.aws_account.messages import invalid
from support.aws_account.region import Region

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""Stands for the id of a resource that does not exist yet (AWS: API_ResourceTargetDefinition)."""


class _StackResources(Resources):
    """Answers with what has been made."""

    made: Mapping[str, Made]

    def ref(self, logical_id: str, pointer: str) -> str:
        found = self.made.get(logical_id)
        return UNKNOWN if found is None else found.physical_id

    def attribute(self, logical_id: str, attribute: str, pointer: str) -> str | list[str]:
        found = self.made.get(logical_id)
        if found is None:
            return UNKNOWN
        if attribute not in found.attributes:
            raise LookupError(f"{found.type} has no attribute {attribute} here")
        return found.attributes[attribute]


@dataclass(slots=True)
class _StackScope(Scope):
    stack_id: str = ""

    def pseudo_parameter(self, name: str) -> Any:
        if name == "AWS::StackId":
            return self.stack_id
        return Scope.pseudo_parameter(self, name)


class Values:
    """The values in a template of one stack; `made` has what exists, and may grow."""

    def __init__(
        self,
        template: Template,
        region: Region,
        stack: str,
        stack_id: str,
        made: Mapping[str, Made],
    ) -> None:
        self._template = template
        scope = _StackScope(
            template.processed,
            template.problems,
            template.parameters,
            region.name,
            region.account,
            stack,
            stack_id=stack_id,
        )
        self._resolver = Resolver(scope)
        resources = _StackResources(scope, self._resolver.value, self._resolver.conditions.holds)
        resources.made = made
        self._resolver.resources = resources

    def resolved(self, value: Any) -> Any:
        found = self._resolver.value(value, "")
        raise_errors(self._template.problems)
        return found

    def properties(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """As JSON has them, so that they can be compared."""
        found: dict[str, Any] = json.loads(
            json.dumps(self.resolved(written.get("Properties", {})), default=text_of)
        )
        return found

    def holds(self, written: Mapping[str, Any]) -> bool:
        condition = written.get("Condition")
        return condition is None or self._resolver.conditions.holds(condition, "")

    def ordered(self) -> list[tuple[str, dict[str, Any]]]:
        """The resources that there are to be, each after those that it refers to.

        Raises AwsError ValidationError for a reference to what there is not, and for a circle.
        """
        there = {
            name: resource
            for name, resource in self._template.resources.items()
            if self.holds(resource)
        }
        needed = {name: self.needed_by(each) for name, each in there.items()}
        lacking = {each for names in needed.values() for each in names if each not in there}
        if lacking:
            names = ", ".join(sorted(lacking))
            raise invalid(
                f"Template format error: Unresolved resource dependencies [{names}] in the "
                "Resources block of the template"
            )
        for name, each in there.items():
            needed[name] |= _names(each.get("DependsOn", [])) & there.keys()
        order: list[tuple[str, dict[str, Any]]] = []
        done: set[str] = set()
        while len(done) < len(there):
            ready = [name for name in there if name not in done and needed[name] <= done]
            if not ready:
                names = ", ".join(name for name in there if name not in done)
                raise invalid(f"Circular dependency between resources: [{names}]")
            order += [(name, there[name]) for name in ready]
            done.update(ready)
        return order

    def needed_by(self, written: Mapping[str, Any]) -> set[str]:
        """What the properties and the metadata of a resource refer to, as its conditions are."""
        found = [*self._references(written.get("Properties"))]
        found += self._references(written.get("Metadata"))
        return set(found)

    def _references(self, value: Any) -> Iterator[str]:
        if isinstance(value, list):
            for each in value:
                yield from self._references(each)
            return
        if not isinstance(value, dict):
            return
        if value.keys() == {"Fn::If"}:
            condition, then, otherwise = value["Fn::If"]
            holds = self._resolver.conditions.holds(condition, "")
            yield from self._references(then if holds else otherwise)
            return
        if value.keys() in ({"Ref"}, {"Fn::GetAtt"}, {"Fn::Sub"}):
            yield from _referred(value, self._template.parameters)
        for each in value.values():
            yield from self._references(each)


def _referred(function: Mapping[str, Any], parameters: Mapping[str, Any]) -> Iterator[str]:
    ((name, argument),) = function.items()
    if name == "Fn::GetAtt":
        yield argument.partition(".")[0] if isinstance(argument, str) else argument[0]
        return
    own: Mapping[str, Any] = {}
    if name == "Fn::Sub" and isinstance(argument, list):
        argument, own = argument
    names = [argument] if name == "Ref" else _substituted(argument)
    for each in names:
        if each not in parameters and each not in own and not each.startswith("AWS::"):
            yield each


def _substituted(text: str) -> list[str]:
    parts = text.split("${")[1:]
    names = [part.partition("}")[0].strip() for part in parts if not part.startswith("!")]
    return [name.partition(".")[0] for name in names]


def _names(depends_on: Any) -> set[str]:
    return {depends_on} if isinstance(depends_on, str) else set(depends_on)


def values_of(template: Template, region: Region, stack: Stack) -> Values:
    return Values(template, region, stack.name, stack.id, stack.resources)


def outputs(template: Template, region: Region, stack: Stack) -> list[dict[str, Any]]:
    """The outputs that the conditions keep."""
    values = values_of(template, region, stack)
    return [
        {
            "OutputKey": name,
            "OutputValue": str(values.resolved(written["Value"])),
            "Description": written.get("Description"),
        }
        for name, written in template.processed.get("Outputs", {}).items()
        if values.holds(written)
    ]
