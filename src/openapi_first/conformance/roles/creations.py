"""Which operation creates what, and how its response identifies it.

Evidence that a POST creates: it declares 201 (RFC 9110 §15.3.2) or links to the path below its own.
Evidence of the path: that link, a Location header (§10.2.2), or a member with the variable's name.
Of a path elsewhere: a link to it, and a Location header that has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from openapi_first.conformance.roles.gaps import Gap, no_201, no_creation
from openapi_first.conformance.roles.members import (
    identifying,
    json_schemas,
    same_member,
    successes,
)
from openapi_first.openapi.links import Link
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import variable_names

_MOST_CANDIDATES = 4


@dataclass(frozen=True)
class Identity:
    """How the response to a creation shows the path variables of what was created.

    `link` are runtime expressions of a link, `named` those of a member with the variable's name;
    both are None without such evidence. A Location header counts more than `named`. `candidates`
    are runtime expressions, one of which may be the last variable: only a read can prove it.
    """

    link: dict[str, Any] | None
    named: dict[str, Any] | None
    outer: dict[str, Any]
    candidates: tuple[str, ...]


def creation_of(
    contract: Contract, create: Operation, links: tuple[Link, ...]
) -> tuple[str, Identity] | Gap | None:
    """The path of what an operation creates, and how it is identified; the gap if evidence is
    missing; None if the operation does not seem to create."""
    if create.method != "POST":
        return None
    has_201 = any(each.status in ("201", "2XX") for each in create.responses)
    child = _child_path(contract, create)
    for link in links:
        expressions = _expressions(link) if link.source is create else None
        path = link.target.path
        if expressions is not None and (path == child or (has_201 and _is_own(create, path))):
            return path, Identity(expressions, None, {}, ())
    has_location = any(
        header.name.lower() == "location"
        for response in successes(create)
        for header in response.headers
    )
    if child is None:
        elsewhere = _linked_path(create, links) if has_201 and has_location else None
        if elsewhere is not None:
            return elsewhere, Identity(None, None, {}, ())
        return no_creation(create, None) if has_201 else None
    reader = next(each for each in contract.operations if each.path == child)
    if not has_201 and not has_location:
        return no_201(create, reader)
    outer = {name: f"$request.path.{name}" for name in variable_names(create.path)}
    variable = variable_names(child)[-1]
    named = None
    candidates: list[str] = []
    for schema in json_schemas(create):
        names = identifying(schema)
        own = same_member(variable, names)
        if own is not None and named is None:
            named = {**outer, variable: f"$response.body#/{_escaped(own)}"}
        candidates += [f"$response.body#/{_escaped(name)}" for name in names]
    can_be_read = any(each.path == child and each.method == "GET" for each in contract.operations)
    if named is None and not has_location and not (candidates and can_be_read):
        return no_creation(create, reader)
    chosen = tuple(dict.fromkeys(candidates))[:_MOST_CANDIDATES] if can_be_read else ()
    return child, Identity(None, named, outer, chosen)


def _child_path(contract: Contract, create: Operation) -> str | None:
    """The path with one more variable, rather one that can be read."""
    below = re.compile(re.escape(create.path.rstrip("/")) + r"/\{[^{}+]+\}")
    found = [each for each in contract.operations if below.fullmatch(each.path)]
    chosen = next((each for each in found if each.method == "GET"), None)
    if chosen is None:
        chosen = next((each for each in found if each.method in ("DELETE", "PUT", "PATCH")), None)
    return chosen.path if chosen is not None else None


def _expressions(link: Link) -> dict[str, Any] | None:
    """The expressions of a link for all variables of its target; None if it leads elsewhere, or
    into a list."""
    names = variable_names(link.target.path)
    given = {name: link.parameters.get(f"path {name}") for name in names}
    if (
        not any(each.status == link.status for each in successes(link.source))
        or not names
        or any(value is None for value in given.values())
    ):
        return None
    texts = [str(value) for value in given.values()]
    if any(re.search(r"/\d+(/|$)", text) for text in texts):
        return None
    return given if any("$response." in text for text in texts) else None


def _linked_path(create: Operation, links: tuple[Link, ...]) -> str | None:
    """The only path that the links of a creation lead to. That it is the path of what is created,
    and not of something that belongs to it, only a Location header with this path proves."""
    paths = {e.target.path for e in links if e.source is create and _expressions(e) is not None}
    return paths.pop() if len(paths) == 1 else None


def _is_own(create: Operation, path: str) -> bool:
    """Whether a path is of what is created: `/orders/{id}` for POST `/users/{user}/orders`."""
    own = [part for part in create.path.split("/") if part and "{" not in part][-1:]
    return re.search(r"([^/{}]+)/\{[^{}+]+\}$", path) is not None and own == path.split("/")[-2:-1]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
