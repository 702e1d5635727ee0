"""Operators on requests: constraints that nobody checks, and values that nobody handles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from mutants.operators.changes import Change, Document, Operator
from mutants.operators.schema_parts import everything
from openapi_first.core.json_pointer import unescaped
from openapi_first.documents.node import Node
from openapi_first.openapi.links import links_of
from openapi_first.openapi.model import Contract

_LOWER = ("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum")
_DROPPED = ("pattern", "uniqueItems", "multipleOf", "const", "format", "additionalProperties",
            "unevaluatedProperties", "type", "enum", "required")  # fmt: skip
_FORMATS = ("date-time", "date", "uuid", "email", "uri", "ipv4")


def _at(document: Document, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        key = unescaped(step)
        document = document[int(key) if isinstance(document, list) else key]
    return document


def _schemas(contract: Contract, *, loosened: bool) -> Iterator[tuple[str, Node]]:
    """The schemas of requests, each once, with the name of its place.

    Loosened ones are not those of path variables, since nothing exists at what they forbid, nor
    those of values that only links give.
    """
    bound = {
        (link.target.id, key)
        for link in links_of(contract)
        for key, value in link.parameters.items()
        if not str(value).startswith("$request.")
    }
    seen: set[object] = set()
    for operation in contract.operations:
        places = [
            (f"{each.location} {each.name}", each.schema)
            for each in operation.parameters
            if not (loosened and each.location == "path")
            and (operation.id, f"{each.location} {each.name}") not in bound
        ]
        content = operation.body.content if operation.body is not None else ()
        places += [
            ("body" if "json" in each.name else "form", each.schema)
            for each in content
            if each.schema is not None
        ]
        for place, schema in places:
            for node, _ in everything(schema):
                if node.identity not in seen:
                    seen.add(node.identity)
                    yield f"{operation.id} {place} {node.pointer.rpartition('schema')[2]}", node


def _by_keyword(
    edit: Callable[[str, dict[str, Any]], Iterator[tuple[str, Any]]], *, loosened: bool
) -> Callable[[Contract], Iterator[Change]]:
    """`edit` yields keywords with their new values, `...` to drop them."""

    def changes(contract: Contract) -> Iterator[Change]:
        for place, node in _schemas(contract, loosened=loosened):
            for keyword in sorted(node.value):
                for name, value in edit(keyword, node.value):
                    if " body " not in place and (
                        (name, value) == ("minItems", 0)
                        or (name == "type" and node.value["type"] == "string")
                    ):
                        continue  # text cannot be an empty list, and is always a string

                    def change(
                        document: Document, node: Node = node, name: str = name, value: Any = value
                    ) -> None:
                        schema = _at(document, node.pointer)
                        if value is ...:
                            del schema[name]
                        else:
                            schema[name] = value

                    yield Change(f"{place} {keyword} {_shown(value)}", contract=change)

    return changes


def _shown(value: Any) -> str:
    return "dropped" if value is ... else str(value)[:40]


def _step(schema: dict[str, Any]) -> float | int:
    if schema.get("multipleOf"):
        return (
            float(schema["multipleOf"]) if schema.get("type") != "integer" else schema["multipleOf"]
        )
    return 1


def _moved(keyword: str, schema: dict[str, Any], direction: int) -> Iterator[tuple[str, Any]]:
    """Bounds that are moved by one: outwards for 1, inwards for -1."""
    bound = schema[keyword]
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        return
    if keyword in _LOWER:
        moved = bound - direction * _step(schema)
        if moved >= 0 or keyword in ("minimum", "exclusiveMinimum"):
            yield keyword, _plain(moved)
    elif keyword in _UPPER:
        yield keyword, _plain(bound + direction * _step(schema))


def _plain(number: float) -> float | int:
    number = round(number, 6)
    return int(number) if math.floor(number) == number else number


def _loosened(keyword: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _moved(keyword, schema, 1)


def _tightened(keyword: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _moved(keyword, schema, -1)
    if keyword == "enum" and len(schema["enum"]) > 1:
        yield keyword, schema["enum"][:-1]
    if keyword == "nullable" and schema["nullable"]:
        yield keyword, ...
    if keyword == "type" and isinstance(schema["type"], list) and "null" in schema["type"]:
        yield keyword, [each for each in schema["type"] if each != "null"]
    if keyword == "properties":
        optional = [each for each in schema["properties"] if each not in schema.get("required", ())]
        for name in optional:
            yield "required", [*schema.get("required", ()), name]


def _dropped(keyword: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if keyword not in _DROPPED or (keyword == "format" and schema["format"] not in _FORMATS):
        return
    if keyword == "type" and not (isinstance(schema["type"], str) and schema["type"] != "object"):
        return
    if (
        keyword in ("additionalProperties", "unevaluatedProperties")
        and schema[keyword] is not False
    ):
        return
    if keyword == "multipleOf" and schema.get("type") == "integer" and schema[keyword] == 1:
        return
    if keyword == "type" and schema.keys() & {"enum", "const", "pattern", "format"}:
        return
    if keyword != "required":
        yield keyword, ...
    for name in schema["required"] if keyword == "required" else ():
        rest = [each for each in schema["required"] if each != name]
        yield keyword, rest or ...


def _optional_parts(contract: Contract) -> Iterator[Change]:
    """Required bodies and parameters that may be left out."""
    for operation in contract.operations:
        required = [
            each.node for each in operation.parameters if each.required and each.location != "path"
        ]
        if operation.body is not None and operation.body.required:
            required.append(operation.body.node)
        for node in required:

            def change(document: Document, pointer: str = node.pointer) -> None:
                del _at(document, pointer)["required"]

            yield Change(f"{operation.id} {node.pointer.rpartition('/')[2]}", contract=change)


def _any_media_type(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations:
        if operation.body is not None:

            def change(document: Document, pointer: str = operation.body.node.pointer) -> None:
                _at(document, pointer)["content"]["*/*"] = {}

            yield Change(operation.id, contract=change)


_LOOSENED = _by_keyword(_loosened, loosened=True)
_TIGHTENED = _by_keyword(_tightened, loosened=False)
_UNCHECKED = _by_keyword(_dropped, loosened=True)
OPERATORS = tuple(
    Operator(name, fault, changes)
    for name, fault, changes in (
        ("bound-loosened", "a bound of a request is wider by one", _LOOSENED),
        ("bound-tightened", "a constraint of a request is narrower", _TIGHTENED),
        ("constraint-dropped", "a constraint of a request is not checked", _UNCHECKED),
        ("required-optional", "a required part of a request may be left out", _optional_parts),
        ("any-media-type", "a body of any media type is taken", _any_media_type),
    )
)
