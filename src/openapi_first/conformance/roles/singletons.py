"""What is there once, such as `/me/settings`: nothing creates it, GET reads what PUT writes."""

from __future__ import annotations

from openapi_first.conformance.roles.gaps import Gap, nothing_to_compare
from openapi_first.conformance.roles.members import is_object, json_schemas, members
from openapi_first.core.media_types import is_json
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.path_templates import VARIABLE, is_below


def singleton_of(contract: Contract, read: Operation) -> tuple[Operation, ...] | Gap | None:
    """The PUT and the PATCH of what a GET reads, if only they write it; the gap if evidence is
    missing; None if it is no such thing.

    Evidence: the path does not end in a variable, nothing is created at it or below it, and bodies
    have members that responses have, too. A GET returns what a PUT has written (RFC 9110 §9.3.4).
    """
    if read.method != "GET" or VARIABLE.search(read.path.rpartition("/")[2]):
        return None
    beside = {each.method: each for each in contract.operations if each.path == read.path}
    if "POST" in beside or any(
        each.path != read.path and is_below(each.path, f"{read.path}/{{}}")
        for each in contract.operations
    ):
        return None
    shown = [each for each in json_schemas(read) if is_object(each)]
    writes = [beside[method] for method in ("PUT", "PATCH") if method in beside]
    given = {each.id: [body for body in _bodies(each) if is_object(body)] for each in writes}
    writes = [each for each in writes if given[each.id]]
    if not shown or not writes:
        return None
    names = {name for schema in shown for name in members(schema)}
    proved = [
        each for each in writes if any(names & members(schema).keys() for schema in given[each.id])
    ]
    return tuple(proved) if proved else nothing_to_compare(writes[0], read)


def _bodies(operation: Operation) -> list[Node]:
    content = operation.body.content if operation.body is not None else ()
    return [each.schema for each in content if each.schema is not None and is_json(each.name)]
