"""Compares request bodies and responses."""

from __future__ import annotations

from openapi_first.diff.documentation import alike, compare_documentation
from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.schemas.comparison import SchemaComparison
from openapi_first.diff.schemas.views import parts_of
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
    taken = {entry.name: entry for entry in after.content}
    known = {entry.name for entry in before.content}
    for entry in before.content:
        place = f"{part} ({entry.name})"
        other = taken.get(entry.name) or _covering(entry.name, taken)
        if other is None:
            changes.add("request-media-type-removed", place, entry.node, after.node)
        else:
            _content(place, entry, other, Direction.REQUEST, schemas, changes)
    for entry in after.content:
        if entry.name not in known:
            place = f"{part} ({entry.name})"
            changes.add("request-media-type-added", place, before.node, entry.node)
    compare_documentation(part, before.node, after.node, changes)


def compare_responses(
    old: Operation, new: Operation, schemas: SchemaComparison, changes: Changes
) -> None:
    """A status that one side does not list is compared with the range or the `default` that covers
    it."""
    before = {response.status: response for response in old.responses}
    after = {response.status: response for response in new.responses}
    for status, response in before.items():
        other = after.get(status) or _range(status, after)
        part = f"response {status}"
        if other is not None:
            _response(part, response, other, schemas, changes)
        else:
            success = status.startswith("2") or (status == "default" and not _successes(before))
            rule = "response-removed" if success else "response-error-removed"
            changes.add(rule, part, response.node, new.node)
    for status, response in after.items():
        if status in before:
            continue
        part, covered = f"response {status}", _range(status, before)
        if covered is not None:
            _response(part, covered, response, schemas, changes)
        else:
            changes.add("response-added", part, old.node, response.node)


def _successes(responses: dict[str, Response]) -> list[str]:
    return [status for status in responses if status.startswith("2")]


def _range(status: str, responses: dict[str, Response]) -> Response | None:
    return responses.get(f"{status[0]}XX") or responses.get("default")


def _covering(name: str, ranges: dict[str, MediaType]) -> MediaType | None:
    kind = name.partition("/")[0]
    return ranges.get(f"{kind}/*") or ranges.get("*/*")


def _response(
    part: str, old: Response, new: Response, schemas: SchemaComparison, changes: Changes
) -> None:
    known = {entry.name: entry for entry in old.content}
    answered = {entry.name: entry for entry in new.content}
    for name, entry in known.items():
        if name not in answered and not any(_covering(other, {name: entry}) for other in answered):
            changes.add("response-media-type-removed", f"{part} ({name})", entry.node, new.node)
    for name, entry in answered.items():
        place = f"{part} ({name})"
        before = known.get(name) or _covering(name, known)
        if before is not None:
            _content(place, before, entry, Direction.RESPONSE, schemas, changes)
        else:
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
    if (old.explode, old.media_type) != (new.explode, new.media_type):
        changes.add("response-header-style-changed", part, old.node, new.node)
    schemas.compare(parts_of(old.schema), parts_of(new.schema), part)
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
    if not alike(old.node, new.node, "encoding"):
        rule = f"{direction.name.lower()}-encoding-changed"
        changes.add(rule, part, old.node, new.node)
    compare_documentation(part, old.node, new.node, changes)
