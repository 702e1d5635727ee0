"""Schema Objects, and the names of the components that they become.

Every schema that something refers to becomes a component: those of `definitions` under their
names, others, also of other files, under a name that is free.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

from openapi_first.core.json_pointer import unescaped
from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.converted import Converted, Losses

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_BESIDE_REFERENCES = frozenset({"$ref", "title", "description", "example", "externalDocs"})
BINARY = {"type": "string", "format": "binary"}
"""What `type: file` becomes (OpenAPI 3.0.3 §4.7.14.2)."""


class Names:
    """Names of components, which have only letters, digits and . _ - (OpenAPI 3.0.3 §4.7.7)."""

    def __init__(self, kind: str, losses: Losses) -> None:
        self._kind, self._losses = kind, losses
        self._taken: set[str] = set()

    def of_map(self, parts: Part | None) -> dict[str, str]:
        """The name of each member of a map; names that are valid stay as they are."""
        written = list(parts.value) if parts is not None else []
        names = {name: name for name in written if _NAME.fullmatch(name)}
        self._taken.update(names)
        for name in written:
            if name in names:
                continue
            names[name] = self.free(name)
            part = parts.child(name) if parts is not None else None
            if part is not None:
                self._losses.note(part, f"the {self._kind} {name!r} is called {names[name]}")
        return names

    def free(self, wanted: str) -> str:
        """A name like the wanted one that nothing has yet."""
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", wanted).strip("_") or self._kind
        name, number = plain, 2
        while name in self._taken:
            name, number = f"{plain}_{number}", number + 1
        self._taken.add(name)
        return name


class Schemas:
    """Converts schemas; `components` collects those that something refers to."""

    def __init__(self, root: Part, losses: Losses) -> None:
        self._losses = losses
        self._free = Names("schema", losses)
        self._names: dict[Hashable, str] = {}
        self._waiting: list[tuple[str, Part]] = []
        self._components: dict[str, Any] = {}
        definitions = root.child("definitions")
        names = self._free.of_map(definitions)
        for written, name in names.items():
            part = definitions.child(written) if definitions is not None else None
            assert part is not None
            self._names[part.identity] = name
            self._waiting.append((name, part))

    def components(self) -> dict[str, Any]:
        """Every schema of `definitions`, and every other one that something refers to."""
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for name, part in waiting:
                self._components[name] = self.converted(part)
        return self._components

    def converted(self, part: Part) -> Any:
        value = part.value
        if not isinstance(value, dict):
            return value  # additionalProperties
        if isinstance(value.get("$ref"), str):
            return self._reference(part)
        schema: dict[str, Any] = {}
        for key, child in _members(part):
            schema.update(self._member(key, child))
        if schema.get("type") == "array":
            schema.setdefault("items", {})  # required (OpenAPI 3.0.3 §4.7.24)
        return Converted(part, with_null(schema, value.get("x-nullable")))

    def _member(self, key: str, part: Part) -> dict[str, Any]:
        """A member of a schema, which may become another one."""
        if key == "discriminator":
            return {key: Converted(part, {"propertyName": part.value})}
        if key == "additionalProperties":
            return {key: self.converted(part)}
        if key == "items":
            return {key: self._items(part)}
        if key == "allOf":
            return {key: [self.converted(each) for each in _elements(part)]}
        if key == "properties":
            return {key: {name: self.converted(each) for name, each in _members(part)}}
        if key == "type":
            return _typed(part.value)
        return {} if key == "x-nullable" else {key: part.value}

    def _reference(self, part: Part) -> Converted:
        target = part.resolve(part.value["$ref"])
        name = self._names.get(target.identity)
        if name is None:
            name = self._free.free(unescaped(target.pointer.rpartition("/")[2]) or "schema")
            self._names[target.identity] = name
            self._waiting.append((name, target))
        for key in part.value:
            if key not in _BESIDE_REFERENCES and (key == "x-nullable" or key[:2] != "x-"):
                self._losses.note(part, f"{key} beside $ref is ignored")
        return Converted(part, {"$ref": f"#/components/schemas/{name}"})

    def _items(self, part: Part) -> Any:
        """Swagger's own schema also admits a list of schemas, one for each place, of draft 4."""
        if not isinstance(part.value, list):
            return self.converted(part)
        self._losses.unenforced(part, "the list in `items` is read as alternatives for each item")
        return Converted(part, {"anyOf": [self.converted(each) for each in _elements(part)]})


def with_null(schema: dict[str, Any], nullable: object) -> dict[str, Any]:
    """The schema, which `x-nullable: true` lets be null."""
    if nullable is True:
        schema["nullable"] = True
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _typed(written: Any) -> dict[str, Any]:
    """A type, or the list of types that draft 4 has, as OpenAPI 3.0 writes it."""
    if written == "file":
        return dict(BINARY)
    types = [written] if isinstance(written, str) else list(written)
    others = [each for each in types if each != "null"]
    if not others:
        return {"nullable": True, "enum": [None]}
    null = {"nullable": True} if len(others) < len(types) else {}
    if len(others) == 1:
        return {"type": others[0], **null}
    items: dict[str, Any] = {"items": {}}
    return {
        "anyOf": [{"type": each, **(items if each == "array" else {}), **null} for each in others]
    }


def _elements(part: Part) -> list[Part]:
    found = [part.child(index) for index in range(len(part.value))]
    return [each for each in found if each is not None]


def _members(part: Part) -> list[tuple[str, Part]]:
    found = [(name, part.child(name)) for name in part.value]
    return [(name, each) for name, each in found if each is not None]
