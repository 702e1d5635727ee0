"""The resources of one stack that its conditions keep, with their properties resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.files.errors import Problems
from openapi_first.templates.intrinsics.resolver import Resolver
from openapi_first.templates.intrinsics.scope import Scope


@dataclass(frozen=True, slots=True)
class Resource:
    """`pointer` is its place in the template."""

    logical_id: str
    type: str
    written: Mapping[str, Any]
    pointer: str

    @property
    def properties_pointer(self) -> str:
        return f"{self.pointer}/Properties"


@dataclass(frozen=True)
class Stack:
    """`folder` is what local paths start from. `assets` are the files and folders of `cdk.out` by
    the hashes in their keys."""

    scope: Scope
    folder: Path
    assets: Mapping[str, Path] = field(default_factory=dict)
    _resolved: dict[str, dict[str, Any]] = field(default_factory=dict)

    @cached_property
    def resolver(self) -> Resolver:
        return Resolver(self.scope)

    @property
    def problems(self) -> Problems:
        return self.scope.problems

    @cached_property
    def resources(self) -> Mapping[str, tuple[Resource, ...]]:
        """All resources whose conditions are true, by type."""
        found: dict[str, list[Resource]] = {}
        for resource in self._all:
            if self._is_kept(resource):
                found.setdefault(resource.type, []).append(resource)
        return {name: tuple(each) for name, each in found.items()}

    def left_out(self, *names: str) -> Iterator[Resource]:
        """Those of some types whose conditions are false."""
        for resource in self._all:
            if resource.type in names and not self._is_kept(resource):
                yield resource

    def of_type(self, *names: str) -> Iterator[Resource]:
        for name in names:
            yield from self.resources.get(name, ())

    def properties(self, resource: Resource) -> dict[str, Any]:
        """Without intrinsic functions."""
        found = self._resolved.get(resource.logical_id)
        if found is None:
            written = resource.written.get("Properties", {})
            value = self.resolver.value(written, resource.properties_pointer)
            if not isinstance(value, dict):
                self.problems.report(
                    resource.properties_pointer, "the properties must be an object", "Write one."
                )
                value = {}
            found = self._resolved[resource.logical_id] = value
        return found

    def ref(self, resource: Resource) -> str:
        return self.resolver.resources.ref(resource.logical_id, resource.pointer)

    def name(self, resource: Resource) -> str:
        return self.resolver.resources.name(resource.logical_id, resource.pointer)

    def path(self, written: str) -> Path:
        return Path(self.folder, written)

    @cached_property
    def _all(self) -> tuple[Resource, ...]:
        found = []
        for logical_id, written in self.scope.section("Resources").items():
            pointer = f"/Resources/{escaped(logical_id)}"
            if isinstance(written, dict) and isinstance(written.get("Type"), str):
                found.append(Resource(logical_id, written["Type"], written, pointer))
            elif not logical_id.startswith("Fn::"):
                detail = f"the resource {logical_id} has no Type"
                self.problems.report(pointer, detail, "Give it the type of a resource.")
        return tuple(found)

    def _is_kept(self, resource: Resource) -> bool:
        condition = resource.written.get("Condition")
        return condition is None or self.resolver.conditions.holds(
            condition, f"{resource.pointer}/Condition"
        )
