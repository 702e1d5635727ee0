"""The rules that OpenAPI's own schema cannot say: names that are unique, or that name something."""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from openapi_first.openapi.errors import ContractError, ContractFault
from openapi_first.openapi.node import Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def path_variables(path: str) -> tuple[str, ...]:
    """The names between braces in a path, in order; a greedy variable's without its `+`."""
    return tuple(name.removesuffix("+") for name in _VARIABLE.findall(path))


def rule_faults(root: Node) -> Iterator[ContractFault]:
    """What the specification says in words: unique names, and path variables that fit the path.

    Takes misshapen documents, too: what has no shape to judge is passed over.
    """
    yield from _security(root, root)
    paths = root.get("paths")
    identifiers: dict[str, Node] = {}
    templates: dict[str, str] = {}
    operations: list[Node] = []
    for path, item in _members(paths):
        if path.startswith("x-"):
            continue
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
            if operation is None or not isinstance(operation.value, dict):
                continue
            operations.append(operation)
            yield from _operation_faults(root, path, method, item, operation)
            yield from _identifier_faults(path, method, operation, identifiers)
    for operation in operations:
        yield from _links(operation, identifiers)


def _operation_faults(
    root: Node, path: str, method: str, item: Node, operation: Node
) -> Iterator[ContractFault]:
    yield from _duplicates(operation)
    yield from _extension_faults(operation)
    yield from _security(root, operation)
    for parameter in (*_parameters(item), *_parameters(operation)):
        yield from _extension_faults(parameter)
    yield from _variables(path, method, item, operation)


def _identifier_faults(
    path: str, method: str, operation: Node, identifiers: dict[str, Node]
) -> Iterator[ContractFault]:
    identifier = operation.child("operationId")
    if identifier is None:
        yield operation.fault(
            f"{method.upper()} {path} has no operationId",
            "Add one; the function that serves the operation is named after it.",
        )
        return
    first = identifiers.setdefault(str(identifier.value), identifier)
    if first is not identifier:
        line = first.source.line(first.pointer)
        yield identifier.fault(
            f"the operationId {identifier.value} is taken, on line {line}",
            "Give each operation an id of its own.",
        )


def _extension_faults(node: Node) -> Iterator[ContractFault]:
    name = node.child("x-python-name")
    if name is not None and not isinstance(name.value, str):
        yield name.fault("x-python-name is no text", "Write a name in Python.")


def _security(root: Node, owner: Node) -> Iterator[ContractFault]:
    components = root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    known = schemes.value if schemes is not None else {}
    requirements = owner.child("security")
    for requirement in requirements.elements() if requirements is not None else ():
        for name in requirement.value if isinstance(requirement.value, dict) else ():
            if name not in known:
                yield requirement.fault(
                    f"there is no security scheme {name}",
                    f"Declare it under components/securitySchemes; there are: {', '.join(known)}."
                    if known
                    else "Declare it under components/securitySchemes.",
                )


def _links(operation: Node, identifiers: Mapping[str, Node]) -> Iterator[ContractFault]:
    responses = operation.get("responses")
    for _, response in _members(responses):
        for name, link in _members(response.child("links")):
            target = link.child("operationId")
            if target is not None and str(target.value) not in identifiers:
                near = difflib.get_close_matches(str(target.value), identifiers, 1)
                yield target.fault(
                    f"the link {name} leads to no operation {target.value}",
                    f"Write {near[0]}." if near else "Name the operationId of an operation.",
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
    own = {key[0] for parameter in _parameters(operation) if (key := _key(parameter))[1] == "path"}
    for name in dict.fromkeys(variables):
        if name not in declared:
            yield operation.fault(
                f"{method.upper()} {path} does not declare the path parameter {name}",
                "Add a parameter with that name, `in: path` and `required: true`.",
            )
    for name, parameter in declared.items():
        if name not in variables and name in own:
            yield parameter.fault(
                f"the path {path} has no {{{name}}}",
                "Remove the parameter, or put it into the path.",
            )


def _reached(node: Node | None, keys: Iterable[str | int]) -> Iterator[Node]:
    """The children, references followed; those that lead nowhere are told by reference_faults."""
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


def _parameters(owner: Node) -> Iterator[Node]:
    listed = owner.child("parameters")
    if listed is not None and not isinstance(listed.value, list):
        return
    for parameter in _reached(listed, range(len(listed.value)) if listed is not None else ()):
        if isinstance(parameter.value, dict) and {"name", "in"} <= set(parameter.value):
            yield parameter


def _key(parameter: Node) -> tuple[str, str]:
    name, location = str(parameter.value["name"]), str(parameter.value["in"])
    return (name.lower() if location == "header" else name), location
