"""Loads an OpenAPI document and everything it refers to, and refuses what is not one.

`load` gives a Contract: operations with their parameters, bodies and responses, references
resolved, each part with the place where it is written. Schemas stay as they are written (`Node`);
`openapi_first.schemas.lowering` lowers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path

from openapi_first.openapi.errors import ContractError, ContractFault, UnreadableContract
from openapi_first.openapi.metaschema import shape_faults
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node
from openapi_first.openapi.operations import operations_of
from openapi_first.openapi.references import reference_faults
from openapi_first.openapi.semantics import rule_faults
from openapi_first.openapi.source import SourceFiles


def load(path: Path) -> Contract:
    """The contract in a file. Raises ContractError with every fault found, and its subclass
    UnreadableContract when there is nothing to look for faults in."""
    files = SourceFiles()
    source = files.read(path)
    root = Node(source, source.value, "")
    version = _version(root)
    faults = [
        *reference_faults(root),
        *_found(shape_faults(root, version)),
        *_found(rule_faults(root)),
    ]
    if faults:
        raise ContractError(dict.fromkeys(faults))
    operations, faults = operations_of(root)
    faults.extend(_clashes(operations))
    if faults:
        raise ContractError(faults)
    info = source.value["info"]
    return Contract(
        str(info["title"]),
        str(info["version"]),
        version,
        operations,
        tuple(_servers(root)),
        root,
        files.all,
    )


def _found(faults: Iterator[ContractFault]) -> Iterator[ContractFault]:
    """The faults up to a reference that leads nowhere, which ends the search."""
    try:
        yield from faults
    except ContractError as error:
        yield from error.faults


def _version(root: Node) -> str:
    """`3.0` or `3.1`."""
    if isinstance(root.value, dict) and isinstance(root.value.get("openapi"), int | float):
        number = root.child("openapi")
        assert number is not None
        raise UnreadableContract(
            number.fault("the version is a number", 'Write `openapi: "3.0.3"`.')
        )
    if not isinstance(root.value, dict) or not isinstance(root.value.get("openapi"), str):
        swagger = isinstance(root.value, dict) and "swagger" in root.value
        detail = "this is Swagger 2.0" if swagger else "this is no OpenAPI document"
        remedy = (
            "Convert it to OpenAPI 3.0."
            if swagger
            else "Start it with `openapi: 3.0.3`, `info` and `paths`."
        )
        raise UnreadableContract(root.fault(detail, remedy))
    written = root.child("openapi")
    assert written is not None
    version = ".".join(written.value.split(".")[:2])
    if version not in ("3.0", "3.1"):
        raise UnreadableContract(
            written.fault(
                f"OpenAPI {written.value} is not known here", "Write OpenAPI 3.0.x or 3.1.x."
            )
        )
    return version


def _servers(root: Node) -> Iterator[str]:
    """The URLs of the servers, variables at their defaults (OpenAPI 3.0.3 §4.7.6)."""
    servers = root.get("servers")
    for server in servers.elements() if servers is not None else ():
        url = str(server.value["url"])
        for name, variable in server.value.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable["default"]))
        yield url


def _clashes(operations: tuple[Operation, ...]) -> Iterator[ContractFault]:
    """Names that Python cannot tell apart or cannot use."""
    functions: dict[str, str] = {}
    remedy = "Give one of them another name with `x-python-name`."
    for operation in operations:
        other = functions.get(operation.function, operation.id)
        if other != operation.id:
            yield operation.node.fault(
                f"{operation.id} and {other} both become the function {operation.function}",
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
    if not name.isidentifier() or iskeyword(name):
        yield node.fault(
            f"{name!r} cannot be a name in Python", "Give it one with `x-python-name`."
        )
