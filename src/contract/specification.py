"""Holds a document against the OpenAPI specification: its shape, and the rules shapes cannot say.

The schemas of openapi-spec-validator judge the shape; where, what was meant and how to mend it is
worked out here, and so are the rules, which it tells without a place.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from contract.faults import ContractError, ContractFault
from contract.node import Node
from contract.references import bundled

__all__ = ["METHODS", "path_variables", "rule_faults", "schema_faults", "shape_faults"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def path_variables(path: str) -> tuple[str, ...]:
    """The names between braces in a path, in order; a greedy variable's without its `+`."""
    return tuple(name.removesuffix("+") for name in _VARIABLE.findall(path))


def shape_faults(root: Node, version: str) -> Iterator[ContractFault]:
    """Everything in which the contract is not shaped as OpenAPI's own schema of the version
    (`3.0` or `3.1`) has it, in every file it is written in."""
    # Not its OpenAPIV30SpecValidator: that follows references and stops at the first bad one.
    from openapi_spec_validator.schemas import (
        openapi_v30_schema_validator,
        openapi_v31_schema_validator,
    )

    validator = {"3.0": openapi_v30_schema_validator, "3.1": openapi_v31_schema_validator}[version]
    for error in validator.iter_errors(bundled(root)):
        deepest = _deepest(error)
        yield _located(root, deepest.absolute_path).fault(*_told(deepest))


def schema_faults(node: Node) -> Iterator[ContractFault]:
    """Everything in which the schema at `node` is no JSON Schema 2020-12; OpenAPI 3.1's own schema
    leaves Schema Objects open."""
    for error in _meta_2020_12().iter_errors(node.value):
        deepest = _deepest(error)
        yield _located(node, deepest.absolute_path).fault(*_told(deepest))


@cache
def _meta_2020_12() -> Draft202012Validator:
    return Draft202012Validator(Draft202012Validator.META_SCHEMA)


def _located(node: Node, path: Iterable[str | int]) -> Node:
    """The node a path of the bundled document leads to, where it is written."""
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
    """The branch of an alternative that was most likely meant: never the reference, which only
    `$ref` makes one."""
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


def _told(error: ValidationError) -> tuple[str, str]:
    value: Any = error.validator_value
    schema: Any = error.schema
    detail = error.message if len(error.message) <= 200 else f"{error.message[:199]}…"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        allowed = [*schema.get("properties", {}), *schema.get("patternProperties", {})]
        unknown = [
            name
            for name in error.instance
            if name not in allowed and not any(re.search(known, name) for known in allowed)
        ]
        near = [match for name in unknown for match in difflib.get_close_matches(name, allowed, 1)]
        known = ", ".join(name for name in allowed if not name.startswith("^"))
        named = ", ".join(unknown)
        return (
            f"OpenAPI knows no {named} here",
            f"Write {' and '.join(near)}." if near else f"Remove it, or write one of: {known}.",
        )
    if error.validator == "required":
        present: Any = error.instance
        missing = [name for name in value if name not in present]
        return f"{', '.join(missing)} is missing", f"Add {', '.join(missing)}."
    if error.validator == "enum":
        return detail, f"Write one of: {', '.join(map(str, value))}."
    if error.validator == "type":
        kind = value if isinstance(value, str) else " or ".join(value)
        return detail, f"Write {'an' if kind[0] in 'aeio' else 'a'} {kind}."
    return detail, "See the OpenAPI specification of this version."


def rule_faults(root: Node) -> Iterator[ContractFault]:
    """What the specification says in words: unique names, and path variables that fit the path.

    Takes misshapen documents, too: what has no shape to judge is passed over.
    """
    paths = root.get("paths")
    identifiers: dict[str, Node] = {}
    templates: dict[str, str] = {}
    for path, item in paths.items() if paths is not None else ():
        if not path.startswith("/"):
            yield item.fault(f"the path {path!r} has no slash in front", f"Write /{path}.")
        template = _VARIABLE.sub("{}", path)
        if template in templates:
            yield item.fault(
                f"{path} and {templates[template]} are the same path", "Make them one."
            )
        templates[template] = path
        yield from _duplicates(item)
        for method in METHODS:
            operation = item.get(method)
            if operation is None:
                continue
            yield from _duplicates(operation)
            yield from _variables(path, method, item, operation)
            identifier = operation.child("operationId")
            if identifier is None:
                yield operation.fault(
                    f"{method.upper()} {path} has no operationId",
                    "Add one; the function that serves the operation is named after it.",
                )
                continue
            first = identifiers.setdefault(str(identifier.value), identifier)
            if first is not identifier:
                line = first.source.line(first.pointer)
                yield identifier.fault(
                    f"the operationId {identifier.value} is taken, on line {line}",
                    "Give each operation an id of its own.",
                )


def _duplicates(owner: Node) -> Iterator[ContractFault]:
    seen = set()
    for parameter in _parameters(owner):
        key = _key(parameter)
        if key in seen:
            yield parameter.fault(
                f"the {key[1]} parameter {key[0]} stands twice", "Remove one of the two."
            )
        seen.add(key)


def _variables(path: str, method: str, item: Node, operation: Node) -> Iterator[ContractFault]:
    declared = {
        key[0]: parameter
        for owner in (item, operation)
        for parameter in _parameters(owner)
        if (key := _key(parameter))[1] == "path"
    }
    variables = path_variables(path)
    for name in dict.fromkeys(variables):
        if name not in declared:
            yield operation.fault(
                f"{method.upper()} {path} does not declare the path parameter {name}",
                "Add a parameter with that name, `in: path` and `required: true`.",
            )
    for name, parameter in declared.items():
        if name not in variables and parameter.pointer.startswith(operation.pointer):
            yield parameter.fault(
                f"the path {path} has no {{{name}}}",
                "Remove the parameter, or put it into the path.",
            )


def _parameters(owner: Node) -> Iterator[Node]:
    listed = owner.get("parameters")
    for parameter in listed.elements() if listed is not None else ():
        if isinstance(parameter.value, dict) and {"name", "in"} <= set(parameter.value):
            yield parameter


def _key(parameter: Node) -> tuple[str, str]:
    name, location = str(parameter.value["name"]), str(parameter.value["in"])
    return (name.lower() if location == "header" else name), location
