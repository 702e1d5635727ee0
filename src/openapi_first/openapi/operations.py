"""Reads the operations of a document into the data classes of `openapi.model`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Set
from typing import ParamSpec, TypeAlias, TypeVar

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.gateway_extensions import own_integration
from openapi_first.openapi.model import (
    OPERATION_KEYS,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
    method_name,
)
from openapi_first.openapi.python_names import named
from openapi_first.openapi.styles import DEFAULT_STYLES

Broken: TypeAlias = Set[tuple[str, str]]
"""Places by `Node.identity`."""

_P = ParamSpec("_P")
_T = TypeVar("_T")

# OpenAPI 3.0.3 §4.7.12.1 and §4.7.16: header parameters and headers of these names are ignored.
_NOT_PARAMETERS = frozenset({"accept", "authorization", "content-type"})
_NOT_HEADERS = frozenset({"content-type"})


def operations_of(
    root: Node, broken: Broken = frozenset()
) -> tuple[tuple[Operation, ...], list[Diagnostic]]:
    """Every operation with its names, and the errors found in them.

    `broken` are the places of errors that were found before, with all places that enclose them or
    refer to them. An operation is read without its parameters, body and responses at these places.
    """
    errors: list[Diagnostic] = []
    found: list[Operation] = []
    responses = _Responses()
    for path, written, item in _path_items(root):
        beside = set(written.value) & {*OPERATION_KEYS, "parameters"}
        if "$ref" in written.value and beside:
            errors.append(
                written.diagnostic(
                    f"the meaning of {', '.join(sorted(beside))} beside $ref is undefined",
                    "Write the whole path item in one place (OpenAPI 3.0.3 §4.7.9.1).",
                )
            )
        for method in OPERATION_KEYS:
            node = item.get(method)
            if node is not None and isinstance(node.value, dict):
                found.append(_operation(errors, broken, responses, root, path, method, item, node))
    operations, wrong_names = named(found)
    return operations, [*errors, *wrong_names]


def _path_items(root: Node) -> Iterator[tuple[str, Node, Node]]:
    """Each path with its item, as it is written and with its reference followed."""
    with contextlib.suppress(ContractError):  # reported by check_references
        paths = root.get("paths")
        for path in paths.value if paths is not None and isinstance(paths.value, dict) else ():
            assert paths is not None
            written = paths.child(path)
            assert written is not None
            with contextlib.suppress(ContractError):
                item = written.followed()
                if path.startswith("/") and isinstance(item.value, dict):  # or it is x-…
                    yield path, written, item


def _sound(owner: Node, key: str, broken: Broken) -> Iterator[tuple[str | int, Node]]:
    """The members under a key that no error is in, with references followed."""
    listed = owner.child(key)
    with contextlib.suppress(ContractError):
        listed = listed.followed() if listed is not None else None
    if listed is None or not isinstance(listed.value, list if key == "parameters" else dict):
        return
    whole = listed.value
    for step in whole if isinstance(whole, dict) else range(len(whole)):
        written = listed.child(step)
        if written is not None and written.identity not in broken:
            yield step, written.followed()


def _collecting(
    errors: list[Diagnostic], read: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
) -> _T | None:
    """The result of `read`, or None after its errors were added to `errors`."""
    try:
        return read(*args, **kwargs)
    except ContractError as error:
        errors.extend(error.diagnostics)
        return None


def _operation(
    errors: list[Diagnostic],
    broken: Broken,
    responses: _Responses,
    root: Node,
    path: str,
    method: str,
    item: Node,
    node: Node,
) -> Operation:
    parameters: dict[tuple[str, str], Parameter] = {}
    for owner in (item, node):
        for _, written in _sound(owner, "parameters", broken):
            parameter = _collecting(errors, _parameter, written)
            if parameter is None:
                continue
            name = parameter.name.lower() if parameter.location == "header" else parameter.name
            if parameter.location != "header" or name not in _NOT_PARAMETERS:
                parameters[(parameter.location, name)] = parameter
    body = None
    body_written = node.child("requestBody")
    if body_written is not None and body_written.identity not in broken:
        body_node = body_written.followed()
        required = bool(body_node.value.get("required", False))
        body = RequestBody(required, tuple(_content(body_node)), body_node)
    read = [
        _collecting(
            errors, responses.read, status.upper() if status != "default" else status, written
        )
        for key, written in _sound(node, "responses", broken)
        if not (status := str(key)).startswith("x-")
    ]
    identifier = node.value.get("operationId")
    return Operation(
        "" if identifier is None else str(identifier),
        "",
        method_name(method),
        path,
        tuple(parameters.values()),
        body,
        tuple(response for response in read if response is not None),
        _security(root, node),
        node,
        own_integration(node),
    )


def _security(root: Node, node: Node) -> tuple[dict[str, list[str]], ...]:
    written = node.value.get("security", root.value.get("security"))
    requirements = written if isinstance(written, list) else ()
    return tuple(each for each in requirements if isinstance(each, dict))


def _parameter(node: Node) -> Parameter:
    name, location = str(node.value["name"]), str(node.value["in"])
    schema, media_type = _described(node, f"the parameter {name}", is_header=location == "header")
    style = str(node.value.get("style", DEFAULT_STYLES[location]))
    return Parameter(
        name,
        location,
        bool(node.value.get("required", False)),
        "",
        style,
        "content" not in node.value and bool(node.value.get("explode", style == "form")),
        bool(node.value.get("allowEmptyValue", False)),
        media_type,
        schema,
        node,
    )


def _header(name: str, node: Node) -> Header:
    schema, media_type = _described(node, f"the header {name}", is_header=True)
    explode = bool(node.value.get("explode", False))
    return Header(name, bool(node.value.get("required", False)), explode, media_type, schema, node)


def _described(node: Node, what: str, *, is_header: bool) -> tuple[Node, str | None]:
    """The schema of a parameter or header, and the media type when `content` describes it. A header
    without either may be any string."""
    schema = node.child("schema")
    if schema is not None:
        return schema, None
    content = node.get("content")
    if content is None and is_header:
        # API Gateway imports it like any other, and says nothing about its values.
        return Node(node.source, {"type": "string"}, node.pointer), None
    if content is None or len(content.value) != 1:
        raise ContractError(
            [node.diagnostic(f"{what} has no schema", "Add `schema`, or `content` with one entry.")]
        )
    ((media_type, entry),) = content.items()
    schema = entry.child("schema")
    if schema is None:
        raise ContractError([entry.diagnostic(f"{what} has no schema", "Add `schema`.")])
    return schema, media_type.lower()


def _content(node: Node) -> Iterator[MediaType]:
    content = node.get("content")
    for name, media_type in content.items() if content is not None else ():
        yield MediaType(
            name.lower(), media_type.child("schema"), media_type.get("encoding"), media_type
        )


class _Responses:
    """Reads each response once: many operations refer to the same one."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, object], Response] = {}

    def read(self, status: str, node: Node) -> Response:
        """Raises ContractError."""
        key = (status, node.identity)
        if key not in self._read:
            self._read[key] = _response(status, node)
        return self._read[key]


def _response(status: str, node: Node) -> Response:
    headers = node.get("headers")
    errors: list[Diagnostic] = []
    read = [
        _collecting(errors, _header, name, written)
        for name, written in (headers.items() if headers is not None else ())
        if name.lower() not in _NOT_HEADERS
    ]
    if errors:
        raise ContractError(errors)
    return Response(
        status, tuple(header for header in read if header is not None), tuple(_content(node)), node
    )
