"""Names in Python for operations and parameters: one rule for functions, types and documents.

`x-python-name` decides. Otherwise a name is derived: `listItems` → `list_items`, `from` → `from_`,
`2fa` → `_2fa`, and `GET /items/{id}` without an operationId → `get_items_by_id`. Of names that
clash, the first in the document keeps the plain name and the others are numbered, so an operation
that is added at the end changes no other name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from keyword import iskeyword

from openapi_first.documents.errors import Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Operation, Parameter
from openapi_first.openapi.path_templates import VARIABLE

EXTENSION = "x-python-name"
BODY = "body"
"""The argument that has the request body."""

_BORDERS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")


@dataclass(frozen=True, slots=True)
class DerivedName:
    """A name that is not the written one in snake_case; `owner` completes "the name of"."""

    node: Node
    owner: str
    name: str


def snake_case(name: str) -> str:
    """`listItems` → `list_items`, `If-Match` → `if_match`, `HTTPCode` → `http_code`. Letters of any
    script stay, in the form that Python gives them (NFKC)."""
    parts = _BORDERS.split(unicodedata.normalize("NFKC", name))
    return "_".join(part.lower() for part in parts if part)


def named(operations: Iterable[Operation]) -> tuple[tuple[Operation, ...], list[Diagnostic]]:
    """The operations with an id, a function and arguments each; and what is wrong with the names
    that `x-python-name` gives."""
    found, errors = tuple(operations), list[Diagnostic]()
    ids = _Names(operation.id for operation in found if operation.id)
    functions = _Names(_given(operation.node) for operation in found)
    complete = []
    for operation in found:
        errors.extend(_invalid(operation.node))
        errors.extend(functions.claim(operation.node, "functions"))
        name = _identifier(operation.id) or _from_path(operation)
        function = _given(operation.node) or functions.free(name)
        identifier = operation.id or ids.free(function)
        parameters, wrong = _with_arguments(operation)
        errors.extend(wrong)
        complete.append(replace(operation, id=identifier, function=function, parameters=parameters))
    return tuple(complete), errors


def derived_names(operation: Operation) -> Iterator[DerivedName]:
    """What the contract does not say itself, for reports."""
    node = operation.node
    if not node.value.get("operationId"):
        yield DerivedName(node, operation.label, operation.function)
    elif _given(node) is None and operation.function != snake_case(operation.id):
        yield DerivedName(node, operation.id, operation.function)
    for parameter in operation.parameters:
        if _given(parameter.node) is None and parameter.argument != snake_case(parameter.name):
            owner = f"the {parameter.location} parameter {parameter.name} of {operation.id}"
            yield DerivedName(parameter.node, owner, parameter.argument)


class _Names:
    """The names that are taken in one scope; the contract may not give a `reserved` one."""

    def __init__(self, taken: Iterable[str | None], reserved: Iterable[str] = ()) -> None:
        self._claimed = set(reserved)
        self._taken = {name for name in taken if name is not None} | self._claimed

    def claim(self, node: Node, what: str) -> list[Diagnostic]:
        """The error of the second of two equal names that the contract gives."""
        name = _given(node)
        if name in self._claimed:
            return [_diagnostic(node, f"two {what} are named {name}", "Give one another name.")]
        if name is not None:
            self._claimed.add(name)
        return []

    def free(self, name: str) -> str:
        """The name, numbered if it is taken; it is taken afterwards."""
        number, free = 1, name
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free)
        return free


def _with_arguments(operation: Operation) -> tuple[tuple[Parameter, ...], list[Diagnostic]]:
    errors: list[Diagnostic] = []
    reserved = () if operation.body is None else (BODY,)
    names = _Names([_given(parameter.node) for parameter in operation.parameters], reserved)
    owner = operation.id or operation.label
    complete = []
    for parameter in operation.parameters:
        errors.extend(_invalid(parameter.node))
        errors.extend(names.claim(parameter.node, f"arguments of {owner}"))
        argument = _given(parameter.node)
        if argument is None:
            argument = names.free(_identifier(parameter.name) or parameter.location)
        complete.append(replace(parameter, argument=argument))
    return tuple(complete), errors


def _from_path(operation: Operation) -> str:
    """`get_items_by_id` for `GET /items/{id}`, `get_root` for `GET /`."""
    words = VARIABLE.sub(r" by \1 ", operation.path)
    return snake_case(f"{operation.method.lower()} {words if words != '/' else 'root'}")


def _identifier(name: str) -> str:
    """The name in snake_case as Python takes it; empty if nothing of it can be used."""
    plain = "".join(each for each in snake_case(name) if f"_{each}".isidentifier()).strip("_")
    if not plain:
        return ""
    if not plain.isidentifier():
        plain = f"_{plain}"
    return f"{plain}_" if _is_reserved(plain) else plain


def _is_reserved(name: str) -> bool:
    """A function of a protocol has the argument `self` already."""
    return iskeyword(name) or name == "self"


def _given(node: Node) -> str | None:
    name = node.value.get(EXTENSION)
    return name if isinstance(name, str) else None


def _invalid(node: Node) -> Iterator[Diagnostic]:
    name = _given(node)
    if name is None:
        return
    if not name.isidentifier() or _is_reserved(name) or name.startswith("__"):
        detail = f"{name!r} is not a name that a function or an argument can have"
        yield _diagnostic(node, detail, "Write another one.")
    elif (normal := unicodedata.normalize("NFKC", name)) != name:
        yield _diagnostic(node, f"Python reads {name!r} as {normal!r}", f"Write {normal}.")


def _diagnostic(node: Node, detail: str, remedy: str) -> Diagnostic:
    place = node.child(EXTENSION) or node
    return place.diagnostic(detail, remedy)
