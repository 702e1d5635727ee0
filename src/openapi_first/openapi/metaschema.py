"""Validates a document against OpenAPI's own schema, and 3.1 Schema Objects against JSON Schema's.

The schemas come from openapi-spec-validator; this module turns their errors into diagnostics with
a file, a line and a remedy.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from openapi_first.openapi.errors import ContractError, Diagnostic
from openapi_first.openapi.node import Node
from openapi_first.openapi.references import bundled


def check_shape(root: Node, version: str) -> Iterator[Diagnostic]:
    """Every violation of OpenAPI's own schema of the version (`3.0` or `3.1`), in all files of the
    contract."""
    quick, thorough = _shape_validators(version)
    document = bundled(root)
    if quick.is_valid(document):
        return
    for error in thorough.iter_errors(document):
        deepest = _deepest(error)
        node = _located(root, deepest.absolute_path)
        detail, remedy = _explained(deepest)
        if isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            remedy = f"{node.value['$ref']} is of the wrong kind; refer to another component."
        yield node.diagnostic(detail, remedy)


@cache
def _shape_validators(version: str) -> tuple[Any, Any]:
    """A fast validator that only decides, and a slow one with detailed errors.

    openapi-spec-validator's own document validators are of no use here: they follow references and
    stop at the first broken one.
    """
    import jsonschema_rs
    from openapi_spec_validator.schemas.utils import get_schema_content

    schema = dict(get_schema_content(version))
    if version == "3.0":
        return jsonschema_rs.Draft4Validator(schema), Draft4Validator(schema)
    return jsonschema_rs.Draft202012Validator(schema), Draft202012Validator(schema)


def check_schema(node: Node) -> Iterator[Diagnostic]:
    """Every violation of JSON Schema 2020-12 in the schema at `node`, since OpenAPI 3.1's own
    schema does not check Schema Objects."""
    for error in _meta_2020_12().iter_errors(node.value):
        deepest = _deepest(error)
        yield _located(node, deepest.absolute_path).diagnostic(*_explained(deepest))


@cache
def _meta_2020_12() -> Draft202012Validator:
    return Draft202012Validator(Draft202012Validator.META_SCHEMA)


def _located(node: Node, path: Iterable[str | int]) -> Node:
    """The node at a path of the bundled document, in the file it is written in."""
    for step in path:
        try:
            following = node.followed().child(step)
        except ContractError:
            return node
        if following is None:
            return node
        node = following
    return node


def _deepest(error: ValidationError) -> ValidationError:
    """The error in the branch that was most likely meant; never the branch for references, which
    need a `$ref`."""
    while error.context:
        meant = [
            inner
            for inner in error.context
            if not (inner.validator == "required" and inner.validator_value == ["$ref"])
        ]
        following = best_match(meant or error.context)
        if following is None:
            return error
        error = following
    return error


def _kind(name: str) -> str:
    return name if name == "null" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _type_of(value: Any) -> str:
    types = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return "null" if value is None else types.get(type(value), "object")


def _explained(error: ValidationError) -> tuple[str, str]:
    """What is wrong, and the remedy."""
    value: Any = error.validator_value
    schema: Any = error.schema
    detail = error.message if len(error.message) <= 200 else f"{error.message[:199]}…"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        allowed, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        unknown = [
            name
            for name in error.instance
            if name not in allowed and not any(re.search(pattern, name) for pattern in patterns)
        ]
        near = [match for name in unknown for match in difflib.get_close_matches(name, allowed, 1)]
        known = ", ".join((*allowed, *(f"names like {pattern}" for pattern in patterns)))
        named = ", ".join(unknown)
        return (
            f"OpenAPI does not allow {named} here",
            f"Write {' and '.join(near)}." if near else f"Remove it, or write one of: {known}.",
        )
    if error.validator == "required":
        present: Any = error.instance
        missing = [name for name in value if name not in present]
        return f"{', '.join(missing)} is missing", f"Add {', '.join(missing)}."
    if error.validator == "enum":
        return detail, f"Write one of: {', '.join(map(str, value))}."
    if error.validator == "type":
        expected = _kind(value if isinstance(value, str) else " or ".join(value))
        return f"found {_kind(_type_of(error.instance))}", f"Write {expected}."
    return detail, "See the OpenAPI specification of this version."
