"""Holds a document against the OpenAPI specification: its shape, and the rules shapes cannot say.

openapi-spec-validator judges the shape. It tells neither place nor remedy of what it finds, and
stops at some of its own findings, so those are worked out here.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from jsonschema.exceptions import ValidationError, best_match

from contract.faults import ContractFault
from contract.node import Node

__all__ = ["METHODS", "path_variables", "rule_faults", "shape_faults"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def path_variables(path: str) -> tuple[str, ...]:
    """The names between braces in a path, in order; a greedy variable's without its `+`."""
    return tuple(name.removesuffix("+") for name in _VARIABLE.findall(path))


def shape_faults(root: Node) -> Iterator[ContractFault]:
    """Everything in which the document is not shaped as OpenAPI's own schema has it."""
    from openapi_spec_validator import OpenAPIV30SpecValidator
    from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

    for error in OpenAPIV30SpecValidator(root.value).iter_errors():
        if isinstance(error, OpenAPIValidationError) and not error.absolute_path:
            continue  # a rule of its own, without a place: see `rule_faults`
        deepest = _deepest(error)
        path = "".join(
            "/" + str(step).replace("~", "~0").replace("/", "~1") for step in deepest.absolute_path
        )
        detail, remedy = _told(deepest)
        yield Node(root.source, None, path).fault(detail, remedy)


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
    """What the specification says in words: unique names, and path variables that fit the path."""
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
                continue
            first = identifiers.setdefault(identifier.value, identifier)
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
    if listed is not None:
        yield from listed.elements()


def _key(parameter: Node) -> tuple[str, str]:
    name, location = str(parameter.value["name"]), str(parameter.value["in"])
    return (name.lower() if location == "header" else name), location
