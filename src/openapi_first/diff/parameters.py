"""Compares the parameters of an operation."""

from __future__ import annotations

from openapi_first.diff.documentation import compare_documentation
from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.media_types import sent_otherwise
from openapi_first.diff.schemas.comparison import SchemaComparison
from openapi_first.diff.spelling import spelled_otherwise
from openapi_first.diff.texts import compare_texts
from openapi_first.openapi.model import Operation, Parameter
from openapi_first.openapi.path_templates import variable_names


def compare_parameters(
    old: Operation, new: Operation, schemas: SchemaComparison, changes: Changes
) -> None:
    """Header names are compared in any case, and path variables by their place in the path."""
    before, after = _by_key(old), _by_key(new)
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one is not None and other is not None:
            _parameter(one, other, schemas, changes)
        elif one is not None:
            changes.add("parameter-removed", _part(one), one.node, new.node)
        elif other is not None:
            kind = "required" if other.required else "optional"
            changes.add(f"parameter-added-{kind}", _part(other), old.node, other.node)


def _by_key(operation: Operation) -> dict[tuple[str, str], Parameter]:
    variables = {name: str(index) for index, name in enumerate(variable_names(operation.path))}
    keys = {}
    for parameter in operation.parameters:
        name = parameter.name
        if parameter.location == "header":
            name = name.lower()
        elif parameter.location == "path":
            name = variables.get(name, name)
        keys[(parameter.location, name)] = parameter
    return keys


def _part(parameter: Parameter) -> str:
    return f"{parameter.location} parameter {parameter.name}"


def _parameter(old: Parameter, new: Parameter, schemas: SchemaComparison, changes: Changes) -> None:
    part, places = _part(old), (old.node, new.node)
    if old.name.lower() != new.name.lower() or (old.name != new.name and old.location != "header"):
        changes.add("parameter-renamed", part, *places, f"{old.name} → {new.name}")
    if old.required != new.required:
        kind = "required" if new.required else "optional"
        changes.add(f"parameter-made-{kind}", part, *places)
    if sent_otherwise(old.media_type, new.media_type):
        changes.add("parameter-media-type-changed", part, *places)
    elif old.media_type is None:
        if spelled_otherwise(old, new, schemas):
            detail = f"{_written_style(old)} → {_written_style(new)}"
            changes.add("parameter-style-changed", part, *places, detail)
        before, after = (_allows_reserved(each) for each in (old, new))
        if before != after:
            kind = "allowed" if after else "refused"
            changes.add(f"parameter-reserved-{kind}", part, *places)
    if old.allow_empty != new.allow_empty:
        kind = "allowed" if new.allow_empty else "refused"
        changes.add(f"parameter-empty-{kind}", part, *places)
    compare_texts(old, new, part, schemas, changes)
    compare_documentation(part, old.node, new.node, changes)


def _allows_reserved(parameter: Parameter) -> bool:
    """Only query parameters have it (OpenAPI 3.0.3 §4.7.12.2.1)."""
    return parameter.location == "query" and parameter.node.value.get("allowReserved") is True


def _written_style(parameter: Parameter) -> str:
    return f"{parameter.style}{', explode' if parameter.explode else ''}"
