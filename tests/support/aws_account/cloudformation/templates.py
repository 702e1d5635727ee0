"""Templates of stacks: read, translated, with their parameters, conditions and references.

AWS: template-anatomy; the transform is the one that CloudFormation runs, aws-sam-translator.
"""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.documents.errors import ContractError
from openapi_first.templates.files.errors import Problems
from openapi_first.templates.files.tags import read_file
from openapi_first.templates.intrinsics.parameters import parameter_values, text_of
from openapi_first.templates.intrinsics.resolver import Resolver
from openapi_first.templates.intrinsics.resources import Resources
from openapi_first.templates.intrinsics.scope import Scope
from openapi_first.templates.sam.translation import is_sam, translated
from support.aws_account.cloudformation.made import Made
from support.aws_account.cloudformation.rules import check_rules
from support.aws_account.protocols import invalid
from support.aws_account.region import Region

_NEWER = ("SecurityPolicy", "EndpointAccessMode")
UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""Stands for the id of a resource that does not exist yet (AWS: API_ResourceTargetDefinition)."""


@dataclass(frozen=True)
class Template:
    """`body` as it was sent; `processed` after the transform; `parameters` are their values."""

    body: str
    processed: dict[str, Any]
    parameters: Mapping[str, Any]
    problems: Problems

    @property
    def is_transformed(self) -> bool:
        return is_sam(self.problems.source.value)

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.processed.get("Resources", {})
        return found


def read(
    body: str, given: list[Mapping[str, Any]], previous: Mapping[str, str], region: Region
) -> Template:
    """The template. `given` is the Parameters of a request. Raises AwsError ValidationError."""
    problems = _problems(body)
    written = problems.source.value
    if not isinstance(written, dict) or not isinstance(written.get("Resources"), dict):
        raise invalid("Template format error: At least one Resources member must be defined.")
    declared = written.get("Parameters", {})
    values = _given(declared, given, previous)
    parameters = parameter_values(written, values, problems)
    _raise(problems)
    processed = written
    if is_sam(written):
        processed = _translated(problems, parameters, region)
    check_rules(written.get("Rules", {}), parameters)
    return Template(body, processed, parameters, problems)


def _translated(
    problems: Problems, parameters: Mapping[str, Any], region: Region
) -> dict[str, Any]:
    """CloudFormation's translator is newer than the one that can be installed beside the pydantic
    of the other tests: 1.115 passes some properties on to the REST API that 1.106 does not know."""
    written = copy.deepcopy(problems.source.value)
    newer: dict[str, dict[str, Any]] = {}
    for logical_id, resource in written["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Api":
            given = resource["Properties"]
            newer[logical_id] = {name: given.pop(name) for name in _NEWER if name in given}
    found = translated(written, parameters, region.name, problems, lambda value, _: value)
    _raise(problems)
    for logical_id, properties in newer.items():
        found["Resources"][logical_id]["Properties"] |= properties
    return found


def _problems(body: str) -> Problems:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template")
        file.write_text(body)
        try:
            return Problems(read_file(file))
        except ContractError as error:
            raise invalid(f"Template format error: {error}") from error


def _given(
    declared: Mapping[str, Any], given: list[Mapping[str, Any]], previous: Mapping[str, str]
) -> dict[str, str]:
    """AWS: API_Parameter. A parameter that is not given has its default, whatever it was before."""
    names = [each["ParameterKey"] for each in given]
    if unknown := [name for name in names if name not in declared]:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {}
    for each in given:
        name = each["ParameterKey"]
        if not each.get("UsePreviousValue"):
            values[name] = each["ParameterValue"]
        elif name in previous:
            values[name] = previous[name]
        else:
            raise invalid(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template"
            )
    lacking = [name for name in declared if name not in values and "Default" not in declared[name]]
    if lacking:
        raise invalid(f"Parameters: [{', '.join(lacking)}] must have values")
    return values


def _raise(problems: Problems) -> None:
    if problems.errors:
        raise invalid("; ".join(each.detail for each in problems.errors))


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
        _raise(self._template.problems)
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
