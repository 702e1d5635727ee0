"""Loads and validates an OpenAPI document together with the files it refers to.

In the Contract that `load` returns, references are resolved and every part knows its file and
line. Schemas stay as they are written (`Node`); `openapi_first.schemas.lowering` lowers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from openapi_first.openapi.errors import ContractError, Diagnostic, UnreadableContract
from openapi_first.openapi.gateway_extensions import check_extensions
from openapi_first.openapi.metaschema import check_shape
from openapi_first.openapi.model import Contract
from openapi_first.openapi.node import Node
from openapi_first.openapi.operations import operations_of
from openapi_first.openapi.references import check_references
from openapi_first.openapi.semantics import check_semantics
from openapi_first.openapi.source import SourceFiles


def load(path: Path) -> Contract:
    """Raises ContractError with every error in the contract, or UnreadableContract when the file
    is missing or is not an OpenAPI document."""
    files = SourceFiles()
    source = files.read(path)
    root = Node(source, source.value, "")
    version = _version(root)
    errors = [
        *check_references(root),
        *_until_dead_reference(check_shape(root, version)),
        *_until_dead_reference(check_semantics(root)),
        *_until_dead_reference(check_extensions(root)),
    ]
    if errors:
        raise ContractError(errors)
    operations, errors = operations_of(root)
    if errors:
        raise ContractError(errors)
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


def _until_dead_reference(errors: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
    """The errors up to a reference that cannot be resolved, which ends the search."""
    try:
        yield from errors
    except ContractError as error:
        yield from error.diagnostics


def _version(root: Node) -> str:
    """`3.0` or `3.1`. 3.2 is read as 3.1, which does not allow what is new in it."""
    if isinstance(root.value, dict) and isinstance(root.value.get("openapi"), int | float):
        number = root.child("openapi")
        assert number is not None
        raise UnreadableContract(
            number.diagnostic("the version is a number", 'Write `openapi: "3.0.3"`.')
        )
    if not isinstance(root.value, dict) or not isinstance(root.value.get("openapi"), str):
        swagger = isinstance(root.value, dict) and "swagger" in root.value
        detail = "this is Swagger 2.0" if swagger else "this is not an OpenAPI document"
        remedy = (
            "Convert it to OpenAPI 3.0."
            if swagger
            else "Start it with `openapi: 3.0.3`, `info` and `paths`."
        )
        raise UnreadableContract(root.diagnostic(detail, remedy))
    written = root.child("openapi")
    assert written is not None
    version = ".".join(written.value.split(".")[:2])
    if version not in ("3.0", "3.1", "3.2"):
        raise UnreadableContract(
            written.diagnostic(
                f"OpenAPI {written.value} is not supported", "Write OpenAPI 3.0.x or 3.1.x."
            )
        )
    return "3.0" if version == "3.0" else "3.1"


def _servers(root: Node) -> Iterator[str]:
    """The server URLs with the defaults of their variables (OpenAPI 3.0.3 §4.7.6)."""
    servers = root.get("servers")
    for server in servers.elements() if servers is not None else ():
        url = str(server.value["url"])
        for name, variable in server.value.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable["default"]))
        yield url
