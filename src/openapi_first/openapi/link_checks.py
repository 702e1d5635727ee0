"""Checks the links of a contract: their targets, parameters and expressions (OpenAPI 3.0.3
§4.7.20). What an expression may find in a response, only `contract lint` can say."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.link_expressions import ExpressionError, parse_template
from openapi_first.openapi.links import LOCATIONS, is_remote, referenced_operation
from openapi_first.openapi.path_templates import variable_names


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """An operation that links may lead to, and its parameters as (name, location)."""

    node: Node
    parameters: frozenset[tuple[str, str]]

    @property
    def is_named(self) -> bool:
        return "operationId" in self.node.value


def link_target(path: str, operation: Node, parameters: Iterator[Node]) -> LinkTarget:
    """`parameters` are those of the operation and of its path item."""
    declared = {(str(each.value["name"]), str(each.value["in"])) for each in parameters}
    return LinkTarget(
        operation, frozenset(declared | {(name, "path") for name in variable_names(path)})
    )


def check_link(
    name: str, link: Node, by_id: Mapping[str, LinkTarget], by_place: Mapping[Any, LinkTarget]
) -> Iterator[Diagnostic]:
    """Every error of a link. The targets are by operationId, and by the identity of their node."""
    if not isinstance(link.value, dict):
        return
    target, errors = _target(name, link, by_id, by_place)
    yield from errors
    yield from _check_parameters(name, link, target)
    body = link.child("requestBody")
    if body is not None:
        yield from _check_expression(body)


def _target(
    name: str, link: Node, by_id: Mapping[str, LinkTarget], by_place: Mapping[Any, LinkTarget]
) -> tuple[LinkTarget | None, Iterable[Diagnostic]]:
    """The target, if it is an operation of the contract, and what is wrong with it."""
    identifier, reference = link.child("operationId"), link.child("operationRef")
    if identifier is not None and reference is not None:
        detail = f"the link {name} has both operationId and operationRef"
        return None, [reference.diagnostic(detail, "Remove one of the two.")]
    if identifier is not None:
        target = by_id.get(str(identifier.value))
        if target is not None:
            return target, ()
        near = difflib.get_close_matches(str(identifier.value), by_id, 1)
        detail = f"the link {name} refers to an unknown operation: {identifier.value}"
        remedy = f"Write {near[0]}." if near else "Name the operationId of an operation."
        return None, [identifier.diagnostic(detail, remedy)]
    if reference is None:
        detail = f"the link {name} has no target"
        return None, [link.diagnostic(detail, "Add the operationId of an operation.")]
    if not isinstance(reference.value, str) or is_remote(reference.value):
        return None, ()
    try:
        return by_place.get(referenced_operation(reference).identity), ()
    except ContractError as error:
        return None, error.diagnostics


def _check_parameters(name: str, link: Node, target: LinkTarget | None) -> Iterator[Diagnostic]:
    parameters = link.child("parameters")
    if parameters is None or not isinstance(parameters.value, dict):
        return
    for key in parameters.value:
        value = parameters.child(key)
        assert value is not None
        yield from _check_expression(value)
        if target is None or _is_declared(str(key), target):
            continue
        known = sorted(f"{location}.{each}" for each, location in target.parameters)
        unqualified = [each for each, _ in target.parameters]
        near = [each for each in known if each.endswith(f".{str(key).rpartition('.')[2]}")]
        near = near or difflib.get_close_matches(str(key), [*known, *unqualified], 1)
        remedy = f"Write one of: {', '.join(known)}." if known else "Remove it: it has none."
        yield value.diagnostic(
            f"the target of the link {name} has no parameter {key}",
            f"Write {near[0]}." if near else remedy,
        )


def _is_declared(key: str, target: LinkTarget) -> bool:
    location, dot, name = key.partition(".")
    declared = {(_folded(each, place), place) for each, place in target.parameters}
    if dot and location in LOCATIONS and (_folded(name, location), location) in declared:
        return True
    return any((_folded(key, place), place) in declared for place in LOCATIONS)


def _folded(name: str, location: str) -> str:
    return name.lower() if location == "header" else name


def _check_expression(value: Node) -> Iterator[Diagnostic]:
    try:
        parse_template(value.value)
    except ExpressionError as error:
        yield value.diagnostic(str(error), error.remedy)
