"""What operations have in common that share a method of one resource at API Gateway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from openapi_first.documents.node import Node
from openapi_first.openapi.model import (
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
)
from openapi_first.resources.templates import Template, Variable


def method_of(operations: Sequence[tuple[Operation, Template]]) -> Operation:
    """The one method of API Gateway for operations with the same method and resource, with their
    common parts: the parameters that all have, the request body and the members of the operation
    if they are equal, and the responses of all. Its path is the resource."""
    (first, template), *others = operations
    if not others and template.is_plain:
        return first
    path = tuple(_path_parameter(first, each) for each in template.variables)
    if not others:
        parameters = tuple(each for each in first.parameters if each.location != "path")
        return replace(first, path=template.resource, parameters=(*path, *parameters))
    sharing = [operation for operation, _ in operations]
    return replace(
        first,
        id="_or_".join(operation.id for operation in sharing),
        path=template.resource,
        parameters=(*path, *_common_parameters(sharing)),
        body=common_body(sharing),
        responses=tuple(_responses(sharing)),
        node=_common_node(sharing),
    )


def _path_parameter(operation: Operation, variable: Variable) -> Parameter:
    """The parameter for a variable of the resource."""
    for parameter in operation.parameters:
        of_path = parameter.location == "path" and not variable.pattern
        if of_path and parameter.name == variable.names[0]:
            return replace(parameter, name=variable.name)
    value = {"description": f"In the contract: `{variable.text}`."}
    node = Node(operation.node.source, value, operation.node.pointer)
    schema = node._replace(value={"type": "string"})
    return Parameter(
        variable.name, "path", True, "", "simple", False, False, None, schema, node
    )  # fmt: skip


def _common_parameters(operations: Sequence[Operation]) -> Iterator[Parameter]:
    """The parameters that all operations have, required if all require them."""
    first, *others = ({parameter_key(each): each for each in one.parameters} for one in operations)
    for key, parameter in first.items():
        if parameter.location != "path" and all(key in other for other in others):
            required = parameter.required and all(other[key].required for other in others)
            yield replace(parameter, required=required)


def parameter_key(parameter: Parameter) -> tuple[str, str]:
    """What identifies a parameter of an operation (OpenAPI 3.0.3 §4.7.12.1)."""
    name = parameter.name
    return parameter.location, name.lower() if parameter.location == "header" else name


def common_body(operations: Sequence[Operation]) -> RequestBody | None:
    """The request body if all operations have an equal one."""
    bodies = [operation.body for operation in operations]
    first = bodies[0]
    if first is None or any(each is None or not _equal(first.node, each.node) for each in bodies):
        return None
    return first


def _responses(operations: Sequence[Operation]) -> Iterator[Response]:
    by_status: dict[str, list[Response]] = {}
    for operation in operations:
        for response in operation.responses:
            by_status.setdefault(response.status, []).append(response)
    for responses in by_status.values():
        first, *others = responses
        if all(_equal(first.node, other.node) for other in others):
            yield first
        else:
            yield _response_of_any(responses)


def _response_of_any(responses: Sequence[Response]) -> Response:
    """A response with the headers and media types of all, and the schemas that are equal."""
    headers: dict[str, Header] = {}
    content: dict[str, MediaType] = {}
    for response in responses:
        for header in response.headers:
            headers.setdefault(header.name.lower(), header)
        for entry in response.content:
            known = content.setdefault(entry.name, entry)
            if not _equal(known.schema, entry.schema):
                content[entry.name] = replace(known, schema=None)
    first = responses[0]
    return replace(first, headers=tuple(headers.values()), content=tuple(content.values()))


def _common_node(operations: Sequence[Operation]) -> Node:
    """An Operation Object with the members that are equal in all."""
    first, *others = (operation.node for operation in operations)
    value: dict[str, Any] = {
        key: member
        for key, member in first.value.items()
        if all(_equal(first.child(key), other.child(key)) for other in others)
    }
    listed = ", ".join(f"{each.method} {each.path} ({each.id})" for each in operations)
    return first._replace(value={**value, "description": f"Shared by {listed}."})


def _equal(one: Node | None, other: Node | None) -> bool:
    """Whether two values are the same in the contract. The same reference in two files may have
    two targets."""
    if one is None or other is None:
        return one is other
    if one.identity == other.identity:
        return True
    return one.source.resolved == other.source.resolved and bool(one.value == other.value)
