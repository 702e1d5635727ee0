"""The physical names, `Ref` and attributes of the resources of a stack."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.intrinsics.resource_types import RESOURCE_TYPES, ResourceType
from openapi_first.templates.intrinsics.scope import Scope

_LONGEST_NAME = 64


class Resources:
    """`resolve` resolves a property, given its JSON Pointer; `holds` decides a condition, too."""

    def __init__(
        self,
        scope: Scope,
        resolve: Callable[[Any, str], Any],
        holds: Callable[[object, str], bool],
    ) -> None:
        self._scope, self._resolve, self._holds = scope, resolve, holds
        self._names: dict[str, str] = {}
        self._noted: set[tuple[str, str]] = set()
        self._open: list[str] = []

    def ref(self, logical_id: str, pointer: str) -> str:
        """What `Ref` of the resource returns."""
        resource = self._resource(logical_id, pointer)
        if resource is None:
            return ""
        return self._filled(self._type(resource).ref, logical_id, pointer)

    def attribute(self, logical_id: str, attribute: str, pointer: str) -> str | list[str]:
        """What `Fn::GetAtt` returns; a made string, which is noted, for an unknown attribute."""
        resource = self._resource(logical_id, pointer)
        if resource is None:
            return ""
        kind = self._type(resource)
        if attribute in kind.lists:
            return [self._filled(kind.lists[attribute], logical_id, pointer)]
        written = kind.arn if attribute == "Arn" else kind.attributes.get(attribute, "")
        if written:
            return self._filled(written, logical_id, pointer)
        scope, type_name = self._scope, str(resource.get("Type"))
        name = self.name(logical_id, pointer)
        made = f"{name}-{attribute}"
        if attribute == "Arn":
            service = type_name.split("::")[1].lower() if type_name.count("::") > 1 else "custom"
            made = f"arn:{scope.partition}:{service}:{scope.region}:{scope.account_id}:{name}"
        detail = f"the attribute {attribute} of {logical_id} ({type_name}) is not known here"
        if (logical_id, attribute) not in self._noted:
            self._noted.add((logical_id, attribute))
            scope.problems.note(pointer, f"{detail}; {made} stands for it")
        return made

    def name(self, logical_id: str, pointer: str) -> str:
        """The physical name: that of the template, or one made from the stack's."""
        if logical_id in self._names:
            return self._names[logical_id]
        if logical_id in self._open:
            chain = " -> ".join((*self._open[self._open.index(logical_id) :], logical_id))
            detail = f"the names of resources refer to each other: {chain}"
            self._scope.problems.report(pointer, detail, "Remove one of the references.")
            return logical_id
        self._open.append(logical_id)
        try:
            found = self._names[logical_id] = self._name(logical_id)
        finally:
            self._open.pop()
        return found

    def _name(self, logical_id: str) -> str:
        resource = self._scope.section("Resources").get(logical_id, {})
        kind = self._type(resource)
        properties = resource.get("Properties")
        properties = properties if isinstance(properties, dict) else {}
        base = f"/Resources/{escaped(logical_id)}/Properties"
        type_name = resource.get("Type")
        if type_name in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
            function = self._resolve(properties.get("FunctionName"), f"{base}/FunctionName")
            name = str(function).rpartition(":function:")[2]
            if type_name == "AWS::Lambda::Version":
                return f"{name}:1"
            return f"{name}:{self._resolve(properties.get('Name'), f'{base}/Name')}"
        if kind.named_by in properties:
            written = self._resolve(properties[kind.named_by], f"{base}/{kind.named_by}")
            if isinstance(written, str) and written:
                return written
        made = f"{self._scope.stack}-{logical_id}"
        if len(made) > _LONGEST_NAME:
            made = f"{made[: _LONGEST_NAME - 11]}-{self._scope.made_id(logical_id)}"
        return made.lower() if kind.is_lower else made

    def _filled(self, written: str, logical_id: str, pointer: str) -> str:
        scope = self._scope
        made = scope.made_id(logical_id)
        values = {
            "partition": scope.partition,
            "region": scope.region,
            "account": scope.account_id,
            "suffix": scope.suffix,
            "id": made,
            "short": made[:6],
        }
        if "{name}" in written:
            values["name"] = self.name(logical_id, pointer)
        return written.format_map(values)

    def _resource(self, logical_id: str, pointer: str) -> dict[str, Any] | None:
        resources = self._scope.section("Resources")
        resource = resources.get(logical_id)
        if isinstance(resource, dict):
            self._note_left_out(logical_id, resource, pointer)
            return resource
        near = difflib.get_close_matches(
            logical_id, [*resources, *self._scope.section("Parameters")], 1
        )
        remedy = f"Did you mean {near[0]}?" if near else "Declare it in the template."
        detail = f"there is no parameter and no resource {logical_id}"
        self._scope.problems.report(pointer, detail, remedy)
        return None

    def _note_left_out(self, logical_id: str, resource: dict[str, Any], pointer: str) -> None:
        condition = resource.get("Condition")
        place = f"/Resources/{escaped(logical_id)}/Condition"
        if condition is not None and not self._holds(condition, place):
            self._scope.problems.note(
                pointer,
                f"the condition {condition} leaves {logical_id} out, and AWS refuses a reference "
                f"to it; write it with Fn::If {condition}",
            )

    def _type(self, resource: dict[str, Any]) -> ResourceType:
        return RESOURCE_TYPES.get(str(resource.get("Type")), _OTHER)


_OTHER = ResourceType()
