"""Loads and validates an OpenAPI document together with the files it refers to.

In the Contract that `load` returns, references are resolved and every part knows its file and
line. Schemas stay as they are written (`Node`); `openapi_first.schemas.lowering` lowers them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from openapi_first.documents.errors import ContractError, Diagnostic, UnreadableContract
from openapi_first.documents.node import Node
from openapi_first.documents.references import check_references
from openapi_first.documents.source import SourceFiles
from openapi_first.openapi.gateway_extensions import check_extensions
from openapi_first.openapi.metaschema import check_shape, has_shape
from openapi_first.openapi.model import Contract
from openapi_first.openapi.operations import operations_of
from openapi_first.openapi.reach import Reach
from openapi_first.openapi.reading import Reading
from openapi_first.openapi.readings import openapi_3_0, openapi_3_1, without_misshapen
from openapi_first.openapi.semantics import check_semantics

_READ_AS = {"2.0": "3.0", "3.2": "3.1"}


def load(path: Path) -> Contract:
    """Raises ContractError with every error in the contract, or UnreadableContract when the file
    is missing or is not an OpenAPI document."""
    reading = read_contract(path)
    if reading.errors:
        raise reading.refusal()
    return reading.contract


def read_contract(path: Path) -> Reading:
    """What can be read of a contract in spite of its errors. Raises ContractError for an error that
    leaves nothing to read, such as a duplicate key, and UnreadableContract as `load` does."""
    files = SourceFiles()
    source = files.read(path)
    root = Node(source, source.value, "")
    version = _version(root)
    # The schema of 3.0 also describes annotations, so a valid document has none to leave out.
    shaped = version == "3.0" and has_shape(root, version)
    remarks = [] if shaped else without_misshapen(root, version)
    errors = list(check_references(root))
    if version == "3.2":
        novelties, unsupported = openapi_3_1(root)
        remarks += novelties
        errors += unsupported
    if not shaped:
        errors += _until_dead_reference(check_shape(root, version))
    if version == "2.0":
        root, losses = openapi_3_0(root, errors)
        remarks += losses
    errors += _until_dead_reference(check_extensions(root))
    reach = Reach(root)
    broken = reach.broken(errors)
    errors += _until_dead_reference(check_semantics(root))
    operations, others = operations_of(root, broken)
    written = root.value.get("info")
    info = written if isinstance(written, dict) else {}
    contract = Contract(
        str(info.get("title")),
        str(info.get("version")),
        _READ_AS.get(version, version),
        operations,
        () if any(reach.of(each).everything for each in errors) else _servers(root),
        root,
        files.all,
        remarks=tuple(remarks),
    )
    return Reading(contract, (*errors, *others), reach)


def _until_dead_reference(errors: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
    """The errors up to a reference that cannot be resolved, which ends the search."""
    try:
        yield from errors
    except ContractError as error:
        yield from error.diagnostics


def _version(root: Node) -> str:
    """`2.0`, `3.0`, `3.1` or `3.2`. Raises UnreadableContract."""
    key = "swagger" if isinstance(root.value, dict) and "swagger" in root.value else "openapi"
    written = root.child(key)
    if written is None:
        raise UnreadableContract(
            root.diagnostic(
                "this is not an OpenAPI document",
                "Start it with `openapi: 3.0.3`, `info` and `paths`.",
            )
        )
    if not isinstance(written.value, str):
        example = "2.0" if key == "swagger" else "3.0.3"
        raise UnreadableContract(
            written.diagnostic("the version is not a string", f'Write `{key}: "{example}"`.')
        )
    version = ".".join(written.value.split(".")[:2])
    if version not in (("2.0",) if key == "swagger" else ("3.0", "3.1", "3.2")):
        name = "Swagger" if key == "swagger" else "OpenAPI"
        raise UnreadableContract(
            written.diagnostic(
                f"{name} {written.value} is not supported",
                "Write OpenAPI 3.0.x, 3.1.x or 3.2.x, or Swagger 2.0.",
            )
        )
    return version


def _servers(root: Node) -> tuple[str, ...]:
    """The server URLs with the defaults of their variables (OpenAPI 3.0.3 §4.7.6)."""
    servers = root.get("servers")
    urls = []
    for server in servers.elements() if servers is not None else ():
        url = str(server.value["url"])
        for name, variable in server.value.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable["default"]))
        urls.append(url)
    return tuple(urls)
