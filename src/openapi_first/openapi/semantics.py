"""Rules that OpenAPI's own schema cannot express: unique names, and names that must exist."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.gateway_extensions import own_integration
from openapi_first.openapi.link_checks import LinkTarget, check_link, link_target
from openapi_first.openapi.model import OPERATION_KEYS, method_name
from openapi_first.openapi.path_templates import VARIABLE, variable_names

_Written: TypeAlias = tuple[Node, Node]
"""A parameter as it is written, and with its reference followed."""


def check_semantics(root: Node) -> Iterator[Diagnostic]:
    """Every violation of a rule that the specification states in prose.

    Also for documents that OpenAPI's own schema rejects: parts of the wrong type are skipped.
    """
    yield from _check_security(root, root)
    paths = root.get("paths")
    identifiers: dict[str, Node] = {}
    templates: dict[str, list[str]] = {}
    targets: list[LinkTarget] = []
    for path, item in _members(paths):
        if path.startswith("x-"):
            continue
        if not path.startswith("/"):
            yield item.diagnostic(f"the path {path!r} has no leading slash", f"Write /{path}.")
        template = VARIABLE.sub(r"{\2}", path)
        if any(mark in path for mark in "?#"):
            yield item.diagnostic(
                f"the path {path!r} has a query or a fragment, which no path of a request has",
                "Remove it, and describe a query by parameters.",
            )
        for other in templates.setdefault(template, []):
            yield from _check_same_path(paths, item, path, other)
        templates[template].append(path)
        shared = list(_parameters(item))
        yield from _check_duplicates(shared)
        for method in OPERATION_KEYS:
            operation = item.get(method)
            if operation is None or not isinstance(operation.value, dict):
                continue
            own = list(_parameters(operation))
            declared = (each for _, each in (*shared, *own))
            targets.append(link_target(path, operation, declared))
            yield from _check_operation(root, operation, own)
            for _, parameter in (*shared, *own):
                yield from _check_python_name(parameter)
            label = f"{method_name(method)} {path}"
            yield from _check_path_parameters(path, label, operation, shared, own)
            yield from _check_identifier(operation, identifiers)
    by_id = {str(each.node.value["operationId"]): each for each in targets if each.is_named}
    by_place = {each.node.identity: each for each in targets}
    for name, link in _links(root, [each.node for each in targets]):
        yield from check_link(name, link, by_id, by_place)


def _check_same_path(paths: Node | None, item: Node, path: str, other: str) -> Iterator[Diagnostic]:
    """Two paths with other names for their variables may not have the same method."""
    first = paths.get(other) if paths is not None else None
    shared = [
        method.upper()
        for method in OPERATION_KEYS
        if first is not None and first.child(method) and item.child(method)
    ]
    if shared:
        line = f" on line {line}" if (line := _line(paths, other)) else ""
        yield item.diagnostic(
            f"{path} is the same path as {other}{line}, and both have {', '.join(shared)}",
            "Merge them: move the operations of both under one of them (OpenAPI 3.0.3 §4.7.8).",
        )


def _line(paths: Node | None, path: str) -> int | None:
    item = paths.child(path) if paths is not None else None
    return item.source.line(item.pointer) if item is not None else None


def _check_operation(root: Node, operation: Node, own: Iterable[_Written]) -> Iterator[Diagnostic]:
    yield from _check_duplicates(own)
    yield from _check_python_name(operation)
    yield from _check_security(root, operation)


def _check_identifier(operation: Node, identifiers: dict[str, Node]) -> Iterator[Diagnostic]:
    identifier = operation.child("operationId")
    if identifier is None:
        return
    first = identifiers.setdefault(str(identifier.value), identifier)
    if first is not identifier:
        line = first.source.line(first.pointer)
        other = first.pointer.removesuffix("/operationId")
        yield identifier.diagnostic(
            f"the operationId {identifier.value} is already used by #{other} (line {line})",
            "Give each operation its own id.",
        )


def _check_python_name(node: Node) -> Iterator[Diagnostic]:
    name = node.child("x-python-name")
    if name is not None and not isinstance(name.value, str):
        yield name.diagnostic("x-python-name is not a string", "Write a name in Python.")


def _check_security(root: Node, owner: Node) -> Iterator[Diagnostic]:
    components = root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    known = schemes.value if schemes is not None and isinstance(schemes.value, dict) else {}
    requirements = owner.child("security")
    for requirement in requirements.elements() if requirements is not None else ():
        for name in requirement.value if isinstance(requirement.value, dict) else ():
            if name not in known:
                yield requirement.diagnostic(
                    f"there is no security scheme {name}",
                    f"Declare it under components/securitySchemes, or use: {', '.join(known)}."
                    if known
                    else "Declare it under components/securitySchemes.",
                )


def _links(root: Node, operations: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """Every link: of the operations, of those in callbacks, webhooks and components, and of
    components that nothing refers to."""
    components = root.child("components")
    seen: set[Any] = set()
    responses = [
        response
        for operation in (*operations, *_operations(_path_items(root, components), seen))
        for each in (operation, *_operations(_called_back(operation), seen))
        for _, response in _members(each.child("responses"))
    ]
    if components is not None:
        responses += [each for _, each in _members(components.child("responses"))]
        yield from _members(components.child("links"))
    for response in responses:
        yield from _members(response.child("links"))


def _path_items(root: Node, components: Node | None) -> Iterator[Node]:
    """Those that are not the API's paths."""
    for owner, key in ((root, "webhooks"), (components, "pathItems"), (components, "callbacks")):
        for _, found in _members(owner.child(key) if owner is not None else None):
            if key == "callbacks":
                yield from (item for _, item in _members(found))
            else:
                yield found


def _called_back(operation: Node) -> Iterator[Node]:
    for _, callback in _members(operation.child("callbacks")):
        yield from (item for _, item in _members(callback))


def _operations(items: Iterable[Node], seen: set[Any]) -> Iterator[Node]:
    """The operations of path items, and those of their callbacks."""
    for item in items:
        for operation in _reached(item, OPERATION_KEYS):
            if operation.identity not in seen and isinstance(operation.value, dict):
                seen.add(operation.identity)
                yield operation
                yield from _operations(_called_back(operation), seen)


def _check_duplicates(parameters: Iterable[_Written]) -> Iterator[Diagnostic]:
    seen = set()
    for written, parameter in parameters:
        key = _key(parameter)
        if key in seen:
            yield written.diagnostic(
                f"duplicate {key[1]} parameter {key[0]}", "Remove one of the two."
            )
        seen.add(key)


def _check_path_parameters(
    path: str,
    label: str,
    operation: Node,
    shared: Iterable[_Written],
    own: Iterable[_Written],
) -> Iterator[Diagnostic]:
    declared_here = {
        key[0]: written for written, parameter in own if (key := _key(parameter))[1] == "path"
    }
    declared = {
        key[0]: written for written, parameter in shared if (key := _key(parameter))[1] == "path"
    } | declared_here
    variables = variable_names(path)
    for name in dict.fromkeys(variables):
        # API Gateway needs no declaration to pass a variable on.
        if name not in declared and own_integration(operation) is None:
            yield operation.diagnostic(
                f"{label} does not declare the path parameter {name}",
                "Add a parameter with that name, `in: path` and `required: true`.",
            )
    for name, parameter in declared.items():
        if name not in variables and name in declared_here:
            yield parameter.diagnostic(
                f"the path {path} has no variable {{{name}}}",
                "Remove the parameter, or add the variable to the path.",
            )


def _reached(node: Node | None, keys: Iterable[str | int]) -> Iterator[Node]:
    """The children with references followed; check_references reports those without a target."""
    for key in keys:
        assert node is not None
        with contextlib.suppress(ContractError):
            child = node.get(key)
            if child is not None:
                yield child


def _members(node: Node | None) -> Iterator[tuple[str, Node]]:
    names = node.value if node is not None and isinstance(node.value, dict) else ()
    for name in names:
        for child in _reached(node, (name,)):
            yield str(name), child


def _parameters(owner: Node) -> Iterator[_Written]:
    """The parameters that have a name."""
    listed = owner.child("parameters")
    for index in range(len(listed.value) if listed and isinstance(listed.value, list) else 0):
        for parameter in _reached(listed, (index,)):
            if isinstance(parameter.value, dict) and {"name", "in"} <= set(parameter.value):
                written = listed.child(index) if listed else None
                yield written or parameter, parameter


def _key(parameter: Node) -> tuple[str, str]:
    name, location = str(parameter.value["name"]), str(parameter.value["in"])
    return (name.lower() if location == "header" else name), location
