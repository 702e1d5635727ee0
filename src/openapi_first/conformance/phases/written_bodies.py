"""The JSON bodies that describe what an operation writes."""

from __future__ import annotations

from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.openapi.model import MediaType, Operation

_JSON_PATCH = "application/json-patch+json"
_MERGE_PATCH = "application/merge-patch+json"


def merges(operation: Operation) -> bool:
    """Whether the bodies of the operation are merge patches (RFC 7396)."""
    entry = json_entry(operation)
    return entry is not None and media_type_of(entry.name) == _MERGE_PATCH


def patches_by_steps(operation: Operation) -> bool:
    """Whether its only JSON bodies are JSON Patches (RFC 6902)."""
    return json_entry(operation) is None and any(
        media_type_of(each.name) == _JSON_PATCH
        for each in (operation.body.content if operation.body is not None else ())
    )


def json_entry(operation: Operation) -> MediaType | None:
    """The JSON body that describes what is written, rather a merge patch: a JSON Patch describes
    how."""
    content = operation.body.content if operation.body is not None else ()
    found = [
        each for each in content if is_json(each.name) and media_type_of(each.name) != _JSON_PATCH
    ]
    merging = [each for each in found if media_type_of(each.name) == _MERGE_PATCH]
    return next(iter(merging or found), None)
