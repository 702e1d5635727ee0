"""Validates a document against OpenAPI's own schema, and 3.1 Schema Objects against JSON Schema's.

The schemas come from openapi-spec-validator; this module turns their errors into diagnostics with
a file, a line and a remedy.
"""

from __future__ import annotations

import difflib
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.documents.references import bundled
from openapi_first.openapi.limits import explained_limit
from openapi_first.openapi.wider_shape import BRANCHES, widened

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


_DRAFT_4 = ("2.0", "3.0")
_NAMES = {
    "2.0": "Swagger 2.0",
    "3.0": "OpenAPI",
    "3.1": "OpenAPI 3.1",
    "3.2": "OpenAPI 3.2",
}


def has_shape(root: Node, version: str) -> bool:
    """Whether `check_shape` would find nothing. False also for a reference that cannot be read."""
    try:
        holds: bool = _shape_validator(version).is_valid(bundled(root))
    except ContractError:
        return False
    return holds


def check_shape(root: Node, version: str) -> Iterator[Diagnostic]:
    """Every violation of OpenAPI's own schema of the version (`2.0`, `3.0`, `3.1` or `3.2`), in all
    files of the contract."""
    document = bundled(root)
    if _shape_validator(version).is_valid(document):
        return
    for error in _explaining_validator(_shape(version), version).iter_errors(document):
        deepest = _deepest(error)
        if _is_explained_better(deepest):
            continue
        node = _located(root, deepest.absolute_path)
        detail, remedy = _explained(deepest, version)
        if isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            remedy = f"{node.value['$ref']} is of the wrong kind; refer to another component."
        yield node.diagnostic(detail, remedy)


def _is_explained_better(error: ValidationError) -> bool:
    """Whether `check_semantics` names the repeated parameter, or the path without a slash."""
    if error.validator == "uniqueItems":
        return error.absolute_path[-1] == "parameters"
    unknown = error.validator in ("additionalProperties", "unevaluatedProperties")
    return unknown and list(error.absolute_path) == ["paths"]


@cache
def _shape_validator(version: str) -> Any:
    """Decides fast, and explains nothing."""
    if version in _DRAFT_4:
        return jsonschema_rs.Draft4Validator(_shape(version))
    return jsonschema_rs.Draft202012Validator(_shape(version))


@cache
def _shape(version: str) -> dict[str, Any]:
    """OpenAPI's own schema of a document, from the files of openapi-spec-validator.

    The package itself is not imported: that takes a quarter of a second, and its validators follow
    references and stop at the first broken one.
    """
    package = importlib.util.find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        name = "openapi_spec_validator"
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    path = Path(package.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    shape: dict[str, Any] = json.loads(path.read_bytes())
    return widened(shape)


def _explaining_validator(schema: dict[str, Any], version: str) -> Any:
    """Has an error for each branch that does not hold. Slow, and imported only for an error."""
    from jsonschema import Draft4Validator, Draft202012Validator

    return Draft4Validator(schema) if version in _DRAFT_4 else Draft202012Validator(schema)


def check_schema(node: Node) -> Iterator[Diagnostic]:
    """Every violation of JSON Schema 2020-12 in the schema at `node`, since OpenAPI 3.1's own
    schema does not check Schema Objects."""
    if _meta_2020_12().is_valid(node.value):
        return
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(node.value):
        deepest = _deepest(error)
        yield _located(node, deepest.absolute_path).diagnostic(*_explained(deepest, "3.1"))


@cache
def _meta_2020_12() -> Any:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    )


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
    """The error in the branch that was most likely meant; never one that only a reference or an
    integration would match."""
    from jsonschema.exceptions import best_match

    while error.context:
        wrong = {inner.schema_path[0] for inner in error.context if _is_other_kind(inner)}
        meant = [inner for inner in error.context if inner.schema_path[0] not in wrong]
        # best_match would go deeper, past the branches that are left to choose from.
        following = meant[0] if len(meant) == 1 else best_match(meant or error.context)
        if following is None:
            return error
        error = following
    return error


def _is_other_kind(error: ValidationError) -> bool:
    """Whether the branch is for references or integrations, for values of another JSON type, or for
    objects whose `in` or `type` has one other value."""
    path = error.relative_path
    if error.validator == "type" and not path:
        return True
    if (error.validator, error.validator_value) in BRANCHES:
        return True
    value: Any = error.validator_value
    single = error.validator == "enum" and len(value) == 1
    return single and len(path) == 1 and path[0] in ("in", "type")


def _kind(name: str) -> str:
    return name if name == "null" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _type_of(value: Any) -> str:
    types = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return "null" if value is None else types.get(type(value), "object")


def _unknown_members(error: ValidationError, version: str) -> tuple[str, str]:
    """Which members the specification does not allow, and those that it knows."""
    allowed, patterns = _known_members(error.schema, _shape(version))
    written: Any = error.instance
    unknown = [
        name
        for name in written
        if name not in allowed and not any(re.search(pattern, name) for pattern in patterns)
    ]
    named = unknown or re.findall(r"'([^']*)'", error.message)
    detail = f"{_NAMES[version]} does not allow {', '.join(named)} here"
    if not unknown:
        return detail, "Remove it, or what excludes it."
    near = [match for name in unknown for match in difflib.get_close_matches(name, allowed, 1)]
    if near:
        return detail, f"Write {' and '.join(near)}."
    known = ", ".join((*allowed, *(f"names like {pattern}" for pattern in patterns)))
    return detail, f"Remove it, or write one of: {known}."


def _known_members(schema: Any, shape: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The names, and the patterns of names, that a schema of OpenAPI's own knows anywhere."""
    names: dict[str, None] = {}
    patterns: dict[str, None] = {}
    queue, seen = [schema], set[str]()
    while queue:
        part = queue.pop()
        if not isinstance(part, dict):
            continue
        names.update(dict.fromkeys(part.get("properties", ())))
        patterns.update(dict.fromkeys(part.get("patternProperties", ())))
        reference = part.get("$ref", "")
        if reference.startswith("#/") and reference not in seen:
            seen.add(reference)
            target: Any = shape
            for step in reference[2:].split("/"):
                target = target[step]
            queue.append(target)
        queue += [part.get(key) for key in ("if", "then", "else")]
        queue += [each for key in ("allOf", "anyOf", "oneOf") for each in part.get(key, ())]
        queue += part.get("dependentSchemas", {}).values()
    return list(names), list(patterns)


def _explained(error: ValidationError, version: str) -> tuple[str, str]:
    """What is wrong, and the remedy."""
    value: Any = error.validator_value
    schema: Any = error.schema
    detail = error.message if len(error.message) <= 200 else f"{error.message[:199]}…"
    unknown_members = ("additionalProperties", "unevaluatedProperties")
    if error.validator in unknown_members and isinstance(error.instance, dict):
        return _unknown_members(error, version)
    if error.validator == "required":
        present: Any = error.instance
        missing = [name for name in value if name not in present]
        return f"{', '.join(missing)} is missing", f"Add {', '.join(missing)}."
    if error.validator == "enum":
        return detail, f"Write one of: {', '.join(map(str, value))}."
    if error.validator == "type":
        expected = _kind(value if isinstance(value, str) else " or ".join(value))
        return f"found {_kind(_type_of(error.instance))}", f"Write {expected}."
    keyword = str(error.validator)
    if keyword == "minimum" and schema.get("exclusiveMinimum") is True:  # as draft 4 writes it
        keyword = "exclusiveMinimum"
    limit = explained_limit(keyword, value, error.instance)
    return limit or (detail, "See the OpenAPI specification of this version.")
