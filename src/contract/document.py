"""Loads an OpenAPI document and indexes what everything else asks of it.

`load` gives a Contract: operations with their parameters, bodies and responses, references
resolved, each part with the JSON Pointer where the document has it. Schemas stay as they are
written (`Node`); `contract.schemas` lowers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from contract.faults import ContractError, ContractFault
from contract.model import (
    Contract,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
)
from contract.naming import argument_name
from contract.node import Node
from contract.references import reference_faults
from contract.source import read_source
from contract.specification import METHODS, rule_faults, shape_faults

__all__ = ["load"]


def load(path: Path) -> Contract:
    """The contract in a file. Raises ContractError with every fault found."""
    source = read_source(path)
    root = Node(source, source.value, "")
    _check_version(root)
    faults: list[ContractFault] = list(reference_faults(root))
    if faults:
        raise ContractError(faults)
    faults.extend(shape_faults(root))
    if faults:
        raise ContractError(faults)
    faults.extend(rule_faults(root))
    operations = tuple(_operations(root, faults))
    faults.extend(_clashes(operations))
    if faults:
        raise ContractError(faults)
    info = source.value["info"]
    return Contract(str(info["title"]), str(info["version"]), operations, root, (source,))


def _check_version(root: Node) -> None:
    if not isinstance(root.value, dict) or not isinstance(root.value.get("openapi"), str):
        swagger = isinstance(root.value, dict) and "swagger" in root.value
        raise ContractError(
            [
                root.fault(
                    "this is Swagger 2.0" if swagger else "this is no OpenAPI document",
                    "Convert it to OpenAPI 3.0."
                    if swagger
                    else "Start it with `openapi: 3.0.3`, `info` and `paths`.",
                )
            ]
        )
    if not root.value["openapi"].startswith("3.0."):
        version = Node(root.source, root.value["openapi"], "/openapi")
        raise ContractError(
            [version.fault(f"OpenAPI {version.value} is not compiled yet", "Write OpenAPI 3.0.3.")]
        )


def _operations(root: Node, faults: list[ContractFault]) -> Iterator[Operation]:
    paths = root.get("paths")
    assert paths is not None
    for path, item in paths.items():
        for method in METHODS:
            node = item.get(method)
            if node is not None:
                try:
                    yield _operation(root, path, method, item, node)
                except ContractError as error:
                    faults.extend(error.faults)


def _operation(root: Node, path: str, method: str, item: Node, node: Node) -> Operation:
    faults: list[ContractFault] = []
    identifier = node.value.get("operationId")
    if not identifier:
        faults.append(
            node.fault(
                f"{method.upper()} {path} has no operationId",
                "Add one; the function that serves the operation is named after it.",
            )
        )
        identifier = "unnamed"
    parameters = {}
    for owner in (item, node):
        listed = owner.get("parameters")
        for parameter in listed.elements() if listed is not None else ():
            try:
                read = _parameter(parameter)
            except ContractError as error:
                faults.extend(error.faults)
            else:
                parameters[(read.location, read.name)] = read
    function = node.value.get("x-python-name") or argument_name(identifier)
    body_node = node.get("requestBody")
    body = None
    if body_node is not None:
        body = RequestBody(
            bool(body_node.value.get("required", False)), _content(body_node), body_node
        )
    responses = node.get("responses")
    assert responses is not None
    security = node.value.get("security", root.value.get("security", []))
    operation = Operation(
        identifier,
        function,
        method.upper(),
        path,
        tuple(parameters.values()),
        body,
        tuple(_response(status, response) for status, response in responses.items()),
        tuple(security),
        node,
    )
    if faults:
        raise ContractError(faults)
    return operation


def _parameter(node: Node) -> Parameter:
    name, location = node.value["name"], node.value["in"]
    schema = node.child("schema")
    if schema is None:
        raise ContractError(
            [node.fault(f"the parameter {name} has no schema", "Give it a `schema`.")]
        )
    style = node.value.get("style", "form" if location in ("query", "cookie") else "simple")
    return Parameter(
        name,
        location,
        bool(node.value.get("required", False)),
        node.value.get("x-python-name") or argument_name(name),
        style,
        bool(node.value.get("explode", style == "form")),
        schema,
        node,
    )


def _content(node: Node) -> tuple[MediaType, ...]:
    content = node.get("content")
    if content is None:
        return ()
    return tuple(
        MediaType(name.lower(), media_type.child("schema"), media_type)
        for name, media_type in content.items()
    )


def _response(status: str, node: Node) -> Response:
    headers = node.get("headers")
    return Response(
        status,
        tuple(
            _header(name, header)
            for name, header in (headers.items() if headers is not None else ())
            # OpenAPI 3.0.3 §4.7.16: a header named Content-Type is ignored.
            if name.lower() != "content-type"
        ),
        _content(node),
        node,
    )


def _header(name: str, node: Node) -> Header:
    schema = node.child("schema")
    if schema is None:
        raise ContractError([node.fault(f"the header {name} has no schema", "Give it a `schema`.")])
    return Header(name, bool(node.value.get("required", False)), schema, node)


def _clashes(operations: tuple[Operation, ...]) -> Iterator[ContractFault]:
    """Names that Python cannot tell apart or cannot use."""
    functions: dict[str, str] = {}
    remedy = "Give one of them another name with `x-python-name`."
    for operation in operations:
        if operation.function in functions:
            yield operation.node.fault(
                f"{operation.id} and {functions[operation.function]} both become the function "
                f"{operation.function}",
                remedy,
            )
        functions[operation.function] = operation.id
        yield from _unusable(operation.node, operation.function)
        arguments = {"body": "the request body"} if operation.body is not None else {}
        for parameter in operation.parameters:
            if parameter.argument in arguments:
                yield parameter.node.fault(
                    f"{parameter.name} and {arguments[parameter.argument]} of {operation.id} both "
                    f"become the argument {parameter.argument}",
                    remedy,
                )
            arguments[parameter.argument] = parameter.name
            yield from _unusable(parameter.node, parameter.argument)


def _unusable(node: Node, name: str) -> Iterator[ContractFault]:
    from keyword import iskeyword

    if not name.isidentifier() or iskeyword(name):
        yield node.fault(
            f"{name!r} cannot be a name in Python", "Give it one with `x-python-name`."
        )
