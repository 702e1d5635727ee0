"""Compares two contracts, operation by operation."""

from __future__ import annotations

import os
from datetime import date

from openapi_first.aws.methods import ANY
from openapi_first.diff.documentation import alike, compare_documentation, wholly_alike
from openapi_first.diff.findings.changes import Change, Changes
from openapi_first.diff.gateway import compare_extensions, compare_settings
from openapi_first.diff.messages import compare_request_body, compare_responses
from openapi_first.diff.parameters import compare_parameters
from openapi_first.diff.schemas.comparison import SchemaComparison
from openapi_first.diff.schemas.known import Known, Sides
from openapi_first.diff.security import compare_security
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import VARIABLE
from openapi_first.schemas.directions import Direction

_SUNSET = "x-sunset"


def compare_contracts(old: Contract, new: Contract, *, today: date) -> tuple[Change, ...]:
    """Every change: first those of the whole document, then operation by operation.

    Two operations are the same if method and path are, apart from the names of path variables.
    `today` decides whether the sunset (`x-sunset`, a date) of a removed operation has passed.
    """
    if _contents(old) == _contents(new):
        return ()
    whole = Changes()
    for key in ("info", "tags", "externalDocs"):
        if not alike(old.root, new.root, key):
            rule = "tags-changed" if key == "tags" else "description-changed"
            places = old.root.child(key) or old.root, new.root.child(key) or new.root
            whole.add(rule, "", *places, key)
    if not alike(old.root, new.root, "servers"):
        places = old.root.child("servers") or old.root, new.root.child("servers") or new.root
        whole.add("servers-changed", "", *places)
    if not wholly_alike(old.root, new.root, "webhooks"):
        whole.add("webhooks-changed", "", old.root, new.root)
    compare_settings(old, new, whole)
    found = list(whole.all)
    sides = Sides(old.openapi, new.openapi)
    known = {direction: Known.of(direction, sides) for direction in Direction}
    before, after = _by_route(old), _by_route(new)
    for route in dict.fromkeys((*before, *after)):
        one, other = _serving(route, before), _serving(route, after)
        named = other or one
        assert named is not None
        changes = Changes(f"{route[0]} {named.path}")
        if one is None and other is not None:
            changes.add("operation-added", "", old.root.child("paths"), other.node, other.id)
        elif other is None and one is not None:
            changes.add(_removal(one, today), "", one.node, new.root.child("paths"), one.id)
        elif one is not None and other is not None:
            _operation((old, new), one, other, known, changes)
        found.extend(changes.all)
    return tuple(found)


def _by_route(contract: Contract) -> dict[tuple[str, str], Operation]:
    return {
        (operation.method, VARIABLE.sub(r"{\2}", operation.path)): operation
        for operation in contract.operations
    }


def _serving(
    route: tuple[str, str], operations: dict[tuple[str, str], Operation]
) -> Operation | None:
    """The operation for a method and path: the exact one, or that for every method."""
    return operations.get(route) or operations.get((ANY, route[1]))


def _contents(contract: Contract) -> list[tuple[str, bytes]]:
    """The files of a contract, by their names as seen from the first."""
    root = contract.sources[0].path.parent
    return [
        (os.path.relpath(each.path, root) if index else "", each.data)
        for index, each in enumerate(contract.sources)
    ]


def _removal(operation: Operation, today: date) -> str:
    sunset = _sunset(operation)
    passed = sunset is not None and sunset < today and operation.node.value.get("deprecated")
    return "operation-removed-after-sunset" if passed else "operation-removed"


def _sunset(operation: Operation) -> date | None:
    try:
        return date.fromisoformat(str(operation.node.value[_SUNSET])[:10])
    except (KeyError, ValueError):
        return None


def _operation(
    contracts: tuple[Contract, Contract],
    old: Operation,
    new: Operation,
    known: dict[Direction, Known],
    changes: Changes,
) -> None:
    request, response = (SchemaComparison(known[each], changes) for each in Direction)
    if old.id != new.id and old.method == new.method:
        changes.add("operation-id-changed", "", old.node, new.node, f"{old.id} → {new.id}")
    _lifecycle(old, new, changes)
    compare_security(contracts, old, new, changes)
    compare_parameters(old, new, request, changes)
    compare_request_body(old, new, request, changes)
    compare_responses(old, new, response, changes)
    if not wholly_alike(old.node, new.node, "callbacks"):
        changes.add("callbacks-changed", "", old.node, new.node)
    compare_extensions("", old.node, new.node, changes)
    compare_documentation("", old.node, new.node, changes)


def _lifecycle(old: Operation, new: Operation, changes: Changes) -> None:
    before, after = (bool(each.node.value.get("deprecated")) for each in (old, new))
    if before != after:
        rule = "operation-deprecated" if after else "operation-revived"
        changes.add(rule, "", old.node, new.node)
    announced, now = _sunset(old), _sunset(new)
    if announced == now:
        return
    if announced is None:
        rule = "sunset-added"
    else:
        rule = "sunset-earlier" if now is not None and now < announced else "sunset-later"
    changes.add(rule, "", old.node, new.node, f"{announced or 'none'} → {now or 'none'}")
