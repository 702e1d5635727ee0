"""Compares request bodies and responses."""

from __future__ import annotations

from openapi_first.diff.documentation import compare_documentation
from openapi_first.diff.encodings import compare_encodings
from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.media_types import by_meaning, covered, covering, sent_otherwise
from openapi_first.diff.schemas.comparison import SchemaComparison
from openapi_first.diff.schemas.views import parts_of
from openapi_first.diff.spelling import spelled_otherwise
from openapi_first.diff.statuses import is_left, is_success, pairs
from openapi_first.diff.texts import compare_texts
from openapi_first.diff.xml_bodies import compare_xml
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Header, MediaType, Operation, Response
from openapi_first.schemas.directions import Direction


def compare_request_body(
    old: Operation, new: Operation, schemas: SchemaComparison, changes: Changes
) -> None:
    before, after, part = old.body, new.body, "request body"
    if before is None and after is None:
        return
    if before is None:
        assert after is not None
        kind = "required" if after.required else "optional"
        changes.add(f"request-body-added-{kind}", part, old.node, after.node)
        return
    if after is None:
        changes.add("request-body-removed", part, before.node, new.node)
        return
    if before.required != after.required:
        kind = "required" if after.required else "optional"
        changes.add(f"request-body-made-{kind}", part, before.node, after.node)
    taken, known = by_meaning(after.content), by_meaning(before.content)
    for meaning, entry in known.items():
        place = f"{part} ({entry.name})"
        other = covering(meaning, taken)
        if other is None:
            changes.add("request-media-type-removed", place, entry.node, after.node)
        else:
            _content(place, entry, other, Direction.REQUEST, schemas, changes)
    for meaning, entry in taken.items():
        if meaning not in known:
            _taken(f"{part} ({entry.name})", meaning, known, entry, before.node, schemas, changes)
    compare_documentation(part, before.node, after.node, changes)


def _taken(
    place: str,
    meaning: str,
    known: dict[str, MediaType],
    entry: MediaType,
    before: Node,
    schemas: SchemaComparison,
    changes: Changes,
) -> None:
    """A media type that the old contract did not name; if it had a range for it, clients send it
    already."""
    earlier = covering(meaning, known)
    if earlier is None:
        changes.add("request-media-type-added", place, before, entry.node)
    else:
        _content(place, earlier, entry, Direction.REQUEST, schemas, changes)


def compare_responses(
    old: Operation, new: Operation, schemas: SchemaComparison, changes: Changes
) -> None:
    """A status that one side does not list is compared with the range or the `default` that covers
    it."""
    before = {response.status: response for response in old.responses}
    after = {response.status: response for response in new.responses}
    for pair in pairs(before, after):
        part = f"response {pair.status}"
        if pair.old is not None and pair.new is not None:
            _response(part, pair.old, pair.new, schemas, changes)
        elif pair.old is not None:
            rule = "response-error-removed"
            if is_success(pair.status, before):
                left = is_left(pair.status, after)
                rule = "response-status-narrowed" if left else "response-removed"
            changes.add(rule, part, pair.old.node, new.node)
        elif pair.new is not None:
            changes.add("response-added", part, old.node, pair.new.node)


def _response(
    part: str, old: Response, new: Response, schemas: SchemaComparison, changes: Changes
) -> None:
    known, answered = by_meaning(old.content), by_meaning(new.content)
    for meaning, entry in known.items():
        place = f"{part} ({entry.name})"
        wider = covering(meaning, answered)
        if wider is not None:
            if wider is not answered.get(meaning):
                changes.add("response-media-type-widened", place, entry.node, wider.node)
                _content(place, entry, wider, Direction.RESPONSE, schemas, changes)
        else:
            change = "narrowed" if covered(meaning, answered) else "removed"
            changes.add(f"response-media-type-{change}", place, entry.node, new.node)
    for meaning, entry in answered.items():
        place = f"{part} ({entry.name})"
        before = covering(meaning, known)
        if before is not None:
            _content(place, before, entry, Direction.RESPONSE, schemas, changes)
        elif not covered(meaning, known):
            changes.add("response-media-type-added", place, old.node, entry.node)
    headers = {header.name.lower(): header for header in new.headers}
    for header in old.headers:
        other = headers.pop(header.name.lower(), None)
        place = f"{part}, header {header.name}"
        if other is None:
            changes.add("response-header-removed", place, header.node, new.node)
        else:
            _header(place, header, other, schemas, changes)
    for header in headers.values():
        place = f"{part}, header {header.name}"
        changes.add("response-header-added", place, old.node, header.node)
    compare_documentation(part, old.node, new.node, changes)


def _header(
    part: str, old: Header, new: Header, schemas: SchemaComparison, changes: Changes
) -> None:
    if old.required != new.required:
        kind = "required" if new.required else "optional"
        changes.add(f"response-header-made-{kind}", part, old.node, new.node)
    if sent_otherwise(old.media_type, new.media_type) or (
        old.media_type is None and spelled_otherwise(old, new, schemas)
    ):
        changes.add("response-header-style-changed", part, old.node, new.node)
    compare_texts(old, new, part, schemas, changes)
    compare_documentation(part, old.node, new.node, changes)


def _content(
    part: str,
    old: MediaType,
    new: MediaType,
    direction: Direction,
    schemas: SchemaComparison,
    changes: Changes,
) -> None:
    schemas.compare(parts_of(old.schema), parts_of(new.schema), part)
    compare_encodings(part, old, new, direction, changes)
    compare_xml(part, old, new, schemas, changes)
    compare_documentation(part, old.node, new.node, changes)
